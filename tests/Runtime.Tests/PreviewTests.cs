using Triggers.Engine.Records;
using Triggers.Runtime.Simulations;
using Triggers.Runtime.Tests.Support;

namespace Triggers.Runtime.Tests;

/// <summary>The size of a segment before there is one.</summary>
public sealed class PreviewTests
{
    [Fact]
    public async Task A_preview_says_what_the_segment_will_hold()
    {
        await using var host = await ServerHarness.StartNewAsync();
        for (var number = 0; number < 60; number++)
        {
            using var batch = new RecordBatch();
            for (var view = 0; view < number % 5; view++)
            {
                batch.AddTrack(CustomerKey.Anonymous($"device{number}"), "Refunded", host.Time.Ms, $"a{number}-{view}", $$"""{"total":{{view}}}""");
            }

            // Every third becomes known: what the device did counts for the person.
            if (number % 3 == 0)
            {
                ServerHarness.AddIdentify(batch, $"user{number}", "{}", host.Time.Ms, $"i{number}", $"device{number}");
                batch.AddTrack(CustomerKey.User($"user{number}"), "Refunded", host.Time.Ms, $"u{number}");
            }

            if (batch.Count > 0)
            {
                await host.AppendAsync(batch);
            }
        }

        await host.SettleAsync();
        host.Time.Advance(TimeSpan.FromMinutes(1));
        const string condition = "count('Refunded', where properties.total >= 0 or not exists(properties.total), within 1h) >= 3 and not segment('buyers')";

        var preview = await PreviewAsync(host, condition);
        var whole = await PreviewAsync(host, condition, exact: true);
        host.Definitions.Write("segments.yaml", $"buyers: did('Order Completed')\nviewers: did('Product Viewed')\nsized: \"{condition}\"\n");
        host.Definitions.Write("scoring.yaml", "halfLife: 1h\n");
        await host.Server.Definitions.ReloadAsync(default);
        await host.SettleAsync();

        Assert.Empty(preview.Errors);
        Assert.True(preview.IsExact);
        Assert.Equal(host.Counter("segment/sized/size"), preview.Estimate);
        Assert.Equal((preview.Estimate, preview.Estimate, host.Counter("customers/total")), (preview.Low, preview.High, preview.Looked));
        Assert.InRange(preview.Estimate, 20, 40);
        Assert.Equal((preview.Estimate, preview.Looked, true), (whole.Members, whole.Looked, whole.IsExact));
        Assert.Null(host.Server.Simulations.Progress);
        Assert.Equal(Limits.PreviewExamples, preview.Examples.Count);
    }

    [Theory]
    [InlineData("count('Refunded' >= 3", 17, "Expected")]
    [InlineData("segment('buyerz')", 0, "There is no segment 'buyerz'")]
    public async Task What_is_no_condition_is_said_with_its_place(string condition, int index, string says)
    {
        await using var host = await ServerHarness.StartNewAsync();

        var error = Assert.Single((await PreviewAsync(host, condition)).Errors);

        Assert.Equal(index, error.Index);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    private static Task<SegmentPreviewReport> PreviewAsync(ServerHarness host, string condition, bool exact = false) =>
        host.Server.Simulations.PreviewAsync(host.Store.Definitions.Find(host.Server.Definitions.Version)!.Files, condition, exact, default);
}
