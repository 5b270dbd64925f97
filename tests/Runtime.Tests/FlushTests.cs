using Triggers.Engine.Records;
using Triggers.Runtime.Tests.Support;

namespace Triggers.Runtime.Tests;

public sealed class FlushTests
{
    [Fact]
    public async Task Customers_that_were_touched_together_are_not_flushed_together()
    {
        await using var harness = await ServerHarness.StartNewAsync();
        var before = Floors(harness);
        using var batch = Views(harness, events: 60_000, customers: 60_000);
        await harness.AppendAsync(batch);
        await harness.SettleAsync();

        await harness.AdvanceAsync(TimeSpan.FromMilliseconds(Limits.FlushAgeMs / 2), TimeSpan.FromMilliseconds(Limits.FlushTurnMs));
        await ServerHarness.UntilAsync(() => Floors(harness) > before, "some to be flushed before their time");
        Assert.InRange(Floors(harness) - before, 1, batch.Count / 2);

        await harness.AdvanceAsync(TimeSpan.FromMilliseconds(Limits.FlushAgeMs), TimeSpan.FromMilliseconds(Limits.FlushTurnMs));
        await ServerHarness.UntilAsync(() => Floors(harness) - before >= batch.Count, "all to be flushed");
    }

    [Fact]
    public async Task A_customer_is_flushed_long_before_its_time_when_a_crash_would_replay_much()
    {
        await using var harness = await ServerHarness.StartNewAsync();
        var partitions = harness.Opened.Recover().Partitions.Count;
        var share = (int)(Limits.FlushLagRecords / partitions);
        var before = Floors(harness);
        using var few = Views(harness, events: share / 2, customers: 1);
        await harness.AppendAsync(few);
        await harness.SettleAsync();
        await harness.AdvanceAsync(TimeSpan.FromMilliseconds(3 * Limits.FlushTurnMs), TimeSpan.FromMilliseconds(Limits.FlushTurnMs));
        await harness.SettleAsync();
        Assert.InRange(Floors(harness) - before, 0, partitions);

        using var many = Views(harness, events: share, customers: 1);
        await harness.AppendAsync(many);
        await harness.SettleAsync();
        await harness.AdvanceAsync(TimeSpan.FromMilliseconds(3 * Limits.FlushTurnMs), TimeSpan.FromMilliseconds(Limits.FlushTurnMs));
        await ServerHarness.UntilAsync(() => Floors(harness) - before >= few.Count + many.Count, "the busy customer to be flushed");
    }

    private static RecordBatch Views(ServerHarness harness, int events, int customers)
    {
        var batch = new RecordBatch();
        for (var index = 0; index < events; index++)
        {
            batch.AddTrack(CustomerKey.User($"c{index % customers}"), "Viewed", harness.Time.Ms, $"v{index}", "{}");
        }

        return batch;
    }

    private static long Floors(ServerHarness harness) => harness.Opened.Recover().Partitions.Sum(mark => mark.Floor);
}
