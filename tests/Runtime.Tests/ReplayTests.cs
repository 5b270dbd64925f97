using Microsoft.Extensions.Logging.Abstractions;
using SQLitePCL;
using Triggers.Engine.Records;
using Triggers.Runtime.Replays;
using Triggers.Runtime.Tests.Support;

namespace Triggers.Runtime.Tests;

public sealed class ReplayTests
{
    [Fact]
    public async Task A_recovery_compares_what_it_rebuilds_and_agrees()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await LiveAsync(host, pass: TimeSpan.Zero);

        await host.CrashAndStartAsync();

        var replay = host.Server.Queries.Stats().Replay;
        Assert.True(replay.Compared > 10, $"only {replay.Compared} records were compared");
        Assert.Equal(0, replay.Disagreements);
        Assert.Equal("", host.Logs.Text);
    }

    [Fact]
    public async Task The_whole_log_replays_to_the_same_effects()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await LiveAsync(host);
        await host.CrashAndStartAsync();
        await LiveAsync(host);

        var (replay, found) = Replay(host);

        Assert.Empty(found);
        Assert.Equal((0L, 0L), (replay.Missing, replay.Erased));
        Assert.Equal(64 * 8, replay.NotCompared);
        Assert.Equal(replay.Total, replay.Compared + replay.NotCompared);
    }

    [Fact]
    public async Task A_stored_checksum_that_differs_is_reported_with_customer_and_record()
    {
        var faults = new FaultStore();
        await using var host = await ServerHarness.StartNewAsync(set => set.Wrap = faults.Around);
        await host.IdentifyAsync("ann", """{"email":"ann@example.com"}""");
        await host.TrackAsync("bob", "Product Viewed");
        await host.TrackAsync("ann", "Signed Up");
        await host.SettleAsync();
        var sent = host.Email.Attempts;
        var ann = CustomerKey.PartitionOf(CustomerKey.User("ann").Hash(), host.Store.Log.Partitions);
        var offset = host.Store.History.Read(CustomerKey.User("ann")).First(record => NameOf(record.Bytes) == "Signed Up").Offset;
        faults.SpoilChecksum(ann, offset);

        await host.CrashAndStartAsync();
        await host.SettleAsync();

        var stats = host.Server.Queries.Stats().Replay;
        var found = Assert.Single(stats.Latest);
        Assert.Equal(1, stats.Disagreements);
        Assert.Equal((ann, offset, "u:ann", "event Signed Up"), (found.Partition, found.Offset, found.Customer, found.Record));
        Assert.Contains($"event Signed Up, record {offset} of partition {ann}, led customer u:ann to other effects", host.Logs.Text, StringComparison.Ordinal);
        Assert.Equal(sent, host.Email.Attempts);
        Assert.Equal(found, Assert.Single(Replay(host).Found));
    }

    [Fact]
    public async Task A_difference_does_not_blame_a_record_for_a_message_that_an_earlier_one_decided()
    {
        var faults = new FaultStore();
        await using var host = await ServerHarness.StartNewAsync(set => set.Wrap = faults.Around);
        await host.IdentifyAsync("ann", """{"email":"ann@example.com"}""");
        host.Time.Advance(TimeSpan.FromMilliseconds(1000 - host.Time.Ms % 1000 + 100));
        await host.TrackAsync("ann", "Signed Up");
        host.Time.Advance(TimeSpan.FromMilliseconds(300));
        await host.TrackAsync("ann", "Product Viewed");
        await host.SettleAsync();
        Assert.Equal(1, host.Counter("messages/sent"));
        var ann = CustomerKey.PartitionOf(CustomerKey.User("ann").Hash(), host.Store.Log.Partitions);
        faults.SpoilChecksum(ann, host.Store.History.Read(CustomerKey.User("ann")).First(record => NameOf(record.Bytes) == "Product Viewed").Offset);

        await host.CrashAndStartAsync();
        await host.SettleAsync();

        var found = Assert.Single(host.Server.Queries.Stats().Replay.Latest);
        Assert.Equal("event Product Viewed", found.Record);
        Assert.StartsWith("had other effects, now has events/total +1", found.Difference, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Definitions_changed_under_their_version_are_found_and_what_was_sent_stays_sent()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await host.IdentifyAsync("ann", """{"email":"ann@example.com"}""");
        await host.TrackAsync("ann", "Signed Up");
        await host.TrackAsync("bob", "Product Viewed");
        await host.SettleAsync();
        Assert.Equal(1, host.Counter("messages/sent"));
        await host.CrashAsync();
        Execute(host.DataFolder, "UPDATE DefinitionFiles SET Text = replace(Text, 'Signed Up', 'Signed In') WHERE Path LIKE '%welcome.yaml'");

        await host.StartAsync();
        await host.SettleAsync();

        var stats = host.Server.Queries.Stats().Replay;
        Assert.All(stats.Latest, found => Assert.Equal("u:ann", found.Customer));
        var first = stats.Latest.First(found => found.Record == "event Signed Up");
        Assert.Contains("does not decide message", first.Difference, StringComparison.Ordinal);
        Assert.Contains("campaign welcome, step hello", first.Difference, StringComparison.Ordinal);
        Assert.Contains(first.Difference, host.Logs.Text, StringComparison.Ordinal);
        Assert.Equal(1, host.Counter("messages/sent"));
        Assert.Contains(Replay(host).Found, found => found == first);
    }

    [Fact]
    public async Task An_erased_customer_is_no_disagreement()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await LiveAsync(host);
        await host.Server.Commands.EraseAsync("ann", default);
        await host.SettleAsync();
        await host.TrackAsync("ann", "Product Viewed");
        await host.SettleAsync();
        await host.CrashAndStartAsync();
        Assert.Equal(0, host.Server.Queries.Stats().Replay.Disagreements);
        Assert.Empty(Replay(host).Found);

        // The bytes go with the background work, which here runs when the folder is opened by itself.
        await host.StopAsync();
        await host.MaintainAsync();
        await host.StartAsync();

        var (replay, found) = Replay(host);
        Assert.Empty(found);
        Assert.True(replay.Erased > 3, $"only {replay.Erased} records were erased");
    }

    [Fact]
    public async Task A_log_without_its_beginning_is_not_replayed()
    {
        var faults = new FaultStore();
        await using var host = await ServerHarness.StartNewAsync(set => set.Wrap = faults.Around);
        await LiveAsync(host);
        Assert.True(new LogReplay(host.Store, NullLoggerFactory.Instance).BeginsAtFirst);

        faults.DropHistoryBefore(host.Time.Ms - 60_000);

        Assert.False(new LogReplay(host.Store, NullLoggerFactory.Instance).BeginsAtFirst);
    }

    /// <summary>Everything that can change a customer: events, timers, outcomes, merges, imports, a new program, a pause. When time passes, states are flushed.</summary>
    private static async Task LiveAsync(ServerHarness host, TimeSpan? pass = null)
    {
        await host.TrackAsync("carl", "Product Viewed", """{"price":80}""");
        using (var batch = new RecordBatch())
        {
            batch.AddTrack(CustomerKey.Anonymous("device"), "Product Added", host.Time.Ms, Guid.NewGuid().ToString());
            batch.AddTrack(CustomerKey.User("ann"), "Order Completed", host.Time.Ms - 86_400_000, Guid.NewGuid().ToString(), """{"total":300}""", flags: RecordFlags.Historical);
            await host.AppendAsync(batch);
        }

        await host.IdentifyAsync("ann", """{"email":"ann@example.com"}""", anonymousId: "device");
        await host.TrackAsync("ann", "Signed Up");
        await host.TrackAsync("ann", "Product Added");
        await host.SettleAsync();
        await host.AdvanceAsync(pass ?? TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(10));
        await host.Server.Commands.PauseCampaignAsync("cart", true, default);
        await host.TrackAsync("ann", "Product Added");
        await host.SettleAsync();
        host.Definitions.Write("segments.yaml", $"{File.ReadAllText(host.Definitions.In("segments.yaml"))}\nseen{host.Time.Ms}: did('Product Viewed', within 1h)\n");
        await host.Server.Definitions.ReloadAsync(default);
        await host.Server.Commands.PauseCampaignAsync("cart", false, default);
        await host.TrackAsync("bob", "Product Viewed", """{"price":80}""");
        await host.SettleAsync();
        await host.AdvanceAsync(pass ?? TimeSpan.FromMinutes(12), TimeSpan.FromMinutes(2));
    }

    private static (LogReplay Replay, List<Disagreement> Found) Replay(ServerHarness host)
    {
        var found = new List<Disagreement>();
        var replay = new LogReplay(host.Store, NullLoggerFactory.Instance);
        replay.Run(found.Add, default);
        Assert.Equal(replay.Disagreements, found.Count);
        Assert.True(replay.Disagreements > 0 || replay.WrongCounters is null or []);
        return (replay, found);
    }

    private static string NameOf(ReadOnlyMemory<byte> record)
    {
        RecordView.Read(record.Span, out var view);
        return System.Text.Encoding.UTF8.GetString(view.Name);
    }

    private static void Execute(string folder, string sql)
    {
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_open(Path.Combine(folder, "store.db"), out var database));
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_exec(database, sql));
        Assert.Equal(1, raw.sqlite3_changes(database));
        raw.sqlite3_close(database);
    }
}
