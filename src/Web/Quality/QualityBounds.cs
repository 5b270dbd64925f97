using Triggers.Storage;

namespace Triggers.Web.Quality;

/// <summary>Keeps what the store tells apart within its limits, so that names that somebody makes up do not fill it: what is beyond them is counted together, or not at all.</summary>
internal sealed class QualityBounds
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<(string Name, string Path, string Rule)> _types = [], _violations = [];

    /// <summary>What the store has now, and what is on its way there: what it let go of makes room.</summary>
    public void Learn(IEnumerable<QualityCount> counts)
    {
        _names.Clear();
        _types.Clear();
        _violations.Clear();
        foreach (var count in counts)
        {
            _ = Fit(count);
        }
    }

    /// <summary>The count as it may be kept; null: not at all.</summary>
    public QualityCount? Fit(QualityCount count) => count.Kind switch
    {
        QualityKinds.Type => Has(_types, (count.Name, count.Path, count.Rule), Limits.KeptTypes) ? count : null,
        QualityKinds.Violation => count.Rule.Length == 0 || Has(_violations, (count.Name, count.Path, count.Rule), Limits.KeptViolationKinds) ? count : ViolationBoard.OthersOf(count),
        _ => count.Name.Length == 0 || Has(_names, count.Name, Limits.KeptNames) ? count : count with { Name = "" },
    };

    private static bool Has<T>(HashSet<T> known, T one, int max) => known.Contains(one) || (known.Count < max && known.Add(one));
}
