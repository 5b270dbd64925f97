using System.Globalization;
using Triggers.Engine.Records;
using Triggers.Tests.Shared;

namespace Triggers.Storage.Tests.Sqlite;

/// <summary>When sorted runs become one, and when they stay apart.</summary>
public sealed class RunMergingTests
{
    private static readonly CustomerKey Ann = CustomerKey.User("ann");

    [Fact]
    public async Task While_much_comes_in_runs_are_merged_when_they_are_many()
    {
        await using var harness = await SqliteHarness.OpenAsync(options => options with { RunBytes = 1, RunsToMerge = 2, BusyBytesPerSecond = -1, MaintainsItself = false });
        for (var run = 1; run <= Storage.Sqlite.Limits.RunsToMergeWhenBusy; run++)
        {
            Assert.Equal(run - 1, harness.Sqlite.Runs.Current.Count);
            await harness.AppendAsync((Ann, run.ToString(CultureInfo.InvariantCulture)));
            await harness.Store.CommitAsync(harness.CommitOf(Ann, commit => commit.Flushes.Add(new Flush(harness.PartitionOf(Ann), run, [], []))));
            await harness.SettleAsync();
        }

        Assert.Single(harness.Sqlite.Runs.Current);
        Assert.Equal(Enumerable.Range(1, Storage.Sqlite.Limits.RunsToMergeWhenBusy).Select(run => run.ToString(CultureInfo.InvariantCulture)), harness.Store.History.Read(Ann).Select(record => ReadRecord.Of(0, record).Name));
    }

    [Fact]
    public async Task Runs_that_are_large_together_stay_apart()
    {
        await using var harness = await SqliteHarness.OpenAsync(options => options with { RunBytes = 1, RunsToMerge = 2, RunBytesMax = 500, MaintainsItself = false });
        for (var run = 1; run <= 32; run++)
        {
            await harness.AppendAsync((Ann, $"{run}"));
            await harness.Store.CommitAsync(harness.CommitOf(Ann, commit => commit.Flushes.Add(new Flush(harness.PartitionOf(Ann), run, [], []))));
            await harness.SettleAsync();
        }

        Assert.All(harness.Sqlite.Runs.Current, run => Assert.InRange(run.Bytes, 1, 500));
        Assert.InRange(harness.Sqlite.Runs.Current.Count, 2, 31);
        Assert.Equal(Enumerable.Range(1, 32).Select(run => $"{run}"), harness.Store.History.Read(Ann).Select(record => ReadRecord.Of(0, record).Name));
    }
}
