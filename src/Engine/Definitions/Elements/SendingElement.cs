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

    private static readonly Field<QuietHours?> s_quietHours = Field.Optional<QuietHours?>("quietHours", new QuietHoursElement()!, "When nobody is written to, by the customer's own clock.", "none");

    private static readonly Field<IReadOnlyList<string>> s_testAddresses = Field.Optional<IReadOnlyList<string>>("testAddresses", new TestAddressesType(), "Where messages of a test of a campaign may go: e-mail addresses, and domains such as `@example.com`. Messages of a test go nowhere else.", "none");

    public override string Id => "sending";

    public override string Help => "Rules for everything that is sent.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [s_cap, s_expireAfter, s_timeZone, s_quietHours, s_testAddresses];

    protected override SendingDefinition Build(MapReader map)
    {
        var cap = map.Get(s_cap);
        return new SendingDefinition
        {
            CapMessages = cap?.Messages ?? 0,
            CapPerMs = cap?.PerMs ?? 0,
            ExpireAfterMs = map.Get(s_expireAfter, s_defaults.ExpireAfterMs),
            TimeZone = map.Get(s_timeZone, s_defaults.TimeZone),
            QuietHours = map.Get(s_quietHours),
            TestAddresses = map.Get(s_testAddresses, []),
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

/// <summary>A part of the day.</summary>
internal sealed class QuietHoursElement : Element<QuietHours>
{
    private static readonly Field<int> s_from = Field.Required("from", Types.TimeOfDay, "From this time of day …");
    private static readonly Field<int> s_until = Field.Required("until", Types.TimeOfDay, "… until this one, over midnight if it is earlier.");

    public override string Id => "quietHours";

    public override string Help => "A part of every day in which no message leaves to a person, in the customer's time zone (trait `timezone`, else what SDKs send with events, else `timezone` here). A step that comes to a message then waits until it is over. Webhooks do not wait.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [s_from, s_until];

    protected override QuietHours Build(MapReader map)
    {
        var hours = new QuietHours(map.Get(s_from, 0), map.Get(s_until, 1));
        if (hours.From == hours.Until)
        {
            map.Place(s_until).Fail("Quiet hours that end when they begin would be none, or all of the day: write two different times.");
        }

        return hours;
    }
}
