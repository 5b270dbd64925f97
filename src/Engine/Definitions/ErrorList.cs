namespace Triggers.Engine.Definitions;

/// <summary>Gathers every error of a folder, up to a bound.</summary>
internal sealed class ErrorList
{
    private readonly List<DefinitionError> _errors = [];

    public int Count { get; private set; }

    /// <summary>Further errors are only counted: finding words for them would be wasted work.</summary>
    public bool IsFull => Count >= Limits.DefinitionErrorsMax;

    public void CountOnly() => Count++;

    public void Add(string file, int line, int column, string field, string message)
    {
        if (++Count <= Limits.DefinitionErrorsMax)
        {
            _errors.Add(new DefinitionError(file, line, column, field, message));
        }
    }

    /// <summary>By file and place.</summary>
    public IReadOnlyList<DefinitionError> InOrder()
    {
        var sorted = _errors.Distinct()
            .OrderBy(error => error.File, StringComparer.Ordinal)
            .ThenBy(error => error.Line)
            .ThenBy(error => error.Column)
            .ToList();
        if (Count > Limits.DefinitionErrorsMax)
        {
            sorted.Add(new DefinitionError(sorted[^1].File, 0, 0, "", $"And {Count - Limits.DefinitionErrorsMax} more errors, not shown."));
        }

        return sorted;
    }
}
