namespace Triggers.Engine.Definitions;

/// <summary>What is wrong in a definitions folder, where, and what to do. Line and column are 1-based; 0: the file as a whole.</summary>
/// <param name="Field">Path of the field, such as <c>steps[2].branch[0].when</c>; empty for the whole file.</param>
public sealed record DefinitionError(string File, int Line, int Column, string Field, string Message)
{
    public override string ToString() =>
        Line == 0 ? $"{File}: {(Field.Length == 0 ? "" : Field + ": ")}{Message}" : $"{File}:{Line}:{Column}: {(Field.Length == 0 ? "" : Field + ": ")}{Message}";
}

/// <summary>Valid definitions, or every error found; never both.</summary>
public sealed record DefinitionResult(DefinitionSet? Definitions, IReadOnlyList<DefinitionError> Errors)
{
    public bool IsValid => Errors.Count == 0;
}
