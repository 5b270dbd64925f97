using System.Text.Json;
using Triggers.Engine.Definitions;
using Triggers.Engine.Plans;
using Triggers.Engine.Text;
using Triggers.Storage;

namespace Triggers.Web.Quality;

/// <summary>What was not as planned: counted by event, property and rule, and the newest ones with what was found, until it is taken; and how all of it is told. Bounded.</summary>
internal sealed class ViolationBoard(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Event, string Path, PlanRule Rule), Tally> _tallies = [];
    private readonly Queue<ViolationExample> _newest = new();
    private readonly DateTimeOffset _since = time.GetUtcNow();
    private Tally? _others;

    public void Add(IReadOnlyList<SeenViolation> seen, string source)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        lock (_lock)
        {
            for (var i = 0; i < seen.Count; i++)
            {
                var (customer, name, action, violation) = seen[i];
                Count(name, action, violation, now);
                if (action == PlanAction.Allow)
                {
                    continue;
                }

                if (_newest.Count == Limits.NewestViolations)
                {
                    _newest.Dequeue();
                }

                _newest.Enqueue(new ViolationExample(now, "", 0, customer, source, name, violation.Path, NameOf(violation.Rule), violation.Expected, violation.Found, NameOf(action)));
            }
        }
    }

    /// <summary>Hands over what was seen since the last time.</summary>
    public void Take(Action<QualityCount> count, Action<ViolationExample> example)
    {
        lock (_lock)
        {
            foreach (var (key, tally) in _tallies)
            {
                count(Of(tally, key.Event, key.Path, NameOf(key.Rule), $"{NameOf(tally.Action)}\n{tally.Expected}"));
            }

            if (_others is not null)
            {
                count(Of(_others, "", "", "", ""));
            }

            while (_newest.TryDequeue(out var newest))
            {
                example(newest);
            }

            _tallies.Clear();
            _others = null;
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

    public ViolationsView View(TrackingPlan? plan, KeptCounts kept, IReadOnlyList<ViolationExample> newest)
    {
        var names = (plan?.Events ?? []).Select(item => item.Name).ToList();
        var kinds = kept.Violations.Where(count => count.Rule.Length > 0)
            .GroupBy(count => (count.Name, count.Path, count.Rule)).Select(kind => kind.Aggregate((sum, count) => sum.Plus(count)))
            .OrderByDescending(count => count.LastAt).ThenByDescending(count => count.Count).ThenBy(count => count.Name, StringComparer.Ordinal).ThenBy(count => count.Path, StringComparer.Ordinal).ToList();
        return new ViolationsView(
            plan is not null,
            kept.Since is { } since && since < _since ? since : _since,
            [.. kinds.Take(Limits.ViolationKinds).Select(count => KindOf(count, names))],
            kept.Violations.Where(count => count.Rule.Length == 0).Concat(kinds.Skip(Limits.ViolationKinds)).Sum(count => count.Count),
            [.. newest.Select(one => new ViolationView(KeptCounts.InstantOf(one.At), one.Source, one.Event, one.Path, one.Rule, one.Expected, one.Found, one.Action))]);
    }

    /// <summary>The same violations as one of those that are not told apart.</summary>
    public static QualityCount OthersOf(QualityCount count) => count with { Name = "", Path = "", Rule = "", Note = "" };

    private static ViolationKind KindOf(QualityCount count, List<string> names)
    {
        var note = count.Note.Split('\n', 2);
        return new ViolationKind(
            count.Name, count.Path, count.Rule, note[^1], note[0], count.Count, KeptCounts.InstantOf(count.FirstAt), KeptCounts.InstantOf(count.LastAt),
            count.Rule == NameOf(PlanRule.Event) ? Suggest.For(count.Name, names) : []);
    }

    private static QualityCount Of(Tally tally, string name, string path, string rule, string note)
        => new(KeptCounts.DayOf(tally.LastAt), QualityKinds.Violation, name, path, rule, tally.Count, tally.FirstAt, tally.LastAt, note);

    private void Count(string name, PlanAction action, in PlanViolation violation, long now)
    {
        var key = (name, violation.Path, violation.Rule);
        if (!_tallies.TryGetValue(key, out var tally))
        {
            tally = _tallies.Count == Limits.ViolationKinds ? _others ??= new Tally(now) : _tallies[key] = new Tally(now);
        }

        (tally.Expected, tally.Action, tally.LastAt) = (violation.Expected, action, now);
        tally.Count++;
    }

    private static string NameOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private sealed class Tally(long firstAt)
    {
        public string Expected { get; set; } = "";

        public PlanAction Action { get; set; }

        public long Count { get; set; }

        public long FirstAt { get; } = firstAt;

        public long LastAt { get; set; } = firstAt;
    }
}

/// <summary>How events stand to the tracking plan.</summary>
/// <param name="HasPlan">Whether there is a plan.yaml; without, nothing is checked.</param>
/// <param name="Since">From when on is counted, at most the last 30 days.</param>
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
