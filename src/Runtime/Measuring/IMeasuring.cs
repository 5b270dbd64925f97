namespace Triggers.Runtime.Measuring;

/// <summary>What is measured over all customers: the lines of <c>top(…)</c> and of what builds on such.</summary>
public interface IMeasuring
{
    Task<MeasuringView> ViewAsync();

    /// <summary>Has everything measured again, soon; returns at once.</summary>
    void Request();
}

/// <param name="IsRunning">All customers are being looked at.</param>
/// <param name="Percent">How much of that is done.</param>
/// <param name="MeasuredAt">When the last look began; null: there was none.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Customers">How many it found.</param>
/// <param name="NextAt">When the next one begins; null: there is nothing to measure.</param>
/// <param name="PartitionsWalking">Partitions whose customers are still being told of lines that moved (or of new definitions); 0: everybody stands where the lines say.</param>
/// <param name="LastError">Empty: the last look did not fail.</param>
public sealed record MeasuringView(
    bool IsRunning, double Percent, DateTimeOffset? MeasuredAt, double Seconds, long Customers, DateTimeOffset? NextAt, int PartitionsWalking, string LastError, IReadOnlyList<LineView> Lines)
{
    /// <summary>Set where what was filled from a log without its beginning is behind the numbers: what happened before this instant may be missing. null: nothing is.</summary>
    public DateTimeOffset? HistoryFrom { get; init; }
}

/// <param name="Text">As an expression says it.</param>
/// <param name="Line">null: not known yet, its conditions are collecting.</param>
/// <param name="Since">When the line came into force.</param>
/// <param name="Customers">Who had the number when it was measured.</param>
/// <param name="ErrorPercent">By so many percent of them at most, more or fewer than the share are above the line; 0: exact.</param>
public sealed record LineView(string Text, double Percent, double? Line, DateTimeOffset? Since, long Customers, double ErrorPercent);
