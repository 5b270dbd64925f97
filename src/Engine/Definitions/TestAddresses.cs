namespace Triggers.Engine.Definitions;

/// <summary>Where messages of a test may go: addresses, and whole domains written as <c>@example.com</c>.</summary>
public static class TestAddresses
{
    /// <summary>Mail servers take no longer ones.</summary>
    private const int LengthMax = 254;

    private const string LocalMarks = "!#$%&'*+/=?^_`{|}~.-";

    /// <summary>Whether an address is one of them. What is not one plain address is none: nothing may pass that a mail server reads in another way.</summary>
    public static bool Cover(IReadOnlyList<string> allowed, string address)
    {
        if (!IsAddress(address))
        {
            return false;
        }

        var domain = address[address.IndexOf('@')..];
        foreach (var item in allowed)
        {
            if (string.Equals(item, item.StartsWith('@') ? domain : address, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>null: fine; otherwise what is wrong with an item of the list, as whole sentences.</summary>
    internal static string? Check(string item) =>
        (item.StartsWith('@') ? IsDomain(item.AsSpan(1)) && item.Length <= LengthMax : IsAddress(item)) ? null : $"'{item}' is neither an e-mail address such as qa@example.com nor a domain such as '@example.com'.";

    private static bool IsAddress(string text)
    {
        var at = text.IndexOf('@');
        if (at <= 0 || text.Length > LengthMax || !IsDomain(text.AsSpan(at + 1)))
        {
            return false;
        }

        foreach (var c in text.AsSpan(0, at))
        {
            if (!char.IsAsciiLetterOrDigit(c) && !LocalMarks.Contains(c))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Labels with dots between; of one label, such as localhost, inside a house.</summary>
    private static bool IsDomain(ReadOnlySpan<char> text)
    {
        var label = 0;
        foreach (var c in text)
        {
            if (c == '.' ? label == 0 : !char.IsAsciiLetterOrDigit(c) && c != '-')
            {
                return false;
            }

            label = c == '.' ? 0 : label + 1;
        }

        return label > 0;
    }
}
