using Triggers.Engine.Customers;
using Triggers.Runtime.Valuing;

namespace Triggers.Runtime.Tests.Valuing;

/// <summary>The models against what their authors published of them.</summary>
public sealed class CdnowTests
{
    private static readonly List<Purchases> s_until1998 = Buyers(Cdnow.End);
    private static readonly List<Purchases> s_calibration = Buyers(Cdnow.Calibration);

    /// <summary>Marketing Science 24 (2005), table 2: r = .243, α = 4.414, a = .793, b = 2.426, LL = −9582.4.</summary>
    [Fact]
    public void The_model_of_purchases_has_the_published_parameters()
    {
        var model = PurchaseModel.Fit(Pasts(s_calibration));

        Assert.Equal((2357, 946), (s_calibration.Count, s_calibration.Count(buyer => buyer.Count > 1)));
        Assert.Equal((0.243, 4.414, 0.793, 2.426, -9582.4), (Math.Round(model.R, 3), Math.Round(model.Alpha, 3), Math.Round(model.A, 3), Math.Round(model.B, 3), Math.Round(model.LogLikelihood, 1)));
    }

    /// <summary>The note of 2013 fits on the mean of the repeat purchases of the 946 who made any: p = 6.25, q = 3.74, γ = 15.44; and expects 24.66 of who bought for 22.35 twice.</summary>
    [Fact]
    public void The_model_of_worth_has_the_published_parameters()
    {
        var worths = Cdnow.Read().Where(purchase => purchase.Date <= Cdnow.Calibration).GroupBy(purchase => purchase.Customer, StringComparer.Ordinal)
            .Select(customer => customer.GroupBy(purchase => purchase.Date).OrderBy(day => day.Key).Select(day => day.Sum(purchase => purchase.Worth)).Skip(1).ToList())
            .Where(repeats => repeats.Count > 0 && repeats.Sum() > 0)
            .Select(repeats => new BuyerWorth(repeats.Count, (double)repeats.Average())).ToList();

        var model = WorthModel.Fit(worths);

        Assert.Equal(946, worths.Count);
        Assert.Equal((6.25, 3.74, 15.44), (Math.Round(model.P, 2), Math.Round(model.Q, 2), Math.Round(model.Gamma, 2)));
        Assert.Equal(24.66, new WorthModel(6.25, 3.74, 15.44, 0).Expected(new BuyerWorth(2, 22.35)), 0.005);
    }

    /// <summary>The first customer of the sample, in the authors' spreadsheet note: 1.226 purchases in the 39 weeks after the first 39.</summary>
    [Fact]
    public void A_customers_expectation_is_the_published_one() =>
        Assert.Equal(1.226, new PurchaseModel(0.242594, 4.413595, 0.792919, 2.425893, 0).Expected(new BuyerPast(2, 30.43, 38.86), 39), 0.001);

    [Fact]
    public void The_second_half_of_the_sample_is_predicted_from_the_first()
    {
        var model = PurchaseModel.Fit(Pasts(s_calibration));
        var then = Cdnow.Calibration.Subtract(DateTime.UnixEpoch).TotalMilliseconds;
        var actual = s_until1998.Sum(buyer => buyer.Days.Count(day => day > then));
        var predicted = s_calibration.Sum(buyer => model.Expected(ValueFitter.PastOf(buyer, Ms(Cdnow.Calibration)), 39));

        Assert.Equal(1882, actual);
        Assert.Equal(1653, predicted, 1.0);

        // Who bought more often is expected to buy more: in each class by repeats the mean is near what came.
        foreach (var group in s_calibration.Zip(s_until1998, (before, all) => (Before: before, Came: all.Count - before.Count)).GroupBy(pair => Math.Min(pair.Before.Count - 1, 5)))
        {
            var expected = group.Average(pair => model.Expected(ValueFitter.PastOf(pair.Before, Ms(Cdnow.Calibration)), 39));
            Assert.InRange(expected - group.Average(pair => pair.Came), -0.6, 0.6);
        }
    }

    [Fact]
    public void A_fit_holds_the_end_of_the_past_back_and_reports_how_it_did()
    {
        var found = new PurchaseSample(10_000);
        foreach (var (buyer, index) in s_until1998.Select((buyer, index) => (buyer, index)))
        {
            found.Take((ulong)index * 977, buyer);
        }

        var fit = ValueFitter.Fit(found, "orders", Ms(Cdnow.End));

        Assert.Equal(("", 2357, 2357L), (fit.Missing, fit.Sampled, fit.Buyers));
        var held = fit.HoldOut!;
        var cut = held.Until.ToUnixTimeMilliseconds();
        Assert.Equal((90.0, s_until1998.Sum(buyer => buyer.Days.Count(day => day > cut)), 2357), (held.Days, (int)held.Actual, held.Buyers));
        Assert.InRange(held.Predicted / held.Actual, 0.7, 1.3);
        Assert.InRange(held.MeanError, 0.05, 0.6);
        Assert.Equal(fit, ValueFit.Parse(fit.Print()));
    }

    [Fact]
    public void Too_few_buyers_are_told_with_how_many_are_needed()
    {
        var found = new PurchaseSample(10_000);
        foreach (var (buyer, index) in s_until1998.Take(99).Select((buyer, index) => (buyer, index)))
        {
            found.Take((ulong)index, buyer);
        }

        var fit = ValueFitter.Fit(found, "orders", Ms(Cdnow.End));

        Assert.Null(fit.Purchases);
        Assert.StartsWith("There are 99 buyers, ", fit.Missing, StringComparison.Ordinal);
        Assert.Contains("at least 100 and 20 are needed", fit.Missing, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sample_is_the_same_in_whatever_order_customers_come()
    {
        var (forward, backward) = (new PurchaseSample(300), new PurchaseSample(300));
        for (var index = 0; index < s_until1998.Count; index++)
        {
            forward.Take((ulong)index << 40, s_until1998[index]);
            backward.Take((ulong)(s_until1998.Count - 1 - index) << 40, s_until1998[^(index + 1)]);
        }

        Assert.Equal(forward.Sample, backward.Sample);
        Assert.Equal((300, 2357L, forward.Repeaters), (forward.Sample.Count, forward.Buyers, backward.Repeaters));
    }

    /// <summary>In the order of the sample, so that two ends of the past zip.</summary>
    private static List<Purchases> Buyers(DateTime until) =>
        [.. Cdnow.Read().Where(purchase => purchase.Date <= until).GroupBy(purchase => purchase.Customer, StringComparer.Ordinal).Select(customer =>
        {
            long[] days = [.. customer.Select(purchase => Ms(purchase.Date)).Distinct().Order()];
            return new Purchases(days[0], days, days.Length, (double)customer.Sum(purchase => purchase.Worth), false);
        })];

    private static List<BuyerPast> Pasts(IEnumerable<Purchases> buyers) => [.. buyers.Select(buyer => ValueFitter.PastOf(buyer, Ms(Cdnow.Calibration)))];

    private static long Ms(DateTime date) => new DateTimeOffset(date).ToUnixTimeMilliseconds();
}
