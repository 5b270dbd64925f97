using System.Text;
using Triggers.Engine.Records;
using Triggers.Tests.Shared;

namespace Triggers.Storage.Tests.Compliance;

public abstract class ErasureCompliance : StoreTests
{
    private static readonly CustomerKey Ann = CustomerKey.User("ann-secret"), Bob = CustomerKey.User("bob");

    [EngineTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_erased_customer_is_gone_everywhere_and_offsets_stay(bool sorted)
    {
        await Harness.AppendAsync((Ann, "1"), (Bob, "2"), (Ann, "3"));
        await Store.CommitAsync(Harness.CommitOf(Ann, commit =>
        {
            commit.Indexed.Add(new IndexedCustomer(Ann.Text, "ann@example.com", "Ann"));
            commit.Messages.Add(Decisions.Of("000000000000000000000000000000aa", Ann));
            commit.Flushes.Add(new Flush(Harness.PartitionOf(Ann), 2, [], [new Snapshot(Ann.Hash(), 5, StoreHarness.StateOf(Ann.Text, "state"))]));
        }));
        await Store.Lists.PutAsync("vip", await Store.Lists.BeginAsync("vip", 1), [Ann.Id, "bob"]);
        await Store.Mailbox.AddAsync(new MailboxItem(0, "000000000000000000000000000000aa", "a", "b", "c", "d", "e", "f", "g", Ann.Text, 1, false));
        if (sorted)
        {
            await Store.CommitAsync(Harness.CommitOf(Bob, commit => commit.Flushes.Add(new Flush(Harness.PartitionOf(Bob), 1, [], []))));
            await Harness.SettleAsync();
        }

        using var order = new RecordBatch();
        order.AddCommand(Encoding.UTF8.GetBytes(Ann.Text), CommandKind.Erase, "");
        order.AddTrack(Ann, "new life", 0);
        await Store.Log.AppendAsync(order, AppendLane.Internal);
        await Store.CommitAsync(Harness.CommitOf(Ann, commit => commit.Erased.Add(Ann.Text)));

        Assert.Empty(Store.Search.Find("ann", 5));
        Assert.False(Store.Customers.TryLoad(Harness.PartitionOf(Ann), Ann.Hash(), Encoding.UTF8.GetBytes(Ann.Text), out _));
        Assert.Null(Store.Messages.Find("000000000000000000000000000000aa"));
        Assert.Equal(0, Store.Outbox.Depth().Count);
        Assert.Equal(0, Store.Mailbox.Count());
        Assert.Equal("bob", Assert.Single(Store.Lists.Members("vip", null, 10)));
        Assert.Equal((1, 1), (Store.Lists.Find("vip")!.Members, Store.Lists.Find("vip")!.Waiting));

        await Harness.SettleAsync();
        await Harness.ReopenAsync(killed: true);

        Assert.Equal(["new life"], Store.History.Read(Ann).Select(record => ReadRecord.Of(0, record).Name));
        Assert.Equal(["2"], Store.History.Read(Bob).Select(record => ReadRecord.Of(0, record).Name));
        var all = Store.History.ReadAll(Harness.PartitionOf(Ann)).Select(record => ReadRecord.Of(0, record)).OrderBy(record => record.Offset).ToList();
        Assert.Equal([0L, 1, 2, 3], all.Select(record => record.Offset));
        Assert.All(all.Take(3), record => Assert.Equal((RecordKind.Timer, ""), (record.Kind, record.Key)));
        Assert.Equal(4, Harness.Mark(Ann).Head);
        Assert.Empty(Store.Search.Find("ann", 5));
        Assert.Equal(0, Store.Customers.Count);
    }

    [EngineFact]
    public async Task Erasing_an_unknown_customer_does_nothing()
    {
        await Harness.AppendAsync((Bob, "1"));
        await Store.CommitAsync(Harness.CommitOf(Bob, commit => commit.Erased.Add(Ann.Text)));
        await Harness.SettleAsync();

        Assert.Single(Store.History.Read(Bob));
    }

    [EngineFact]
    public async Task What_others_and_rejected_events_say_of_an_erased_customer_goes_too_and_an_outcome_that_was_under_way_is_left_out()
    {
        const string Message = "000000000000000000000000000000ab";
        var visitor = CustomerKey.Anonymous("visitor-of-ann");
        using var records = new RecordBatch();
        records.AddTrack(Ann, "1", 0, anonymousId: visitor.Id);
        records.AddLink(Encoding.UTF8.GetBytes(visitor.Text), Encoding.UTF8.GetBytes(Ann.Text));
        records.AddTrack(visitor, "kept", 0);
        await Store.Log.AppendAsync(records, AppendLane.Internal);
        await Store.Rejected.AddAsync([new RejectedEvent(0, 1, "shop", "no type", """{"userId":"ann-secret"}"""), new RejectedEvent(0, 1, "shop", "no type", """{"userId":"bob"}""")]);
        ViolationExample ExampleOf(int number, string key, string found) => new(Harness.Time.Ms, "one", number, key, "shop", "Paid", "total", "type", "a number", found, "flag");
        await Store.Quality.AddAsync(new QualityBatch("one", 1, default, [], [ExampleOf(1, Ann.Text, "the text 'x'"), ExampleOf(2, "u:bob", "the text 'y'"), ExampleOf(3, "u:bob", "the text 'ann-secret'")]));
        await Store.CommitAsync(Harness.CommitOf(visitor));
        await Store.CommitAsync(Harness.CommitOf(Ann, commit => commit.Messages.Add(Decisions.Of(Message, Ann))));
        await Store.CommitAsync(Harness.CommitOf(Ann, commit => commit.Erased.Add(Ann.Text)));
        Assert.Equal([Ann.Text], Store.PendingErasures().Select(erasure => erasure.CustomerKey));
        Assert.Equal([3L, 2], Store.Quality.Examples(default).Select(example => example.Number));
        var head = Harness.Mark(Ann).Head;
        using var outcomes = new RecordBatch();
        outcomes.AddOutcome(Encoding.UTF8.GetBytes(Ann.Text), OutcomeKind.Sent, 1, Convert.FromHexString(Message), "");

        Assert.Equal(0, await Store.Outbox.CloseAsync([new OutboxClose(Message, MessageStatus.Sent, "", 1, 1)], outcomes));
        await Harness.SettleAsync();

        Assert.Equal(head, Harness.Mark(Ann).Head);
        Assert.Empty(Store.PendingErasures());
        Assert.Equal("the text 'y'", Assert.Single(Store.Quality.Examples(default)).Found);
        Assert.Equal(["""{"userId":"bob"}""", ""], Store.Rejected.List(null, 10).Select(item => item.Payload));
        Assert.Equal([RecordKind.Event], Store.History.Read(visitor).Select(record => ReadRecord.Of(0, record).Kind));
    }
}
