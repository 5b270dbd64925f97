using System.Text;
using Triggers.Engine.Records;
using Triggers.Storage.Tests.Compliance;

namespace Triggers.Storage.Tests.Sqlite;

/// <summary>After an erasure no file of the data folder holds a byte of the person, wherever it had been before.</summary>
public sealed class ErasedBytesTests
{
    private const string MessageId = "000000000000000000000000000000aa";
    private static readonly CustomerKey Ann = CustomerKey.User("ann-person-4711"), Device = CustomerKey.Anonymous("shared-device-1");

    /// <summary>What only Ann's records, states, messages and mails hold.</summary>
    private static readonly string[] s_secrets =
    [
        "ann-person-4711", "ann.person@example.com", "Ann Person", "trait-of-ann", "deed-of-ann", "old-state-of-ann", "message-of-ann", "mail-of-ann", "answer-about-ann",
    ];

    [Fact]
    public async Task Neither_live_nor_freed_pages_nor_the_WAL_hold_an_erased_person()
    {
        // Nothing is copied out of the WAL before: it would begin anew, over what was there.
        await using var harness = await SqliteHarness.OpenAsync(options => options with { MaintainsItself = false, RunBytes = 20_000, RunsToMerge = 2, CheckpointBytes = 1L << 40 });
        await LiveAsync(harness);
        Assert.Equal("0", Query(harness, "SELECT count(*) FROM StateChunks WHERE instr(Body, CAST('old-state-of-ann' AS BLOB)) > 0"));
        Assert.Contains("old-state-of-ann", await FoundAsync(harness));

        // Pages of runs are packed, and yet what stands in one for the first time stands there as it is.
        Assert.NotEqual("0", Query(harness, "SELECT count(*) FROM RunPages WHERE instr(Data, CAST('ann-person-4711' AS BLOB)) > 0 AND substr(Data, 1, 1) = x'04'"));
        Assert.Equal([], harness.Store.PendingErasures());

        await EraseAsync(harness);
        Assert.Equal([Ann.Text], harness.Store.PendingErasures().Select(each => each.CustomerKey));
        await harness.SettleAsync();

        Assert.Equal([], harness.Store.PendingErasures());
        Assert.Equal([], await FoundAsync(harness));
        Assert.Equal("ok", Query(harness, "PRAGMA integrity_check"));
    }

    [Fact]
    public async Task An_erasure_that_a_crash_interrupts_is_finished_after_the_next_start()
    {
        await using var harness = await SqliteHarness.OpenAsync(options => options with { MaintainsItself = false, RunBytes = 20_000, RunsToMerge = 2 });
        await LiveAsync(harness);
        await EraseAsync(harness);
        await harness.AppendAsync((Ann, "new life"));
        await harness.ReopenAsync(killed: true);
        Assert.Equal([Ann.Text], harness.Store.PendingErasures().Select(each => each.CustomerKey));

        await harness.SettleAsync();

        Assert.Equal(["ann-person-4711"], await FoundAsync(harness));
        Assert.Equal(["new life"], harness.Store.History.Read(Ann).Select(record => ReadRecord.Of(0, record).Name));
    }

    [Fact]
    public async Task What_comes_of_a_message_under_way_does_not_bring_an_erased_customer_back()
    {
        await using var harness = await SqliteHarness.OpenAsync(options => options with { MaintainsItself = false });
        await harness.AppendAsync((Ann, "deed-of-ann"));
        await harness.Store.CommitAsync(harness.CommitOf(Ann, commit =>
        {
            commit.Messages.Add(Decisions.Of(MessageId, Ann));
            commit.Messages.Add(Decisions.Of("000000000000000000000000000000bb", Device));
        }));
        await EraseAsync(harness);
        using var outcomes = new RecordBatch();
        outcomes.AddOutcome(Encoding.UTF8.GetBytes(Ann.Text), OutcomeKind.Failed, 1, Convert.FromHexString(MessageId), "answer-about-ann");
        outcomes.AddOutcome(Encoding.UTF8.GetBytes(Device.Text), OutcomeKind.Sent, 1, Convert.FromHexString("000000000000000000000000000000bb"), "");

        var appended = await harness.Store.Outbox.CloseAsync(
            [new OutboxClose(MessageId, MessageStatus.Failed, "answer-about-ann", 1, 1), new OutboxClose("000000000000000000000000000000bb", MessageStatus.Sent, "", 1, 1)], outcomes);
        await harness.Store.Mailbox.AddAsync(Mail());
        await harness.SettleAsync();

        Assert.Equal(1, appended);
        Assert.Equal(0, harness.Store.Mailbox.Count());
        Assert.Equal([], await FoundAsync(harness));
        Assert.Equal([RecordKind.Outcome], harness.Store.History.Read(Device).Select(record => ReadRecord.Of(0, record).Kind));
    }

