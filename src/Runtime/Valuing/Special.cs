namespace Triggers.Runtime.Valuing;

/// <summary>The functions that the models of purchases are written in.</summary>
internal static class Special
{
    /// <summary>A series that has not come to rest by then does not.</summary>
    private const int TermsMax = 200_000;

    /// <summary>Lanczos, g = 7, nine terms: 15 digits (Godfrey 2001).</summary>
    private static readonly double[] s_lanczos =
    [
        0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
        1.5056327351493116e-7,
    ];

    /// <summary>ln Γ(x), x above 0.</summary>
    public static double LogGamma(double x)
    {
        if (x < 0.5)
        {
            // Reflection keeps the digits near 0: sin(πx) is not 0 for x above 0 and below a half.
            return Math.Log(Math.PI / Math.Sin(Math.PI * x)) - LogGamma(1 - x);
        }

        x -= 1;
        var sum = s_lanczos[0];
        for (var index = 1; index < s_lanczos.Length; index++)
        {
            sum += s_lanczos[index] / (x + index);
        }

        var t = x + 7.5;
        return (0.5 * Math.Log(2 * Math.PI)) + ((x + 0.5) * Math.Log(t)) - t + Math.Log(sum);
    }

    /// <summary>ln(eᵃ + eᵇ), without leaving the range of numbers on the way.</summary>
    public static double LogSum(double a, double b)
    {
        var (greater, smaller) = a >= b ? (a, b) : (b, a);
        return double.IsNegativeInfinity(smaller) ? greater : greater + Math.Log(1 + Math.Exp(smaller - greater));
    }

    /// <summary>Gauss's ₂F₁(a, b; c; z) by its series, for z from 0 to below 1.</summary>
    public static double Gauss(double a, double b, double c, double z)
    {
        var (sum, term) = (1.0, 1.0);
        for (var n = 0; n < TermsMax; n++)
        {
            term *= (a + n) * (b + n) / ((c + n) * (1 + n)) * z;
            sum += term;
            if (Math.Abs(term) <= 1e-16 * Math.Abs(sum))
            {
                break;
            }
        }

        return sum;
    }

    /// <summary>ln ₂F₁(a, b; c; z) for a, b and c above 0, however great it is: a sum near the end of the range of numbers goes on a scale below.</summary>
    public static double LogGauss(double a, double b, double c, double z)
    {
        const double scale = 1e200;
        var (sum, term, logs) = (1.0, 1.0, 0.0);
        for (var n = 0; n < TermsMax; n++)
        {
            term *= (a + n) * (b + n) / ((c + n) * (1 + n)) * z;
            sum += term;
            if (term <= 1e-16 * sum)
            {
                break;
            }

            if (sum > scale)
            {
                (sum, term, logs) = (sum / scale, term / scale, logs + Math.Log(scale));
            }
        }

        return logs + Math.Log(sum);
    }
}
