using Triggers.Engine.Records;
using Triggers.Runtime.Tests.Support;

namespace Triggers.Simulation.Tests;

public sealed class ClockTests
{
    [Fact]
    public async Task A_clock_that_jumps_back_moves_no_record_back_and_sends_nothing_twice()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await host.IdentifyAsync("ann", """{"email":"ann@example.com"}""");
        await host.TrackAsync("ann", "Product Added");
        await host.AdvanceAsync(TimeSpan.FromSeconds(20));
        await host.TrackAsync("bob", "Product Viewed");
        await host.SettleAsync();

        host.Time.JumpBack(TimeSpan.FromHours(1));
        for (var user = 0; user < 40; user++)
        {
            await host.TrackAsync($"user{user}", "Product Viewed");
        }

        await host.TrackAsync("ann", "Product Viewed");
        await host.SettleAsync();
        await host.CrashAndStartAsync();
        await host.AdvanceAsync(TimeSpan.FromMinutes(64), TimeSpan.FromMinutes(4));

        for (var partition = 0; partition < host.Store.Log.Partitions; partition++)
        {
            var records = host.Store.History.ReadAll(partition).OrderBy(record => record.Offset).ToList();
            Assert.Equal(Enumerable.Range(0, records.Count).Select(offset => (long)offset), records.Select(record => record.Offset));
            Assert.Equal(records.Select(record => record.At).Order(), records.Select(record => record.At));
        }

        Assert.Equal(2, host.Email.Attempts.Count);
        Assert.Equal(2, host.Email.Attempts.Select(message => message.MessageId).Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [ClassData(typeof(Seeds))]
    public async Task Late_events_of_one_customer_count_the_same_in_any_order(int seed)
    {
        var random = new Random(seed);
        var events = Enumerable.Range(0, 40)
            .Select(index => new ScriptEvent(
                "u:ann", EventType.Track, index % 4 == 0 ? "Order Completed" : "Product Viewed", $$"""{"price":80,"total":{{index}}}""", $"m{index}", random.Next(0, 500) * 1000))
            .ToList();
        var inOrder = await CountAsync([.. events.OrderByDescending(item => item.AgeMs)]);

        Assert.Equal(inOrder, await CountAsync([.. events.OrderBy(_ => random.Next())]));
    }

    private static async Task<string> CountAsync(List<ScriptEvent> events)
    {
        await using var host = await ServerHarness.StartNewAsync();
        foreach (var item in events)
        {
            using var batch = new RecordBatch();
            item.AddTo(batch, host.Time.Ms);
            await host.AppendAsync(batch);
        }

        await host.SettleAsync();
        var ann = await host.CustomerAsync("ann");
        return $"{ann.Events.Total} {string.Join(',', ann.Segments.Select(segment => segment.Id))} {ann.LastSeen} {host.Counter("segment/viewers/size")}";
    }
}
