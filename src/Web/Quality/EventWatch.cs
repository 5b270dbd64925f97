using System.Text;
using Triggers.Engine.Definitions;
using Triggers.Engine.Plans;
using Triggers.Engine.Records;
using Triggers.Engine.Text;

namespace Triggers.Web.Quality;

/// <summary>
/// Looks at the events of one request, and holds them against the tracking plan. What it saw is told only when the events are durable, so that a request that is sent
/// again because the server was busy counts once. Reused between requests.
/// </summary>
internal sealed class EventWatch
{
    private readonly PlanCheck _check = new();
    private readonly List<SeenViolation> _violations = [];
    private readonly List<Sight> _sights = [];
    private PlanIndex? _plan;
    private EventQuality? _quality;

    /// <param name="plan">null: there is none.</param>
    public void Begin(PlanIndex? plan, EventQuality quality) => (_plan, _quality) = (plan, quality);

    /// <summary>Null, or why the plan refuses the event.</summary>
    public string? See(EventType type, ReadOnlySpan<byte> name, ReadOnlySpan<byte> key, ReadOnlySpan<byte> messageId, ReadOnlySpan<byte> properties, SightFlags flags)
    {
        var known = PlanIndex.NameOf(type, name);
        if (_quality is null || known.IsEmpty)
        {
            return null;
        }

        var violations = _violations.Count;
        var refusal = _plan is not { } index ? null : index.Find(known) is { } plan ? SeePlanned(plan, key, properties) : SeeUnplanned(index.Unplanned, key, known);
        var stats = _quality.Of(known);
        stats.Look(properties);
        var content = Hash64.Of(properties, Hash64.Of(name, Hash64.Of(known, Hash64.Of(key))));
        _sights.Add(new Sight(stats, content, Hash64.Of(messageId), _violations.Count > violations ? flags | SightFlags.Violating : flags));
        return refusal;
    }

    public void Tell(ViolationBoard board, string source)
    {
        if (_violations.Count > 0)
        {
            board.Add(_violations, source);
        }

        if (_sights.Count > 0)
        {
            _quality?.Add(_sights);
        }
    }

    public void Clear()
    {
        (_plan, _quality) = (null, null);
        _violations.Clear();
        _sights.Clear();
    }

    private string? SeePlanned(EventPlan plan, ReadOnlySpan<byte> key, ReadOnlySpan<byte> properties)
    {
        var found = _check.Run(plan, properties);
        var customer = found.Count == 0 || plan.Violations == PlanAction.Allow ? "" : Encoding.UTF8.GetString(key);
        for (var i = 0; i < found.Count; i++)
        {
            _violations.Add(new SeenViolation(customer, plan.Name, plan.Violations, found[i]));
        }

        return found.Count == 0 || plan.Violations != PlanAction.Reject ? null
            : $"The tracking plan refuses this '{plan.Name}': {found[0]}.{(found.Count > 1 ? $" And {found.Count - 1} more of its properties are not as planned." : "")}";
    }

    private string? SeeUnplanned(PlanAction action, ReadOnlySpan<byte> key, ReadOnlySpan<byte> name)
    {
        if (action == PlanAction.Allow)
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(name);
        _violations.Add(new SeenViolation(Encoding.UTF8.GetString(key), text, action, new PlanViolation("", PlanRule.Event, "an event of the plan", "another name")));
        return action == PlanAction.Reject ? $"The tracking plan (plan.yaml) names no event '{text}'." : null;
    }
}

/// <summary>A violation on its way to the board.</summary>
internal readonly record struct SeenViolation(string CustomerKey, string Event, PlanAction Action, PlanViolation Violation);
