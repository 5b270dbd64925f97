namespace Triggers.Runtime.Valuing;

/// <param name="Purchases">How many.</param>
/// <param name="Mean">What one was worth on average; above 0.</param>
internal readonly record struct BuyerWorth(long Purchases, double Mean);

/// <summary>
/// Gamma-Gamma: what purchases of a buyer are worth is spread by Gamma(p, ν) around a mean of their own, and ν over buyers by Gamma(q, γ), whatever their rate of purchases.
/// P. S. Fader, B. G. S. Hardie, K. L. Lee, RFM and CLV: Using Iso-Value Curves for Customer Base Analysis, Journal of Marketing Research 42 (2005) 415–430, as the
/// authors' note The Gamma-Gamma Model of Monetary Value (2013) has it with p free.
/// </summary>
internal sealed record WorthModel(double P, double Q, double Gamma, double LogLikelihood)
{
    private const double LogBound = 14;

    /// <summary>The parameters under which these means are the likeliest.</summary>
    public static WorthModel Fit(IReadOnlyCollection<BuyerWorth> buyers)
    {
        BuyerWorth[] sorted = [.. buyers.OrderBy(buyer => buyer.Purchases)];

        // γ is in money, whose unit may be cents or dongs: it begins where the mean is.
        var unit = sorted.Average(buyer => buyer.Mean);
        var place = NelderMead.Minimize(
            logs => Array.Exists(logs, log => Math.Abs(log) > LogBound) ? double.PositiveInfinity : -LogLikelihoodOf(sorted, Math.Exp(logs[0]), Math.Exp(logs[1]), unit * Math.Exp(logs[2])),
            [0, Math.Log(2), 0]);
        var (p, q, gamma) = (Math.Exp(place[0]), Math.Exp(place[1]), unit * Math.Exp(place[2]));
        return new WorthModel(p, q, gamma, LogLikelihoodOf(sorted, p, q, gamma));
    }

    /// <summary>(1a) of the note, in logarithms.</summary>
    public static double LogLikelihoodOf(ReadOnlySpan<BuyerWorth> buyers, double p, double q, double gamma)
    {
        var constant = (q * Math.Log(gamma)) - Special.LogGamma(q);
        var (purchases, common, sum) = (-1L, 0.0, 0.0);
        foreach (ref readonly var buyer in buyers)
        {
            var x = (double)buyer.Purchases;
            if (buyer.Purchases != purchases)
            {
                purchases = buyer.Purchases;
                common = constant + Special.LogGamma((p * x) + q) - Special.LogGamma(p * x) + (p * x * Math.Log(x));
            }

            sum += common + (((p * x) - 1) * Math.Log(buyer.Mean)) - (((p * x) + q) * Math.Log(gamma + (x * buyer.Mean)));
        }

        return sum;
    }

    /// <summary>What a purchase of this buyer is expected to be worth: between what theirs were and what everybody's are, nearer to theirs the more there are. (5) of the note.</summary>
    public double Expected(in BuyerWorth buyer) => P * (Gamma + (buyer.Purchases * buyer.Mean)) / ((P * buyer.Purchases) + Q - 1);
}
