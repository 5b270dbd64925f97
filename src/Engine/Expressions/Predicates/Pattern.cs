using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Triggers.Engine.Expressions.Predicates;

/// <summary>Which regular expressions are let in: those whose cost is bounded, in time and in memory.</summary>
internal static class Pattern
{
    [SuppressMessage("Security", "MA0009", Justification = "Without backtracking a match takes time proportional to the text; a time limit would be a clock.")]
    public static Regex Compile(string pattern, bool ignoresCase) =>
        new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | (ignoresCase ? RegexOptions.IgnoreCase : RegexOptions.None));

    /// <summary>null: fine; otherwise what is wrong with the pattern.</summary>
    public static string? Explain(string pattern)
    {
        if (pattern.Length is 0 or > Limits.PatternLengthMax)
        {
            return pattern.Length == 0 ? "The pattern is empty: every text would match it." : $"The pattern has {pattern.Length} characters; at most {Limits.PatternLengthMax} are allowed.";
        }

        if (SizeOf(pattern) > Limits.PatternSizeMax)
        {
            return $"The pattern repeats too much: written out without {{…}}, it has more than {Limits.PatternSizeMax} characters.";
        }

        try
        {
            Compile(pattern, ignoresCase: false);
            return null;
        }
        catch (RegexParseException wrong)
        {
            return $"The pattern is no regular expression: {Reason(wrong)}.";
        }
        catch (NotSupportedException)
        {
            return "The pattern looks behind or ahead, or refers back to a group; such patterns can take for ever and are not allowed.";
        }
    }

    /// <summary>The runtime's reason, without the pattern that stands before it.</summary>
    private static string Reason(RegexParseException wrong)
    {
        var at = wrong.Message.LastIndexOf(" at offset ", StringComparison.Ordinal);
        return at < 0 ? wrong.Message.TrimEnd('.') : wrong.Message[(at + 1)..].TrimEnd('.');
    }

    /// <summary>Characters of the pattern with every counted repetition written out. Approximate where the pattern is not valid.</summary>
    private static long SizeOf(string pattern)
    {
        var sums = new Stack<long>();
        long sum = 0, last = 0;
        for (var at = 0; at < pattern.Length; at++)
        {
            switch (pattern[at])
            {
                case '(':
                    sums.Push(sum + last);
                    (sum, last) = (0, 0);
                    break;
                case ')' when sums.TryPop(out var outer):
                    (sum, last) = (outer, sum + last + 1);
                    break;
                case '{' when TryRepeat(pattern, ref at, out var times):
                    last = Math.Min(last * times, int.MaxValue);
                    break;
                case '[':
                    (sum, last) = (sum + last, 1);
                    at = EndOfClass(pattern, at);
                    break;
                case '\\':
                    (sum, last) = (sum + last, 1);
                    at++;
                    break;
                default:
                    (sum, last) = (sum + last, 1);
                    break;
            }
        }

        return sum + last + sums.Sum();
    }

    /// <summary><c>{3}</c>, <c>{3,}</c>, <c>{3,5}</c>: the larger number.</summary>
    private static bool TryRepeat(string pattern, ref int at, out long times)
    {
        times = 0;
        var end = pattern.IndexOf('}', at);
        if (end < 0)
        {
            return false;
        }

        foreach (var range in pattern.AsSpan(at + 1, end - at - 1).Split(','))
        {
            var number = pattern.AsSpan(at + 1, end - at - 1)[range];
            if (number.ContainsAnyExceptInRange('0', '9') || number.Length > 9)
            {
                return number.Length > 9 && (times = int.MaxValue) > 0;
            }

            times = number.Length == 0 ? times : Math.Max(times, long.Parse(number, System.Globalization.CultureInfo.InvariantCulture));
        }

        at = end;
        return true;
    }

    private static int EndOfClass(string pattern, int at)
    {
        for (var i = at + 1; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\')
            {
                i++;
            }
            else if (pattern[i] == ']' && i > at + 1 && !(i == at + 2 && pattern[at + 1] == '^'))
            {
                return i;
            }
        }

        return pattern.Length;
    }
}
