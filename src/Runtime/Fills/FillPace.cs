using System.Diagnostics;
using Triggers.Runtime.Loop;

namespace Triggers.Runtime.Fills;

/// <summary>
/// Gives way to live events: waits while the loops lag, and rests for as long as it works while events come in. By the wall clock, since it is the machine that is shared.
/// </summary>
internal sealed class FillPace(LogMeter lag, Action<bool> hold, CancellationToken cancellation)
{
    private long _from = Stopwatch.GetTimestamp();
    private long _appliedBefore = lag.CommittedRecords;
    private long _own;

    /// <summary>Records that the fill itself appended are no live events.</summary>
    public void Appended(int records) => _own += records;

    public void Breathe()
    {
        if (Stopwatch.GetElapsedTime(_from).TotalMilliseconds < Limits.FillTurnMs)
        {
            return;
        }

        cancellation.ThrowIfCancellationRequested();
        if (lag.LagRecords > Limits.FillLagMax)
        {
            hold(true);
            while (lag.LagRecords > Limits.FillLagMax)
            {
                Rest(Limits.FillTurnMs);
            }

            hold(false);
        }

        var applied = lag.CommittedRecords;
        var worked = Stopwatch.GetElapsedTime(_from).TotalMilliseconds;
        if ((applied - _appliedBefore - _own) * 1000 > Limits.FillAloneRate * worked)
        {
            Rest((int)Math.Min(worked, 10 * Limits.FillTurnMs));
        }

        (_from, _appliedBefore, _own) = (Stopwatch.GetTimestamp(), lag.CommittedRecords, 0);
    }

    private void Rest(int milliseconds)
    {
        cancellation.WaitHandle.WaitOne(milliseconds);
        cancellation.ThrowIfCancellationRequested();
    }
}
