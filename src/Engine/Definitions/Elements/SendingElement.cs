using Triggers.Engine.Definitions.Fields;
using Triggers.Engine.Expressions;

namespace Triggers.Engine.Definitions.Elements;

/// <summary>At most so many messages in so much time.</summary>
internal sealed record Cap(int Messages, long PerMs);

/// <summary>sending.yaml as a whole.</summary>
internal sealed class SendingElement : Element<SendingDefinition>
{
    private static readonly SendingDefinition s_defaults = new();

    private static readonly Field<Cap?> s_cap = Field.Optional<Cap?>("cap", new CapElement()!, "Frequency cap for one customer over all campaigns.", "no cap");
    private static readonly Field<long> s_expireAfter = Field.Optional("expireAfter", Types.Duration, "A message still not handed over this long after its decision is skipped as stale.", Duration.Format(s_defaults.ExpireAfterMs));

    private static readonly Field<string> s_timeZone = Field.Optional("timezone", Types.TimeZone, "Time zone of customers of whom none is known, neither by a trait `timezone` nor by `context.timezone` of an event: for dates, anniversaries and days in conditions.", s_defaults.TimeZone);

    public override string Id => "sending";

    public override string Help => "Rules for everything that is sent.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [s_cap, s_expireAfter, s_timeZone];

    protected override SendingDefinition Build(MapReader map)
    {
        var cap = map.Get(s_cap);
        return new SendingDefinition
        {
            CapMessages = cap?.Messages ?? 0,
            CapPerMs = cap?.PerMs ?? 0,
            ExpireAfterMs = map.Get(s_expireAfter, s_defaults.ExpireAfterMs),
            TimeZone = map.Get(s_timeZone, s_defaults.TimeZone),
        };
    }
}

/// <summary>The frequency cap.</summary>
internal sealed class CapElement : Element<Cap>
{
    private static readonly Field<int> s_messages = Field.Required("messages", Types.Count, "At most this many messages …");
    private static readonly Field<long> s_per = Field.Required("per", Types.Duration, "… in this much time.");

    public override string Id => "cap";

    public override string Help => "At most so many messages in so much time; more are skipped as `frequency cap`.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [s_messages, s_per];

    protected override Cap Build(MapReader map) => new(map.Get(s_messages, 1), map.Get(s_per, 1));
}
