namespace Triggers.Web.Quality;

/// <summary>What the events that came in were like.</summary>
/// <param name="Since">When this process began to count.</param>
/// <param name="Names">By name; the most frequent first.</param>
/// <param name="OtherNames">All further names together, when there were too many to tell apart.</param>
public sealed record QualityView(DateTimeOffset Since, IReadOnlyList<NameQuality> Names, QualityCounts OtherNames);

/// <param name="Name">Of a track event, or <c>page</c>, <c>screen</c>, <c>identify</c>, <c>group</c>.</param>
/// <param name="IsNew">First seen within the last day, and more than an hour after this process began.</param>
/// <param name="Like">Planned names, and names that came ten times as often, that are similar; none for a planned one.</param>
/// <param name="LastDay">In the last 24 hours, by the hour.</param>
/// <param name="TypeConflicts">Properties that came with values of several types, in a sample of the events.</param>
public sealed record NameQuality(
    string Name, bool IsPlanned, DateTimeOffset FirstAt, bool IsNew, IReadOnlyList<string> Like, QualityCounts Total, QualityCounts LastDay, IReadOnlyList<TypeConflict> TypeConflicts);

/// <param name="Anonymous">Without a userId.</param>
/// <param name="GeneratedIds">That came without a messageId and so cannot be recognised when they come again.</param>
/// <param name="ClockSkew">Whose sentAt is more than five minutes off, or whose timestamp, without sentAt, lies further in the future than that.</param>
/// <param name="Violating">That were not as the tracking plan has it.</param>
/// <param name="LikelyDuplicates">Same customer, name and properties as another within seconds, under another messageId.</param>
public sealed record QualityCounts(long Events, long Anonymous, long GeneratedIds, long ClockSkew, long Violating, long LikelyDuplicates);

/// <param name="Types">How often each type was seen, in the sample.</param>
public sealed record TypeConflict(string Property, IReadOnlyDictionary<string, long> Types);
