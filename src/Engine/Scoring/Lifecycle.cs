namespace Triggers.Engine.Scoring;

/// <summary>A stage of a customer's life. Every shop may have these, persisted as a byte: append-only. Stages of its own are known by the hash of their id.</summary>
internal enum LifecycleStage : ulong
{
    New = 1,
    Active = 2,
    AtRisk = 3,
    Dormant = 4,
    WonBack = 5,
}

/// <summary>
/// What lifecycle is computed from: a function of the set of instants at which events occurred, whatever order they arrived in.
/// Of gaps after which a customer is won back only the latest is kept: an older one no longer says anything
/// about now. (Where `won back` lasts longer than the gap has to be, an event that comes late into the latest gap may end it too early.)
/// </summary>
internal struct Lifecycle
{
    public const long Unset = long.MinValue;

    public long FirstSeen;
    public long LastSeen;

    /// <summary>The latest gap of at least that time between two events; the second one won the customer back. Unset: none.</summary>
    public long GapStart;
    public long GapEnd;

    public static readonly Lifecycle Empty = new() { FirstSeen = Unset, LastSeen = Unset, GapStart = Unset, GapEnd = Unset };

    public readonly bool IsEmpty => LastSeen == Unset;

    public void Add(long instant, long wonBackAfter)
    {
        if (IsEmpty)
        {
            FirstSeen = LastSeen = instant;
        }
        else if (instant > LastSeen)
        {
            if (instant - LastSeen >= wonBackAfter)
            {
                (GapStart, GapEnd) = (LastSeen, instant);
            }

            LastSeen = instant;
        }
        else if (instant < FirstSeen)
        {
            if (GapEnd == Unset && FirstSeen - instant >= wonBackAfter)
            {
                (GapStart, GapEnd) = (instant, FirstSeen);
            }

            FirstSeen = instant;
        }
        else if (GapEnd != Unset && instant > GapStart && instant < GapEnd)
        {
            if (GapEnd - instant >= wonBackAfter)
            {
                GapStart = instant;
            }
            else if (instant - GapStart >= wonBackAfter)
            {
                GapEnd = instant;
            }
            else
            {
                (GapStart, GapEnd) = (Unset, Unset);
            }
        }
    }

    public readonly LifecycleStage StageAt(long now, CompiledLifecycle stages)
    {
        var idle = now - LastSeen;
        for (var i = stages.AwayAfterMs.Length - 1; i >= 0; i--)
        {
            if (idle >= stages.AwayAfterMs[i])
            {
                return stages.Away[i];
            }
        }

        return GapEnd != Unset && now - GapEnd < stages.WonBackForMs ? LifecycleStage.WonBack
            : now - FirstSeen < stages.NewForMs ? LifecycleStage.New
            : LifecycleStage.Active;
    }

    /// <summary>The next whole second at which the stage may change without an event.</summary>
    public readonly long DueAfter(long now, CompiledLifecycle stages)
    {
        var due = Instants.Never;
        foreach (var after in stages.AwayAfterMs)
        {
            due = Earlier(due, LastSeen, after, now);
        }

        due = Earlier(due, FirstSeen, stages.NewForMs, now);
        return GapEnd == Unset ? due : Earlier(due, GapEnd, stages.WonBackForMs, now);
    }

    private static long Earlier(long due, long instant, long length, long now)
    {
        var candidate = Instants.After(instant, length);
        return candidate > now && candidate < due ? candidate : due;
    }
}
