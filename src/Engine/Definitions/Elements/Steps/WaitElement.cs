using Triggers.Engine.Definitions.Fields;
using Triggers.Engine.Expressions;

namespace Triggers.Engine.Definitions.Elements.Steps;

/// <summary><c>wait: 45m</c>.</summary>
internal sealed class WaitElement : StepElement
{
    private static readonly Field<long> s_wait = Field.Required("wait", Types.Duration, "How long, such as 45m.");

    public override string Verb => "wait";

    public override string Help => "Lets time pass.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [s_wait, s_id];

    protected override StepDefinition Build(MapReader map) => new WaitStep(IdOf(map), map.Get(s_wait, 1));
}

/// <summary><c>wait until: { event: Order Completed, for: 1d }</c> with <c>then</c> and <c>otherwise</c> beside it.</summary>
internal sealed class WaitUntilElement : StepElement
{
    private static readonly Field<AwaitedEvent?> s_until = Field.Required<AwaitedEvent?>("wait until", new AwaitedEventElement()!, "The event, and for how long at most.");
    private static readonly Field<IReadOnlyList<StepDefinition>> s_then = Field.Optional("then", new StepsType(), "Steps when the event came.", "goes on");
    private static readonly Field<IReadOnlyList<StepDefinition>> s_otherwise = Field.Optional("otherwise", new StepsType(), "Steps when the time was over first.", "goes on");

    public override string Verb => "wait until";

    public override string Help => "Waits for an event, or until the time is over.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [s_until, s_then, s_otherwise, s_id];

    protected override StepDefinition Build(MapReader map)
    {
        var awaited = map.Get(s_until) ?? new AwaitedEvent("", null, 1);
        return new WaitUntilStep(IdOf(map), awaited.EventName, awaited.Where, awaited.ForMs, map.Get(s_then, []), map.Get(s_otherwise, []));
    }
}

internal sealed record AwaitedEvent(string EventName, Expr? Where, long ForMs);

/// <summary>What a wait until waits for.</summary>
internal sealed class AwaitedEventElement : Element<AwaitedEvent>
{
    private static readonly Field<string> s_event = Field.Required("event", Types.EventName, "The event waited for.");
    private static readonly Field<Expr?> s_where = Field.Optional("where", new ConditionType(ExpressionScope.Event), "Only events for which this holds.");
    private static readonly Field<long> s_for = Field.Required("for", Types.Duration, "How long at most.");

    public override string Id => "wait until";

    public override string Help => "An awaited event.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [s_event, s_where, s_for];

    protected override AwaitedEvent Build(MapReader map) => new(map.Text(s_event), map.Get(s_where), map.Get(s_for, 1));
}
