using Triggers.Runtime.Tests.Support;

namespace Triggers.Runtime.Tests.Valuing;

/// <summary>The models through the whole server: orders come in as events, the job reads them from the customers, and everybody's view has what they say.</summary>
public sealed class ValuingTests
{
    [Fact]
    public async Task A_store_with_the_orders_of_CDNOW_fits_the_published_parameters_and_predicts_by_them()
    {
        await using var host = await ServerHarness.StartNewAsync(harness => harness.Definitions.Write("value.yaml", "{ order: Purchase, amount: properties.total }\n"));
        await ServerHarness.UntilAsync(() => host.Server.Valuing.View().Missing.Contains("0 buyers", StringComparison.Ordinal), "the look at the start to find nobody");
        await Cdnow.AppendAsync(host);

        await host.TrackAsync("visitor", "Product Viewed");
        await host.SettleAsync();
        Assert.Null((await host.CustomerAsync("0001")).Predicted);
        await host.Server.MeasureAsync();

        var value = host.Server.Valuing.View();
        Assert.Equal(("", 2357L, 946L, 2357), (value.Missing, value.Buyers, value.Repeaters, value.Sampled));
        Assert.Equal(host.Time.GetUtcNow(), value.FittedAt);
        Assert.Equal(host.Time.GetUtcNow().AddDays(1), value.NextAt);
        var model = value.Purchases!;
        Assert.Equal((0.243, 4.414, 0.793, 2.426, -9582.4), (Math.Round(model.R, 3), Math.Round(model.Alpha, 3), Math.Round(model.A, 3), Math.Round(model.B, 3), Math.Round(model.LogLikelihood, 1)));
        Assert.Equal(90, value.HoldOut!.Days);
        Assert.InRange(value.HoldOut.Predicted / value.HoldOut.Actual, 0.7, 1.3);

        // The first customer: two repeats, the last in week 30 of 39, for 29.33 + 29.73 + 14.96.
        var predicted = (await host.CustomerAsync("0001")).Predicted!;
        var worthModel = value.Worth!;
        Assert.InRange(predicted.Purchases90Days, 0.4, 0.5);
        Assert.InRange(predicted.Alive, 0.7, 0.75);
        Assert.Equal(worthModel.P * (worthModel.Gamma + 74.02) / ((worthModel.P * 3) + worthModel.Q - 1), predicted.AveragePurchase!.Value, 0.005);
        Assert.InRange(predicted.LifetimeValue!.Value / predicted.AveragePurchase.Value, predicted.Purchases90Days * 2, predicted.Purchases90Days * 365 / 90);

        // Who never ordered is expected nothing; and a crash changes nothing of it.
        await host.CrashAndStartAsync();
        Assert.Null((await host.CustomerAsync("visitor")).Predicted);
        Assert.Equal(predicted, (await host.CustomerAsync("0001")).Predicted);
        Assert.Equal(0, host.Server.Queries.Stats().Replay.Disagreements);
    }

    [Fact]
    public async Task Buyers_are_told_what_conditions_read_as_records_that_a_crash_and_a_replay_keep()
    {
        await using var host = await ServerHarness.StartNewAsync(harness =>
        {
            harness.Definitions.Write("value.yaml", "{ order: Purchase, amount: properties.total }\n");
            harness.Definitions.Write("segments.yaml", "viewers: did('Product Viewed')\nstaying: predicted.alive >= 0.7\nvaluable: top(10%, predicted.value)\n");
        });
        await ServerHarness.UntilAsync(() => host.Server.Valuing.View().Missing.Contains("0 buyers", StringComparison.Ordinal), "the look at the start to find nobody");
        await Cdnow.AppendAsync(host);

        await host.SettleAsync();
        for (var look = 0; look < 2; look++)
        {
            await host.Server.MeasureAsync();
            await Cdnow.ToldAsync(host);
            await host.SettleAsync();
        }

        var staying = host.Server.Queries.Stats().Segments["staying"];
        var valuable = host.Server.Queries.Stats().Segments["valuable"];
        Assert.InRange(staying, 1_400, 2_357);
        Assert.InRange(valuable, 200, 236);
        Assert.Contains((await host.CustomerAsync("0001")).Segments, segment => segment.Id == "staying");

        await host.CrashAndStartAsync();
        Assert.Equal(0, host.Server.Queries.Stats().Replay.Disagreements);
        Assert.Equal((staying, valuable), (host.Server.Queries.Stats().Segments["staying"], host.Server.Queries.Stats().Segments["valuable"]));
    }

    [Fact]
    public async Task Without_a_value_file_there_are_no_models_and_it_says_what_to_write()
    {
        await using var host = await ServerHarness.StartNewAsync();

        var view = host.Server.Valuing.View();

        Assert.Contains("value.yaml", view.Missing, StringComparison.Ordinal);
        Assert.Null(view.FittedAt);
        Assert.Null(view.NextAt);
    }
}
