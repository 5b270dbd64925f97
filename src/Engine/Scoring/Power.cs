namespace Triggers.Engine.Scoring;

/// <summary>
/// 2^x and log2(x) built from IEEE additions, multiplications and divisions only, so that every CPU and runtime decays a score to the same bits.
/// Accurate to a few units in the last place: Taylor series of e^(x·ln 2) on [−½, ½] and of 2·atanh on [√½, √2].
/// </summary>
public static class Power
{
    private const double Ln2 = 0.693147180559945309417232121458;
    private const double InverseLn2 = 1.44269504088896340735992468100;
    private const double Sqrt2 = 1.41421356237309504880168872421;

    /// <summary>1/n! for n = 0 … 13: the next term is under 2^-57 on [−½·ln 2, ½·ln 2].</summary>
    private static readonly double[] s_coefficients = Coefficients();

    /// <summary>1/1, 1/3, 1/5 … 1/25.</summary>
    private static readonly double[] s_reciprocals = [.. Enumerable.Range(0, 13).Select(n => 1.0 / ((2 * n) + 1))];

    /// <summary>2^x; 0 below −1,021 (no subnormals), +∞ above 1,023.</summary>
    public static double Exp2(double x)
    {
        if (!(x > -1021))
        {
            return double.IsNaN(x) ? x : 0;
        }

        if (x > 1023)
        {
            return double.PositiveInfinity;
        }

        var whole = (int)(x < 0 ? x - 0.5 : x + 0.5);
        var power = (x - whole) * Ln2;
        var sum = s_coefficients[^1];
        for (var i = s_coefficients.Length - 2; i >= 0; i--)
        {
            sum = (sum * power) + s_coefficients[i];
        }

        return sum * BitConverter.Int64BitsToDouble((long)(whole + 1023) << 52);
    }

    private static double[] Coefficients()
    {
        var coefficients = new double[14];
        coefficients[0] = 1;
        long factorial = 1;
        for (var n = 1; n < coefficients.Length; n++)
        {
            factorial *= n;
            coefficients[n] = 1.0 / factorial;
        }

        return coefficients;
    }

    /// <summary>log2(x) of a positive, normal number.</summary>
    public static double Log2(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)((bits >> 52) & 0x7FF) - 1023;
        var mantissa = BitConverter.Int64BitsToDouble((bits & 0x000F_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000);
        if (mantissa > Sqrt2)
        {
            mantissa /= 2;
            exponent++;
        }

        var z = (mantissa - 1) / (mantissa + 1);
        var square = z * z;
        var sum = 0.0;
        for (var i = s_reciprocals.Length - 1; i >= 0; i--)
        {
            sum = (sum * square) + s_reciprocals[i];
        }

        return exponent + (2 * z * sum * InverseLn2);
    }
}
