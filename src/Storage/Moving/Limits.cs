namespace Triggers.Storage.Moving;

/// <summary>Every limit of a move from one engine to the other, with its reason.</summary>
internal static class Limits
{
    /// <summary>What is read and written in one transaction: what an interruption costs, and what is held in memory; above, one row of any size.</summary>
    public const int SliceBytes = 4 << 20;

    /// <summary>What a row of a slice counts beside its bytes, so that many small ones end it too.</summary>
    public const int RowBytes = 64;

    /// <summary>Differences that a failed verification names: the first tell where to look.</summary>
    public const int NamedDifferences = 20;
}
