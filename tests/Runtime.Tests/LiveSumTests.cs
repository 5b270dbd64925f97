using Microsoft.Extensions.Logging.Abstractions;
using Triggers.Runtime.Hosting;
using Triggers.Runtime.Live;
using Triggers.Runtime.Outbox;
using Triggers.Runtime.Tests.Support;
using Triggers.Storage.Sqlite;

namespace Triggers.Runtime.Tests;

public sealed class LiveSumTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private readonly TempFolder _folder = new();
    private SqliteStore _store = null!;
    private LiveSum _sum = null!;

    public async Task InitializeAsync()
    {
        _store = await SqliteStore.OpenAsync(new SqliteStoreOptions { Folder = _folder.In("data"), MaintainsItself = false }, _time);
        _sum = new LiveSum(4, new SendingPause(_store.Settings), _time, NullLogger.Instance);
    }

    public async Task DisposeAsync()
    {
        await _sum.DisposeAsync();
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public void Shares_are_summed_and_vanish_with_their_process()
    {
        _sum.Come("a", Share(1, events: 10, [new(0, 5), new(1, 5)]));
        _sum.Come("b", Share(1, events: 7, [new(2, 5), new(3, 5)]));
        Assert.True(_sum.Apply("a", Delta(2, events: 12)));
        Assert.Equal(19, _sum["events/total"]);
        Assert.Equal(long.MaxValue, _sum.OldestApplyingAt);
        Assert.Equal((2.0, 6L, 8L), (_sum.Rates().EventsPerSecond, _sum.Rates().Queued, _sum.LagRecords));

        _sum.Leave("a");

        Assert.Equal((7L, 4L), (_sum["events/total"], _sum.LagRecords));
        _sum.Come("b", Share(9, events: 19, [new(0, 6), new(1, 6), new(2, 5), new(3, 5)]));
        Assert.Equal(19, _sum["events/total"]);
    }

    [Fact]
    public void A_gap_asks_for_the_whole_share_and_what_it_has_already_is_not_taken_twice()
    {
        Assert.False(_sum.Apply("a", Delta(1, events: 1)));
        _sum.Come("a", Share(4, events: 10, []));

        Assert.True(_sum.Apply("a", Delta(3, events: 8)));
        Assert.True(_sum.Apply("a", Delta(4, events: 10)));
        Assert.Equal(10, _sum["events/total"]);
        Assert.False(_sum.Apply("a", Delta(6, events: 20)));
        Assert.Equal(10, _sum["events/total"]);
        Assert.True(_sum.Apply("a", Delta(5, events: 15)));
        Assert.Equal(15, _sum["events/total"]);
    }

    [Fact]
    public void Who_names_a_partition_that_another_has_under_a_higher_epoch_is_told()
    {
        var told = new List<(string, OwnedPartition)>();
        _sum.Outdated += (process, owner) => told.Add((process, owner));
        _sum.Come("a", Share(1, events: 10, [new(0, 5), new(1, 5)]));
        Assert.Empty(told);

        _sum.Come("b", Share(1, events: 6, [new(1, 8)]));

        Assert.Equal([("a", new OwnedPartition(1, 8))], told);
        _sum.Apply("a", Delta(2, events: 4) with { Partitions = [new(0, 5)] });
        Assert.Single(told);
        Assert.Equal(10, _sum["events/total"]);
    }

    [Fact]
    public void A_partition_without_an_owner_lags_since_it_lost_it()
    {
        var started = _time.Ms;
        Assert.Equal(started, _sum.OldestApplyingAt);
        _sum.Come("a", Share(1, events: 0, [new(0, 5), new(1, 5), new(2, 5), new(3, 5)]));
        Assert.Equal(long.MaxValue, _sum.OldestApplyingAt);
        _sum.Apply("a", Delta(2, events: 0) with { OldestApplyingAt = started + 3 });
        Assert.Equal(started + 3, _sum.OldestApplyingAt);

        _time.Advance(TimeSpan.FromSeconds(5));
        _sum.Leave("a");
        _time.Advance(TimeSpan.FromSeconds(5));
        _sum.Come("b", Share(1, events: 0, [new(0, 6), new(1, 6)]));

        Assert.Equal(started + 5000, _sum.OldestApplyingAt);
    }

    [Fact]
    public void Decisions_of_all_processes_are_one_feed_without_those_who_were_erased_anywhere()
    {
        _sum.Come("a", Share(1, events: 0, []) with { Feed = [Item(5, "ann"), Item(3, "bob")] });
        _sum.Come("b", Share(1, events: 0, []) with { Feed = [Item(4, "ann"), Item(2, "cid")] });
        Assert.Equal("ann ann bob cid", Customers());

        _sum.Apply("b", Delta(2, events: 0) with { Feed = [Item(6, "ann") with { Kind = "erased" }] });

        Assert.Equal(" bob cid", Customers());

        string Customers() => string.Join(' ', _sum.Snapshot().Feed.Select(item => item.Customer));
    }

    [Fact]
    public async Task Deltas_of_many_processes_become_at_most_four_a_second()
    {
        var deltas = new List<LiveDelta>();
        _sum.Changed += delta =>
        {
            lock (deltas)
            {
                deltas.Add(delta);
            }
        };
        for (var process = 0; process < 8; process++)
        {
            _sum.Come($"p{process}", Share(1, events: 1, []));
        }

        await ServerHarness.UntilAsync(() => Total() is not null, "the first delta");
        for (long version = 2; version < 40; version++)
        {
            for (var process = 0; process < 8; process++)
            {
                _sum.Apply($"p{process}", Delta(version, events: version));
            }
        }

        await ServerHarness.UntilAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(Limits.LiveIntervalMs));
                return Total() == 8 * 39;
            },
            "the last delta");

        lock (deltas)
        {
            Assert.InRange(deltas.Count, 2, 3);
            Assert.Equal(Enumerable.Range(1, deltas.Count).Select(version => (long)version), deltas.Select(delta => delta.Version));
        }

        long? Total()
        {
            lock (deltas)
            {
                return deltas.LastOrDefault()?.Counters["events/total"];
            }
        }
    }

    private static LiveRates Rates(long lag = 4) => new(1, 1, 3, lag, SendingPaused: false);

    private static LiveShare Share(long version, long events, OwnedPartition[] partitions) =>
        new(version, new Dictionary<string, long>(StringComparer.Ordinal) { ["events/total"] = events }, Rates(), long.MaxValue, partitions, []);

    private static LiveShareDelta Delta(long version, long events) =>
        new(version, new Dictionary<string, long>(StringComparer.Ordinal) { ["events/total"] = events }, Rates(), long.MaxValue, null, []);

    private static FeedItem Item(int second, string customer) => new(ManualTime.Start.AddSeconds(second), "segment-entered", customer, "s", "");
}
