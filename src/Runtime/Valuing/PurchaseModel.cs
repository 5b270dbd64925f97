namespace Triggers.Runtime.Valuing;

/// <summary>What the model knows of a buyer. Times are in weeks.</summary>
/// <param name="Repeats">x: purchases after the first.</param>
/// <param name="LastAt">tₓ: from the first purchase to the last; 0 without repeats.</param>
/// <param name="Age">T: from the first purchase to the end of what was seen.</param>
/// <param name="Buyers">Who are alike in all this.</param>
internal readonly record struct BuyerPast(long Repeats, double LastAt, double Age, int Buyers = 1);

/// <summary>
/// BG/NBD: a buyer purchases at a rate of their own until, after any purchase, they leave for good with a chance of their own; rates are spread over buyers by
/// Gamma(r, α), chances by Beta(a, b). P. S. Fader, B. G. S. Hardie, K. L. Lee, “Counting Your Customers” the Easy Way: An Alternative to the Pareto/NBD Model, Marketing
/// Science 24 (2005) 275–284; numbers of equations are theirs.
/// </summary>
/// <param name="Alpha">In weeks.</param>
internal sealed record PurchaseModel(double R, double Alpha, double A, double B, double LogLikelihood)
{
    /// <summary>ln of a parameter stays within: where the data say nothing (nobody ever leaves), the optimum lies at infinity.</summary>
    private const double LogBound = 12;

    /// <summary>Above it, the power that Euler's transformation leaves would leave the range of numbers.</summary>
    private const double TransformedMax = 20;

    /// <summary>The parameters under which these pasts are the likeliest.</summary>
    public static PurchaseModel Fit(IReadOnlyCollection<BuyerPast> buyers)
    {
        BuyerPast[] sorted = [.. buyers.OrderBy(buyer => buyer.Repeats)];
        var place = NelderMead.Minimize(
            logs => Array.Exists(logs, log => Math.Abs(log) > LogBound) ? double.PositiveInfinity : -LogLikelihoodOf(sorted, Math.Exp(logs[0]), Math.Exp(logs[1]), Math.Exp(logs[2]), Math.Exp(logs[3])),
            [0, 0, 0, 0]);
        var (r, alpha, a, b) = (Math.Exp(place[0]), Math.Exp(place[1]), Math.Exp(place[2]), Math.Exp(place[3]));
        return new PurchaseModel(r, alpha, a, b, LogLikelihoodOf(sorted, r, alpha, a, b));
    }

    /// <summary>(6), in logarithms. What depends on x alone is computed once for equal ones beside each other.</summary>
    public static double LogLikelihoodOf(ReadOnlySpan<BuyerPast> buyers, double r, double alpha, double a, double b)
    {
        var constant = Special.LogGamma(a + b) - Special.LogGamma(b) - Special.LogGamma(r) + (r * Math.Log(alpha));
        var (repeats, common, leaves, sum) = (-1L, 0.0, 0.0, 0.0);
        foreach (ref readonly var buyer in buyers)
        {
            if (buyer.Repeats != repeats)
            {
                repeats = buyer.Repeats;
                common = constant + Special.LogGamma(r + repeats) + Special.LogGamma(b + repeats) - Special.LogGamma(a + b + repeats);
                leaves = repeats > 0 ? Math.Log(a / (b + repeats - 1)) : 0;
            }

            var stays = -(r + repeats) * Math.Log(alpha + buyer.Age);
            sum += buyer.Buyers * (common + (repeats == 0 ? stays : Special.LogSum(stays, leaves - ((r + repeats) * Math.Log(alpha + buyer.LastAt)))));
        }

        return sum;
    }

    /// <summary>The chance that the buyer has not left for good: 1 for one without repeats, since it is after repeats that the model lets buyers leave.</summary>
    public double Alive(in BuyerPast buyer) => 1 / (1 + Gone(buyer));

    /// <summary>
    /// Purchases expected within so many weeks from now: (10). Euler's transformation of its ₂F₁ leaves no power that a long past could carry out of range, and a series that
    /// comes to rest sooner.
    /// </summary>
    public double Expected(in BuyerPast buyer, double weeks)
    {
        if (weeks <= 0)
        {
            return 0;
        }

        // At a = 1, and where a + b + x = 1, the formula is 0/0; beside it, it is as good as there.
        var a = Math.Abs(A - 1) < 1e-5 ? 1 + 1e-5 : A;
        var c = a + B + buyer.Repeats - 1;
        c = Math.Abs(c) < 1e-5 ? 1e-5 : c;
        var z = weeks / (Alpha + buyer.Age + weeks);
        var left = a <= TransformedMax
            ? Math.Exp((a - 1) * Math.Log(1 - z)) * Special.Gauss(c - R - buyer.Repeats, a - 1, c, z)
            : Math.Exp(((R + buyer.Repeats) * Math.Log(1 - z)) + Special.LogGauss(R + buyer.Repeats, B + buyer.Repeats, c, z));
        return Math.Max(0, c / (a - 1) * (1 - left) * Alive(buyer));
    }

    /// <summary>How much likelier it is that the buyer has left than that they have not.</summary>
    private double Gone(in BuyerPast buyer) => buyer.Repeats == 0
        ? 0
        : A / (B + buyer.Repeats - 1) * Math.Exp((R + buyer.Repeats) * (Math.Log(Alpha + buyer.Age) - Math.Log(Alpha + buyer.LastAt)));
}
