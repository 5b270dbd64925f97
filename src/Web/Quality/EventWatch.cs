using System.Text;
using Triggers.Engine.Definitions;
using Triggers.Engine.Plans;
using Triggers.Engine.Records;

namespace Triggers.Web.Quality;

/// <summary>
/// Holds the events of one request against the tracking plan. What it saw is told only when the events are durable, so that a request that is sent
/// again because the server was busy counts once. Reused between requests.
/// </summary>
internal sealed class EventWatch
{
    private readonly PlanCheck _check = new();
    private readonly List<SeenViolation> _seen = [];

    /// <summary>null: nothing is checked.</summary>
    public PlanIndex? Plan { get; set; }

    /// <summary>Null, or why the plan refuses the event.</summary>
    public string? See(EventType type, ReadOnlySpan<byte> name, ReadOnlySpan<byte> properties)
    {
        var known = PlanIndex.NameOf(type, name);
        if (Plan is not { } index || known.IsEmpty)
        {
            return null;
        }

        return index.Find(known) is { } plan ? SeePlanned(plan, properties) : SeeUnplanned(index.Unplanned, known);
    }

    public void Tell(ViolationBoard board, string source)
    {
        if (_seen.Count > 0)
        {
            board.Add(_seen, source);
        }
    }

    public void Clear()
    {
        Plan = null;
        _seen.Clear();
    }

    private string? SeePlanned(EventPlan plan, ReadOnlySpan<byte> properties)
    {
        var found = _check.Run(plan, properties);
        for (var i = 0; i < found.Count; i++)
        {
            _seen.Add(new SeenViolation(plan.Name, plan.Violations, found[i]));
        }

        return found.Count == 0 || plan.Violations != PlanAction.Reject ? null
            : $"The tracking plan refuses this '{plan.Name}': {found[0]}.{(found.Count > 1 ? $" And {found.Count - 1} more of its properties are not as planned." : "")}";
    }

    private string? SeeUnplanned(PlanAction action, ReadOnlySpan<byte> name)
    {
        if (action == PlanAction.Allow)
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(name);
        _seen.Add(new SeenViolation(text, action, new PlanViolation("", PlanRule.Event, "an event of the plan", "another name")));
        return action == PlanAction.Reject ? $"The tracking plan (plan.yaml) names no event '{text}'." : null;
    }
}

/// <summary>A violation on its way to the board.</summary>
internal readonly record struct SeenViolation(string Event, PlanAction Action, PlanViolation Violation);
