using Triggers.Engine.Customers;

namespace Triggers.Runtime.Valuing;

/// <summary>Fits the models on a store's purchases, and puts them to the test on what they were not shown.</summary>
internal static class ValueFitter
{
    public const double WeekMs = 7 * 86_400_000.0;

    /// <param name="now">ms since 1970.</param>
    public static ValueFit Fit(PurchaseSample found, string orders, long now)
    {
        var sample = found.Sample;
        var fit = ValueFit.None with { At = now, Orders = orders, Buyers = found.Buyers, Repeaters = found.Repeaters, Sampled = sample.Count };
        if (found.Collecting > found.Buyers)
        {
            return fit with { Missing = $"The past orders of {found.Collecting} customers are being filled from history." };
        }

        var repeaters = sample.Count(buyer => buyer.Count > 1);
        if (sample.Count < Limits.FitBuyersMin || repeaters < Limits.FitRepeatersMin)
        {
            return fit with { Missing = $"There are {found.Buyers} buyers, {found.Repeaters} of them with orders on more than one day; at least {Limits.FitBuyersMin} and {Limits.FitRepeatersMin} are needed." };
        }

        BuyerWorth[] worths = [.. sample.Where(buyer => buyer.Worth > 0).Select(WorthOf)];
        var purchases = PurchaseModel.Fit(Together(sample.Select(buyer => PastOf(buyer, now))));
        var worth = worths.Length < Limits.FitBuyersMin ? null : WorthModel.Fit(worths);
        return double.IsFinite(purchases.LogLikelihood)
            ? fit with { Missing = "", Purchases = purchases, Worth = worth is not null && double.IsFinite(worth.LogLikelihood) ? worth : null, HoldOut = Test(sample, now) }
            : fit with { Missing = "No parameters explain these purchases: look for orders with instants far off." };
    }

    /// <summary>Of orders that lie ahead by their sender's clock, the end of what was seen is the last of them.</summary>
    public static BuyerPast PastOf(Purchases buyer, long now)
    {
        var last = buyer.Count > 1 ? Math.Max(0, buyer.Days[^1] - buyer.First) / WeekMs : 0;
        return new BuyerPast(buyer.Count - 1, last, Math.Max(last, (now - buyer.First) / WeekMs));
    }

    public static BuyerWorth WorthOf(Purchases buyer) => new(buyer.Count, buyer.Worth / buyer.Count);

    /// <summary>Buyers who are alike are weighed as one: most bought once, many on the same day.</summary>
    private static List<BuyerPast> Together(IEnumerable<BuyerPast> pasts) =>
        [.. pasts.GroupBy(past => past).Select(group => group.Key with { Buyers = group.Count() })];

    /// <summary>null: the past is too short, or too few bought before.</summary>
    private static HoldOut? Test(IReadOnlyCollection<Purchases> sample, long now)
    {
        var seen = now - sample.Min(buyer => buyer.First);
        var held = Math.Min(Limits.HoldOutMs, seen / 2);
        var cut = now - held;
        var before = sample.Where(buyer => buyer.First <= cut).Select(buyer => (Then: PastAt(buyer, cut), Came: Came(buyer, cut, now))).ToList();
        if (held < Limits.HoldOutMsMin || before.Count < Limits.FitBuyersMin || before.Count(buyer => buyer.Then.Repeats > 0) < Limits.FitRepeatersMin)
        {
            return null;
        }

        var model = PurchaseModel.Fit(Together(before.Select(buyer => buyer.Then)));
        var (predicted, actual, error) = (0.0, 0L, 0.0);
        foreach (var (then, came) in before)
        {
            var expected = model.Expected(then, held / WeekMs);
            predicted += expected;
            actual += came;
            error += Math.Abs(expected - came);
        }

        return new HoldOut(DateTimeOffset.FromUnixTimeMilliseconds(cut), held / 86_400_000.0, before.Count, predicted, actual, error / before.Count);
    }

    /// <summary>The buyer as known at an instant of the past.</summary>
    private static BuyerPast PastAt(Purchases buyer, long cut)
    {
        var kept = buyer.Days.Count(day => day <= cut);
        var count = buyer.Count - buyer.Days.Length + kept;
        return PastOf(buyer with { Days = kept == 0 ? [buyer.First] : buyer.Days[..kept], Count = Math.Max(1, count) }, cut);
    }

    /// <summary>A first day that goes on after the cut is no further purchase.</summary>
    private static long Came(Purchases buyer, long cut, long now)
    {
        var before = Math.Max(1, buyer.Count - buyer.Days.Length + buyer.Days.Count(day => day <= cut));
        return buyer.Count - before - buyer.Days.Count(day => day > now);
    }
}
