using System.Text.Json;
using Triggers.Engine.Records;
using Triggers.EndToEnd.Tests.Harness;
using Triggers.Silo.Import;
using Triggers.Silo.Serve;
using Triggers.Storage;

namespace Triggers.EndToEnd.Tests;

/// <summary>Real purchases, imported with their own dates and recounted here in the plainest way.</summary>
public sealed class PurchasesTests : IDisposable
{
    private static readonly DateTimeOffset EndOfData = new(1998, 7, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [PurchasesFact]
    public Task Customers_orders_revenue_segments_and_lifecycle_equal_a_recount_as_of_the_end_of_the_data() => AssertEqualsRecountAsync(new FixedClock(EndOfData));

    [PurchasesFact]
    public Task Customers_orders_revenue_segments_and_lifecycle_equal_a_recount_as_of_now() => AssertEqualsRecountAsync(TimeProvider.System);

    private async Task AssertEqualsRecountAsync(TimeProvider clock)
    {
        var purchases = PurchaseFile.Read();
        var people = purchases.GroupBy(purchase => purchase.Customer).Select(group => new Person([.. group.OrderBy(purchase => purchase.Date)])).ToList();
        await using var sink = await LocalImportSink.OpenAsync(_folder.Data, new StoreChoice(_folder.Data, null, 0), WriteDefinitions(), clock, CancellationToken.None);

        var report = await ImportAsync(sink);
        var again = await ImportAsync(sink);

        var now = clock.GetUtcNow().UtcDateTime;
        var stats = sink.Server.Queries.Stats();
        Assert.Equal(purchases.Count, report.Accepted);
        Assert.Equal(0, report.Rejected);
        Assert.Equal(purchases.Count, again.AlreadyIn);
        Assert.Equal(purchases.Count, stats.Events.Total);
        Assert.Equal(people.Count, stats.Customers.Total);
        Assert.Equal(people.Count, stats.Customers.Known);
        Assert.Equal(purchases.Sum(purchase => purchase.Value), Revenue(sink.Server.Store));
        foreach (var (segment, holds) in Recount)
        {
            Assert.Equal((segment, people.Count(person => holds(person, now))), (segment, (int)stats.Segments[segment]));
        }

        foreach (var stage in new[] { "new", "active", "at risk", "dormant", "won back" })
        {
            Assert.Equal((stage, people.Count(person => person.Lifecycle(now) == stage)), (stage, (int)stats.Lifecycle.GetValueOrDefault(stage)));
        }

        Assert.Equal(0, stats.Messages.Total);
        Assert.Equal(0, sink.Server.Store.Outbox.Depth().Count);
        Assert.Equal(0, sink.Server.Store.Mailbox.Count());
        await AssertOnePersonAsync(sink, people.MaxBy(person => person.Purchases.Count)!);
    }

    private static async Task AssertOnePersonAsync(LocalImportSink sink, Person person)
    {
        var customer = await sink.Server.Queries.CustomerAsync(person.Purchases[0].Customer, CancellationToken.None);

        Assert.Equal(person.Purchases.Count, customer!.Events.Total);
        Assert.Equal(person.First, customer.FirstSeen.UtcDateTime);
        Assert.Equal(person.Last, customer.LastSeen!.Value.UtcDateTime);
    }

    private static async Task<ImportReport> ImportAsync(LocalImportSink sink)
    {
        var file = SourceFile.Find(PurchaseFile.Path!);
        var mapping = ColumnMapping.Parse(
            ["userId=customer_id", "timestamp=date", "properties.quantity=quantity", "properties.total=value"], [], "Order Completed", null);
        using var reader = new CsvRowReader(file.Open(), mapping, null, hasHeader: true);
        var importer = new Importer(sink, new ImportSource(file.HashWith(mapping.Canonical), file.Name, null));
        await importer.RunAsync(reader, CancellationToken.None);
        return importer.Report;
    }

    /// <summary>From the log itself: every order's total, added up.</summary>
    private static decimal Revenue(IStore store)
    {
        var revenue = 0m;
        for (var partition = 0; partition < store.Info.Partitions; partition++)
        {
            foreach (var item in store.History.ReadAll(partition))
            {
                RecordView.Read(item.Bytes.Span, out var record);
                if (record.Kind == RecordKind.Event)
                {
                    using var body = JsonDocument.Parse(record.Body.ToArray());
                    revenue += body.RootElement.GetProperty("total").GetDecimal();
                }
            }
        }

        return revenue;
    }

    /// <summary>What each segment means, said again in C#. A window of N days holds what happened less than N days ago.</summary>
    private static readonly IReadOnlyDictionary<string, Func<Person, DateTime, bool>> Recount = new Dictionary<string, Func<Person, DateTime, bool>>
    {
        ["recent"] = (person, now) => person.Within(now, 90).Any(),
        ["this-year"] = (person, now) => person.Within(now, 365).Any(),
        ["repeat"] = (person, _) => person.Purchases.Count >= 2,
        ["repeat-lately"] = (person, now) => person.Within(now, 180).Count() >= 2,
        ["spent-100"] = (person, _) => person.Purchases.Sum(purchase => purchase.Value) >= 100,
        ["spent-50-in-a-year"] = (person, now) => person.Within(now, 365).Sum(purchase => purchase.Value) >= 50,
        ["dear-order"] = (person, _) => person.Purchases.Any(purchase => purchase.Value > 100),
        ["lost-friends"] = (person, now) => person.Purchases.Count >= 2 && !person.Within(now, 365).Any(),
        ["asleep"] = (person, now) => person.Lifecycle(now) == "dormant",
    };

    private string WriteDefinitions()
    {
        _folder.Write("recount/sources.yaml", "cdnow: { name: CDNOW, writeKey: cdnow, currency: USD }\n");
        _folder.Write("recount/scoring.yaml", "halfLife: 30d\nevents: { Order Completed: 10 }\nlifecycle: { newFor: 7d, atRiskAfter: 30d, dormantAfter: 90d, wonBackFor: 30d }\n");
        _folder.Write("recount/segments.yaml", """
            recent: "did('Order Completed', within 90d)"
            this-year: "did('Order Completed', within 365d)"
            repeat: "count('Order Completed') >= 2"
            repeat-lately: "count('Order Completed', within 180d) >= 2"
            spent-100: "sum('Order Completed', properties.total) >= 100"
            spent-50-in-a-year: "sum('Order Completed', properties.total, within 365d) >= 50"
            dear-order: "did('Order Completed', where properties.total > 100)"
            lost-friends: "segment('repeat') and not segment('this-year')"
            asleep: "lifecycle = 'dormant'"
            """);
        _folder.Write("recount/campaigns/thanks.yaml", """
            campaign: thanks
            status: live
            trigger: { event: Order Completed }
            steps:
              - send: { channel: email, template: thanks }
            """);
        _folder.Write("recount/campaigns/come-back.yaml", """
            campaign: come-back
            status: live
            trigger: { enters: asleep }
            steps:
              - send: { channel: email, template: thanks }
            """);
        _folder.Write("recount/templates/thanks.subject.hbs", "Thank you\n");
        _folder.Write("recount/templates/thanks.text.hbs", "Thank you. {{unsubscribeUrl}}\n");
        return Path.Combine(_folder.Path, "recount");
    }

    private sealed record Person(IReadOnlyList<Purchase> Purchases)
    {
        public DateTime First => Purchases[0].Date;

        public DateTime Last => Purchases[^1].Date;

        public IEnumerable<Purchase> Within(DateTime now, int days) => Purchases.Where(purchase => purchase.Date.AddDays(days) > now);

        public string Lifecycle(DateTime now)
        {
            var wonBackAt = DateTime.MinValue;
            for (var i = 1; i < Purchases.Count; i++)
            {
                if (Purchases[i].Date - Purchases[i - 1].Date >= TimeSpan.FromDays(90))
                {
                    wonBackAt = Purchases[i].Date;
                }
            }

            return now - Last >= TimeSpan.FromDays(90) ? "dormant"
                : now - Last >= TimeSpan.FromDays(30) ? "at risk"
                : wonBackAt != DateTime.MinValue && now - wonBackAt < TimeSpan.FromDays(30) ? "won back"
                : now - First < TimeSpan.FromDays(7) ? "new"
                : "active";
        }
    }

    /// <summary>A clock that stands still.</summary>
    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