    [Fact]
    public async Task Rejected_events_that_name_an_erased_customer_are_blanked_and_others_stay()
    {
        await using var harness = await SqliteHarness.OpenAsync(options => options with { MaintainsItself = false });
        using var batch = new RecordBatch();
        batch.AddTrack(Ann, "x", 1, anonymousId: "phone-7");
        AddIdentify(batch);
        await harness.Store.Log.AppendAsync(batch, AppendLane.External);
        await harness.Store.CommitAsync(harness.CommitOf(Ann));
        string[] payloads =
        [
            """{"userId":"ann-person-4711"}""", """{"anonymousId":"phone-7"}""", """{"traits":{"email":"Ann.Person@example.com"}}""",
            """{"userId":"ann-person-47112"}""", """{"anonymousId":"phone-70"}""", """{"email":"joann.person@example.com"}""",
        ];
        await harness.Store.Rejected.AddAsync([.. payloads.Select(payload => new RejectedEvent(0, 1, "shop", "bad", payload)), new RejectedEvent(0, 1, "shop", "'ann-person-4711' is late", "{}")]);

        await EraseAsync(harness);
        await harness.SettleAsync();

        Assert.Equal(7, harness.Store.Rejected.Total);
        var rows = harness.Store.Rejected.List(null, 10).Reverse().ToList();
        Assert.Equal(["", "", "", payloads[3], payloads[4], payloads[5], ""], rows.Select(row => row.Payload));
        Assert.Equal("erased with its customer", rows[6].Reason);
    }

    private static async Task LiveAsync(SqliteHarness harness)
    {
        using var batch = new RecordBatch();
        AddIdentify(batch);
        batch.AddTrack(Ann, "Visited", 1, properties: """{"what":"deed-of-ann"}""", anonymousId: "shared-device-1");
        batch.AddLink(Encoding.UTF8.GetBytes(Device.Text), Encoding.UTF8.GetBytes(Ann.Text));
        await harness.Store.Log.AppendAsync(batch, AppendLane.External);
        await harness.Store.CommitAsync(harness.CommitOf(Device));
        await harness.Store.CommitAsync(harness.CommitOf(Ann, commit =>
        {
            commit.Indexed.Add(new IndexedCustomer(Ann.Text, "ann.person@example.com", "Ann Person"));
            commit.Messages.Add(Decisions.Of(MessageId, Ann) with { Data = Encoding.UTF8.GetBytes($"\"message-of-ann{new string('.', 20_000)}\"") });
            commit.Flushes.Add(Flush("old-state-of-ann"));
        }));
        await harness.Store.Mailbox.AddAsync(Mail());
        await harness.Store.Rejected.AddAsync([new RejectedEvent(0, 1, "shop", "bad", """{"userId":"ann-person-4711","traits":{"x":"trait-of-ann"}}""")]);
        using var outcomes = new RecordBatch();
        outcomes.AddOutcome(Encoding.UTF8.GetBytes(Ann.Text), OutcomeKind.Failed, 1, Convert.FromHexString(MessageId), "answer-about-ann");
        await harness.Store.Outbox.CloseAsync([new OutboxClose(MessageId, MessageStatus.Failed, "answer-about-ann", 1, 1)], outcomes);
        await harness.SettleAsync();

        // Her first state is dead, and the crowd's flushes make chunks sparse and runs merge.
        for (var round = 0; round < 12; round++)
        {
            var crowd = Enumerable.Range(0, 40).Select(i => CustomerKey.User($"crowd-{i}")).ToList();
            await harness.AppendAsync([.. crowd.Select(key => (key, new string('c', 600))), (Ann, "again")]);
            foreach (var partition in crowd.Append(Ann).Append(Device).DistinctBy(harness.PartitionOf))
            {
                var mark = harness.Mark(partition);
                await harness.Store.CommitAsync(harness.CommitOf(partition, commit => commit.Flushes.Add(new Flush(
                    mark.Partition,
                    mark.Head,
                    [],
                    [.. crowd.Append(Ann).Where(key => harness.PartitionOf(key) == mark.Partition).Select(key => StateOf(key, key == Ann ? "trait-of-ann" : "crowd"))]))));
            }

            await harness.SettleAsync();
        }

        Flush Flush(string content) => new(harness.PartitionOf(Ann), harness.Mark(Ann).Head, [], [StateOf(Ann, content)]);
    }

    private static Snapshot StateOf(CustomerKey key, string content) => new(key.Hash(), 5, StoreHarness.StateOf(key.Text, content + new string('.', 9_000)));

    private static async Task EraseAsync(SqliteHarness harness)
    {
        using var order = new RecordBatch();
        order.AddCommand(Encoding.UTF8.GetBytes(Ann.Text), CommandKind.Erase, "");
        await harness.Store.Log.AppendAsync(order, AppendLane.Internal);
        await harness.Store.CommitAsync(harness.CommitOf(Ann, commit => commit.Erased.Add(Ann.Text)));
    }

    private static void AddIdentify(RecordBatch batch) => batch.AddEvent(
        Encoding.UTF8.GetBytes(Ann.Text), EventType.Identify, RecordFlags.None, 1, [], "m1"u8, [], "shop"u8,
        """{"email":"ann.person@example.com","name":"Ann Person","x":"trait-of-ann"}"""u8, []);

    private static MailboxItem Mail()
        => new(0, MessageId, "shop@example.com", "ann.person@example.com", "Hello", "mail-of-ann" + new string('h', 30_000), "mail-of-ann", "", "welcome", Ann.Text, 5, false);

    private static string Query(SqliteHarness harness, string sql)
    {
        using var lease = harness.Sqlite.Pool.Rent();
        using var row = lease.Statement(sql);
        row.Step();
        return row.Text(0);
    }

    /// <summary>The secrets that some file of the folder holds.</summary>
    private static async Task<List<string>> FoundAsync(SqliteHarness harness)
    {
        var found = new List<string>();
        foreach (var path in Directory.EnumerateFiles(harness.Folder).Where(path => !path.EndsWith(".lock", StringComparison.Ordinal)))
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[file.Length];
            await file.ReadExactlyAsync(bytes);
            found.AddRange(s_secrets.Where(secret => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)) >= 0));
        }

        return [.. found.Distinct()];
    }
}
