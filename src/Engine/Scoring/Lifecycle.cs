using Triggers.Engine.Definitions;

namespace Triggers.Engine.Scoring;

/// <summary>A stage of a customer's life. Persisted as a byte: append-only.</summary>
public enum LifecycleStage : byte
{
    New = 1,
    Active = 2,
    AtRisk = 3,
    Dormant = 4,
    WonBack = 5,
}

/// <summary>
/// What lifecycle is computed from: a function of the set of instants at which events occurred, whatever order they arrived in.
/// Of gaps as long as dormancy only the latest is kept: an older one no longer says anything about now.
/// </summary>
internal struct Lifecycle
{
    public const long Unset = long.MinValue;

    public long FirstSeen;
    public long LastSeen;

    /// <summary>The latest gap of at least the dormancy time between two events; the second one won the customer back. Unset: none.</summary>
    public long GapStart;
    public long GapEnd;

    public static readonly Lifecycle Empty = new() { FirstSeen = Unset, LastSeen = Unset, GapStart = Unset, GapEnd = Unset };

    public readonly bool IsEmpty => LastSeen == Unset;

    public void Add(long instant, long dormantAfter)
    {
        if (IsEmpty)
        {
            FirstSeen = LastSeen = instant;
        }
        else if (instant > LastSeen)
        {
            if (instant - LastSeen >= dormantAfter)
            {
                (GapStart, GapEnd) = (LastSeen, instant);
            }

            LastSeen = instant;
        }
        else if (instant < FirstSeen)
        {
            if (GapEnd == Unset && FirstSeen - instant >= dormantAfter)
            {
                (GapStart, GapEnd) = (instant, FirstSeen);
            }

            FirstSeen = instant;
        }
        else if (GapEnd != Unset && instant > GapStart && instant < GapEnd)
        {
            if (GapEnd - instant >= dormantAfter)
            {
                GapStart = instant;
            }
            else if (instant - GapStart >= dormantAfter)
            {
                GapEnd = instant;
            }
            else
            {
                (GapStart, GapEnd) = (Unset, Unset);
            }
        }
    }

    public readonly LifecycleStage StageAt(long now, LifecycleDefinition definition)
    {
        var idle = now - LastSeen;
        return idle >= definition.DormantAfterMs ? LifecycleStage.Dormant
            : idle >= definition.AtRiskAfterMs ? LifecycleStage.AtRisk
            : GapEnd != Unset && now - GapEnd < definition.WonBackForMs ? LifecycleStage.WonBack
            : now - FirstSeen < definition.NewForMs ? LifecycleStage.New
            : LifecycleStage.Active;
    }

    /// <summary>The next whole second at which the stage may change without an event.</summary>
    public readonly long DueAfter(long now, LifecycleDefinition definition)
    {
        var due = Earlier(Instants.Never, LastSeen, definition.AtRiskAfterMs, now);
        due = Earlier(due, LastSeen, definition.DormantAfterMs, now);
        due = Earlier(due, FirstSeen, definition.NewForMs, now);
        return GapEnd == Unset ? due : Earlier(due, GapEnd, definition.WonBackForMs, now);
    }

    private static long Earlier(long due, long instant, long length, long now)
    {
        var candidate = Instants.After(instant, length);
        return candidate > now && candidate < due ? candidate : due;
    }
}
