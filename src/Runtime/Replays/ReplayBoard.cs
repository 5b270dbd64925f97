using Microsoft.Extensions.Logging;
using Triggers.Runtime.Queries;

namespace Triggers.Runtime.Replays;

/// <summary>What the recoveries of this process found when they compared: for the log and for operators.</summary>
internal sealed class ReplayBoard(ILogger log)
{
    private readonly Lock _lock = new();
    private readonly List<Disagreement> _latest = [];
    private long _compared;
    private long _disagreements;

    public void Add(EffectCheck check)
    {
        foreach (var item in check.Kept)
        {
            log.ReplayDisagrees(item.Record, item.Offset, item.Partition, item.Customer, item.Difference);
        }

        if (check.Disagreements > check.Kept.Count)
        {
            log.ReplayDisagreesMore(check.Disagreements - check.Kept.Count, check.Partition);
        }

        RuntimeMetrics.ReplayRecords.Add(check.Compared);
        RuntimeMetrics.ReplayDisagreements.Add(check.Disagreements);
        lock (_lock)
        {
            _compared += check.Compared;
            _disagreements += check.Disagreements;
            _latest.AddRange(check.Kept);
            _latest.RemoveRange(0, Math.Max(0, _latest.Count - Limits.DisagreementsListed));
        }
    }

    public ReplayStats View()
    {
        lock (_lock)
        {
            return new ReplayStats(_compared, _disagreements, [.. _latest]);
        }
    }
}
