using System.Text.Json;

namespace Triggers.Runtime.Queries;

/// <summary>A page of the values that one trait of a customer had, newest first by when they came in.</summary>
/// <param name="Next">For the page of older values; null: there is none.</param>
/// <param name="HistoryFrom">Set where a retention has dropped some of the customer's records: values from before this instant may be missing. null: none are.</param>
public sealed record TraitHistory(string Trait, IReadOnlyList<TraitValue> Items, string? Next, DateTimeOffset? HistoryFrom);

/// <param name="Value">null: from here on the customer had no such trait.</param>
/// <param name="At">When it came in.</param>
/// <param name="OccurredAt">When the call was made, by the corrected clock of whoever made it; null: no call did it.</param>
/// <param name="By"><c>identify</c>, <c>merge</c> (another customer was absorbed) or <c>erase</c>.</param>
/// <param name="Source">Id of the source that the call came by; of a merge, the key that was absorbed.</param>
/// <param name="MessageId">The call's own; null: it had none.</param>
/// <param name="Imported">It came as history.</param>
/// <param name="Key">Under which of the customer's keys it was so.</param>
public sealed record TraitValue(JsonElement? Value, DateTimeOffset At, DateTimeOffset? OccurredAt, string By, string Source, string? MessageId, bool Imported, string Key);
