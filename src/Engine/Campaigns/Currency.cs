using System.Globalization;

namespace Triggers.Engine.Campaigns;

/// <summary>ISO 4217: how many decimals a currency has, so that money is counted in integer minor units.</summary>
public static class Currency
{
    private static readonly string[] s_none =
        ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"];

    private static readonly string[] s_three = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

    private static readonly string[] s_four = ["CLF", "UYW"];

    public static int Decimals(string code) =>
        Array.IndexOf(s_none, code) >= 0 ? 0 : Array.IndexOf(s_three, code) >= 0 ? 3 : Array.IndexOf(s_four, code) >= 0 ? 4 : 2;

    /// <summary>Three letters, in either case.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out string code)
    {
        code = "";
        if (text.Length != 3)
        {
            return false;
        }

        Span<char> letters = stackalloc char[3];
        for (var i = 0; i < 3; i++)
        {
            var upper = text[i] & ~0x20;
            if (upper is < 'A' or > 'Z')
            {
                return false;
            }

            letters[i] = (char)upper;
        }

        code = string.Intern(new string(letters));
        return true;
    }

    /// <summary><c>19.99 EUR</c>.</summary>
    public static string Format(long minor, string code)
    {
        var decimals = Decimals(code);
        var divisor = 1L;
        for (var i = 0; i < decimals; i++)
        {
            divisor *= 10;
        }

        return ((decimal)minor / divisor).ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) + " " + code;
    }
}
