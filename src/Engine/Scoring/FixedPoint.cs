namespace Triggers.Engine.Scoring;

/// <summary>
/// Reads decimal numbers from their JSON text into scaled integers, never through a double: sums are exact and the same in any order of arrival,
/// and money is counted in minor units.
/// </summary>
public static class FixedPoint
{
    /// <summary>Decimals kept by <c>sum(…)</c>: 2^63 millionths are nine trillion, beyond any sum of a customer's purchases.</summary>
    public const int SumDecimals = 6;

    public const double SumScale = 1_000_000;

    /// <summary>
    /// The number times 10^<paramref name="decimals"/>, rounded half to even, held within ±(2^63−1). false: the text is no JSON number
    /// (optional minus, digits, fraction, exponent).
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, int decimals, out long scaled)
    {
        scaled = 0;
        var at = 0;
        var negative = text.Length > 0 && text[0] == (byte)'-';
        if (negative)
        {
            at++;
        }

        var digits = 0;
        var significant = 0;
        UInt128 value = 0;
        long exponent = decimals;
        var inFraction = false;
        var lost = false;
        for (; at < text.Length; at++)
        {
            var c = text[at];
            if (c == (byte)'.' && !inFraction && digits > 0)
            {
                inFraction = true;
                continue;
            }

            if ((uint)(c - '0') > 9)
            {
                break;
            }

            digits++;
            if (significant < 36)
            {
                value = (value * 10) + (uint)(c - '0');
                significant += value == 0 ? 0 : 1;
                exponent -= inFraction ? 1 : 0;
            }
            else
            {
                lost |= c != (byte)'0';
                exponent += inFraction ? 0 : 1;
            }
        }

        if (digits == 0 || text[at - 1] == (byte)'.')
        {
            return false;
        }

        if (at < text.Length)
        {
            if ((text[at] | 0x20) != 'e' || !TryExponent(text[(at + 1)..], out var shift))
            {
                return false;
            }

            exponent += shift;
        }

        scaled = Scale(value, exponent, lost);
        scaled = negative ? -scaled : scaled;
        return true;
    }

    /// <summary>The sum, held within ±(2^63−1).</summary>
    public static long Add(long left, long right)
    {
        var sum = unchecked(left + right);
        return ((left ^ sum) & (right ^ sum)) >= 0 ? sum : left < 0 ? -long.MaxValue : long.MaxValue;
    }

    private static long Scale(UInt128 value, long exponent, bool lost)
    {
        while (exponent > 0 && value != 0)
        {
            if (value > (ulong)long.MaxValue)
            {
                return long.MaxValue;
            }

            value *= 10;
            exponent--;
        }

        if (exponent < 0 && value != 0)
        {
            if (exponent < -38)
            {
                return 0;
            }

            UInt128 divisor = 1;
            for (; exponent < 0; exponent++)
            {
                divisor *= 10;
            }

            var (whole, rest) = UInt128.DivRem(value, divisor);
            var half = divisor / 2;
            value = rest > half || (rest == half && (lost || (whole & 1) == 1)) ? whole + 1 : whole;
        }

        return value > (ulong)long.MaxValue ? long.MaxValue : (long)value;
    }

    private static bool TryExponent(ReadOnlySpan<byte> text, out int exponent)
    {
        exponent = 0;
        var negative = text.Length > 0 && text[0] == (byte)'-';
        if (text.Length > 0 && (text[0] == (byte)'-' || text[0] == (byte)'+'))
        {
            text = text[1..];
        }

        foreach (var c in text)
        {
            if ((uint)(c - '0') > 9)
            {
                return false;
            }

            exponent = Math.Min((exponent * 10) + (c - '0'), 100_000);
        }

        exponent = negative ? -exponent : exponent;
        return text.Length > 0;
    }
}
