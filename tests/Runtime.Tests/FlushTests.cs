using Triggers.Engine.Records;
using Triggers.Runtime.Tests.Support;

namespace Triggers.Runtime.Tests;

public sealed class FlushTests
{
    [Fact]
    public async Task Customers_that_were_touched_together_are_not_flushed_together()
    {
        await using var harness = await ServerHarness.StartNewAsync();
        using var batch = new RecordBatch();
        for (var customer = 0; customer < 60_000; customer++)
        {
            batch.AddTrack(CustomerKey.User($"c{customer}"), "Viewed", harness.Time.Ms, $"v{customer}", "{}");
        }

        var before = Floors();
        await harness.AppendAsync(batch);
        await harness.SettleAsync();

        await harness.AdvanceAsync(TimeSpan.FromMilliseconds(Limits.FlushAgeMs / 2), TimeSpan.FromMilliseconds(Limits.FlushTurnMs));
        await ServerHarness.UntilAsync(() => Floors() > before, "some to be flushed before their time");
        Assert.InRange(Floors() - before, 1, batch.Count / 2);

        await harness.AdvanceAsync(TimeSpan.FromMilliseconds(Limits.FlushAgeMs), TimeSpan.FromMilliseconds(Limits.FlushTurnMs));
        await ServerHarness.UntilAsync(() => Floors() - before >= batch.Count, "all to be flushed");

        long Floors() => harness.Opened.Recover().Partitions.Sum(mark => mark.Floor);
    }
}
