using System.Text.Json;
using Triggers.Engine.Definitions;
using Triggers.Engine.Plans;
using Triggers.Engine.Text;

namespace Triggers.Web.Quality;

/// <summary>What was not as planned, since this process began: counted by event, property and rule, and the newest ones with what was found. In memory alone, and bounded.</summary>
internal sealed class ViolationBoard(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Event, string Path, PlanRule Rule), Tally> _tallies = [];
    private readonly Queue<ViolationView> _newest = new();
    private readonly DateTimeOffset _since = time.GetUtcNow();
    private long _others;

    public void Add(IReadOnlyList<SeenViolation> seen, string source)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            for (var i = 0; i < seen.Count; i++)
            {
                var (name, action, violation) = seen[i];
                Count(name, action, violation, now);
                if (action == PlanAction.Allow)
                {
                    continue;
                }

                if (_newest.Count == Limits.NewestViolations)
                {
                    _newest.Dequeue();
                }

                _newest.Enqueue(new ViolationView(now, source, name, violation.Path, NameOf(violation.Rule), violation.Expected, violation.Found, NameOf(action)));
            }
        }
    }

    /// <summary>Lets go of what was found in events: somebody is being erased, and a value may be theirs.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _newest.Clear();
        }
    }

    public ViolationsView View(TrackingPlan? plan)
    {
        var now = time.GetUtcNow();
        var names = (plan?.Events ?? []).Select(item => item.Name).ToList();
        lock (_lock)
        {
            while (_newest.TryPeek(out var oldest) && now - oldest.At > Limits.NewestViolationsAge)
            {
                _newest.Dequeue();
            }

            return new ViolationsView(
                plan is not null,
                _since,
                [.. _tallies.OrderByDescending(item => item.Value.LastAt).ThenByDescending(item => item.Value.Count).Select(item => new ViolationKind(
                    item.Key.Event, item.Key.Path, NameOf(item.Key.Rule), item.Value.Expected, NameOf(item.Value.Action), item.Value.Count, item.Value.FirstAt, item.Value.LastAt,
                    item.Key.Rule == PlanRule.Event ? Suggest.For(item.Key.Event, names) : []))],
                _others,
                [.. _newest.Reverse()]);
        }
    }

    private void Count(string name, PlanAction action, in PlanViolation violation, DateTimeOffset now)
    {
        var key = (name, violation.Path, violation.Rule);
        if (!_tallies.TryGetValue(key, out var tally))
        {
            if (_tallies.Count == Limits.ViolationKinds)
            {
                _others++;
                return;
            }

            _tallies.Add(key, tally = new Tally { FirstAt = now });
        }

        (tally.Expected, tally.Action, tally.LastAt) = (violation.Expected, action, now);
        tally.Count++;
    }

    private static string NameOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private sealed class Tally
    {
        public string Expected { get; set; } = "";

        public PlanAction Action { get; set; }

        public long Count { get; set; }

        public DateTimeOffset FirstAt { get; set; }

        public DateTimeOffset LastAt { get; set; }
    }
}

/// <summary>How events stand to the tracking plan.</summary>
/// <param name="HasPlan">Whether there is a plan.yaml; without, nothing is checked.</param>
/// <param name="Since">When this process began to count.</param>
/// <param name="Kinds">By event, property and rule; those seen last come first.</param>
/// <param name="Others">Violations of further kinds, when there were too many to tell apart.</param>
/// <param name="Newest">The newest violations that were flagged or rejected, newest first.</param>
public sealed record ViolationsView(bool HasPlan, DateTimeOffset Since, IReadOnlyList<ViolationKind> Kinds, long Others, IReadOnlyList<ViolationView> Newest);

/// <param name="Path">Of the property; empty: the event as a whole.</param>
/// <param name="Rule"><c>type</c>, <c>required</c>, <c>enum</c>, <c>pattern</c>, <c>range</c>, <c>property</c> (one that is not planned) or <c>event</c> (one that is not planned).</param>
/// <param name="Action"><c>allow</c>, <c>flag</c> or <c>reject</c>: what became of the last one.</param>
/// <param name="Like">An event that is not planned: planned ones with a similar name.</param>
public sealed record ViolationKind(string Event, string Path, string Rule, string Expected, string Action, long Count, DateTimeOffset FirstAt, DateTimeOffset LastAt, IReadOnlyList<string> Like);

/// <summary>One violation.</summary>
public sealed record ViolationView(DateTimeOffset At, string Source, string Event, string Path, string Rule, string Expected, string Found, string Action);
