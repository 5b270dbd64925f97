using Triggers.Engine.Definitions;

namespace Triggers.Runtime.Simulations;

/// <summary>Which past to live through again, and with what.</summary>
/// <param name="Definitions">To try out.</param>
/// <param name="From">Campaigns work from here on; what was before builds state alone. null: from the first record.</param>
/// <param name="To">null: now.</param>
/// <param name="Share">Of customers, above 0 and up to 1; always the same ones.</param>
/// <param name="Customer">Only this one: userId, anonymousId or full key. null: all.</param>
/// <param name="DraftsToo">Campaigns whose status is draft take part as if they were live.</param>
public sealed record SimulationRequest(DefinitionSet Definitions, DateTimeOffset? From = null, DateTimeOffset? To = null, double Share = 1, string? Customer = null, bool DraftsToo = true);

/// <summary>What the definitions would have done. camelCase in JSON.</summary>
/// <param name="HistoryFrom">Where the log begins if older records were dropped: customers are as if they began there. null: all is there.</param>
/// <param name="Records">Replayed.</param>
/// <param name="Customers">Who did something up to the end.</param>
/// <param name="Share">Of customers that took part; counts are not scaled up.</param>
/// <param name="Channels">Messages by channel.</param>
/// <param name="Failures">Records that the machine failed on; what it did before is counted.</param>
public sealed record SimulationReport(
    DateTimeOffset From, DateTimeOffset To, DateTimeOffset? HistoryFrom, long Records, long Customers, double Share, double Seconds,
    IReadOnlyList<SimulatedCampaign> Campaigns, IReadOnlyList<SimulatedSegment> Segments, IReadOnlyDictionary<string, long> Channels, long Failures);

/// <param name="NotEntered">Who met the trigger and did not enter, by reason.</param>
/// <param name="Messages">Decided: they would have been handed to their channel.</param>
/// <param name="Skipped">Sends that would have been skipped, by reason.</param>
/// <param name="Examples">Some who would get a message, always the same ones.</param>
public sealed record SimulatedCampaign(
    string Id, long Entered, IReadOnlyDictionary<string, long> NotEntered, long Completed, long Exited, long Converted, long Messages, IReadOnlyDictionary<string, long> Skipped,
    IReadOnlyList<SimulatedStep> Steps, IReadOnlyList<SimulatedDay> Days, SentThen Then, IReadOnlyList<SimulatedExample> Examples);

public sealed record SimulatedStep(string Step, string Channel, string Template, long Messages);

/// <param name="Day">In UTC.</param>
public sealed record SimulatedDay(DateOnly Day, long Entered, long Messages);

/// <summary>Against what the server decided in the same time, by customer and step.</summary>
/// <param name="Messages">Decided then and not skipped.</param>
/// <param name="Both">Would get it, and did.</param>
/// <param name="OnlyNow">Would get it, and did not.</param>
/// <param name="OnlyThen">Got it, and would not.</param>
public sealed record SentThen(long Messages, long Both, long OnlyNow, long OnlyThen);

public sealed record SimulatedExample(string Customer, string Step, string Template, string Address, DateTimeOffset At);

/// <param name="Size">Members at the end.</param>
public sealed record SimulatedSegment(string Id, long Size);
