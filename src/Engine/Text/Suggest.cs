namespace Triggers.Engine.Text;

/// <summary>Finds the names somebody may have meant, for "did you mean" in error messages.</summary>
public static class Suggest
{
    /// <summary>At most three candidates: within a third of the word's length in typing mistakes, or longer or shorter at the end. Nearest first; ties in ordinal order.</summary>
    public static IReadOnlyList<string> For(string word, IEnumerable<string> candidates)
    {
        if (word.Length is 0 or > 64)
        {
            return [];
        }

        var most = Math.Max(1, (word.Length + 1) / 3);
        return candidates
            .Where(candidate => !string.Equals(candidate, word, StringComparison.Ordinal))
            .Select(candidate => (candidate, distance: Math.Abs(candidate.Length - word.Length) <= most ? Distance(word, candidate) : IsBeginning(word, candidate) ? most : int.MaxValue))
            .Where(item => item.distance <= most)
            .OrderBy(item => item.distance)
            .ThenBy(item => item.candidate, StringComparer.Ordinal)
            .Select(item => item.candidate)
            .Distinct(StringComparer.Ordinal)
            .Take(3)
            .ToList();
    }

    private static bool IsBeginning(string word, string candidate) =>
        Math.Min(word.Length, candidate.Length) >= 4
        && (word.StartsWith(candidate, StringComparison.OrdinalIgnoreCase) || candidate.StartsWith(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>" Did you mean 'a' or 'b'?", or nothing.</summary>
    public static string Phrase(IReadOnlyList<string> suggestions) =>
        suggestions.Count == 0 ? "" : $" Did you mean {string.Join(" or ", suggestions.Select(name => $"'{name}'"))}?";

    /// <summary>Typing mistakes between two words, case aside: insertions, deletions, replacements and swapped neighbours (optimal string alignment).</summary>
    public static int Distance(string left, string right)
    {
        left = left.ToLowerInvariant();
        right = right.ToLowerInvariant();
        var before = new int[right.Length + 1];
        var previous = new int[right.Length + 1];
        var current = new int[right.Length + 1];
        for (var j = 0; j <= right.Length; j++)
        {
            previous[j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var cost = left[i - 1] == right[j - 1] ? 0 : 1;
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + cost);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    current[j] = Math.Min(current[j], before[j - 2] + 1);
                }
            }

            (before, previous, current) = (previous, current, before);
        }

        return previous[right.Length];
    }
}
