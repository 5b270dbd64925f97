namespace Triggers.Runtime.Live;

/// <summary>How far loops are behind the log.</summary>
internal interface ILag
{
    /// <summary>Records appended and not yet committed.</summary>
    long LagRecords { get; }

    /// <summary>The <c>at</c> (ms since 1970) of the oldest record being applied; <see cref="long.MaxValue"/>: every loop has come to the end of the log.</summary>
    long OldestApplyingAt { get; }
}
