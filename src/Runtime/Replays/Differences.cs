using System.Globalization;
using System.Text;
using Triggers.Engine.Effects;
using Triggers.Engine.Records;
using Triggers.Storage;

namespace Triggers.Runtime.Replays;

/// <summary>
/// Says in words how a replayed record differs. Of the effects that were committed only the checksum is known, and the messages, which stand in the store;
/// of the replay's everything is.
/// </summary>
internal static class Differences
{
    private const int CountersShown = 8;

    /// <summary>A message that time alone decides has its due instant, a whole second, and the timer record comes within this. A later one is not looked for.</summary>
    private const int DecidedWithinMs = 1000;

    public static string NameOf(in RecordView record) => record.Kind switch
    {
        RecordKind.Event when record.Name.IsEmpty => $"event {record.EventType}",
        RecordKind.Event => $"event {Encoding.UTF8.GetString(record.Name)}",
        RecordKind.Outcome => $"outcome {record.OutcomeKind}",
        RecordKind.Command => $"command {record.CommandKind}",
        _ => record.Kind.ToString(),
    };

    public static string Describe(
        string key, long at, bool hadNoEffects, List<(Counter Counter, long Delta)> counts, List<MessageDecision> decided, int records, IMessageStore messages)
    {
        var parts = new List<string>();
        foreach (var message in decided)
        {
            if (messages.Find(message.MessageId) is null)
            {
                parts.Add($"now decides message {message.MessageId} (campaign {message.Campaign}, step {message.StepId}), which was never decided");
            }
        }

        foreach (var row in messages.List(key, null, null, null, Limits.PageMax))
        {
            if (DecidedBy(at, row.DecidedAt) && !decided.Exists(message => message.MessageId == row.MessageId))
            {
                parts.Add($"does not decide message {row.MessageId} (campaign {row.Campaign}, step {row.StepId}) any more, which is {row.Status.ToString().ToLowerInvariant()}");
            }
        }

        var effects = counts.Take(CountersShown).Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Counter.Name} {count.Delta:+0;-0}")).ToList();
        if (counts.Count > CountersShown)
        {
            effects.Add($"{counts.Count - CountersShown} more counters");
        }

        if (decided.Count > 0)
        {
            effects.Add($"{decided.Count} messages");
        }

        if (records > 0)
        {
            effects.Add($"{records} records for others");
        }

        parts.Add($"{(hadNoEffects ? "had no effects" : "had other effects")}, now has {(effects.Count == 0 ? "none" : string.Join(", ", effects))}");
        return string.Join("; ", parts);
    }

    /// <summary>What another record of the customer decided a moment before has that record's instant, which is hardly ever a whole second.</summary>
    private static bool DecidedBy(long record, long decided)
        => decided == record || (decided < record && decided > record - DecidedWithinMs && decided % 1000 == 0);
}
