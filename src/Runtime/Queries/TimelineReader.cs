using System.Text;
using System.Text.Json;
using Triggers.Engine.Customers;
using Triggers.Engine.Effects;
using Triggers.Engine.Explanations;
using Triggers.Engine.Records;
using Triggers.Runtime.Live;
using Triggers.Runtime.Programs;
using Triggers.Storage;

namespace Triggers.Runtime.Queries;

/// <summary>
/// Tells a customer's story: a replay of its records (and of those it absorbed) under the programs that were in force, with the decisions they led to,
/// and its messages. At most <see cref="Limits.TimelineRecordsMax"/> records of each key are replayed, the newest.
/// </summary>
internal sealed class TimelineReader(IStore store, ProgramLibrary library, FactJournal journal)
{
    private static readonly JsonElement s_empty = JsonDocument.Parse("{}").RootElement;

    /// <param name="names">Of the definitions in force now.</param>
    /// <param name="kinds">Of <see cref="TimelineKinds.All"/>; none: all.</param>
    /// <param name="after">The <c>Next</c> of the page before; null: the newest.</param>
    public Timeline Read(Customer customer, ElementNames names, IReadOnlyCollection<string> kinds, string? after, int limit)
    {
        var items = new List<TimelineItem>();
        var decided = new Dictionary<string, string>(StringComparer.Ordinal);
        var scores = new ScoreHistory();
        var messages = new List<MessageRow>();
        foreach (var key in (string[])[customer.Key, .. customer.AbsorbedKeys, .. customer.IsAnonymous ? [] : customer.SplitKeys])
        {
            var (from, to) = Replay(new CustomerKey(key), key == customer.Key, names, items, decided, scores);
            messages.AddRange(store.Messages.List(key, null, null, null, Limits.PageMax).Where(message => message.DecidedAt >= from && message.DecidedAt <= to));
        }

        scores.Tell(items, customer.EventTotal);
        foreach (var message in messages)
        {
            items.Add(ItemOf(message, names) with { Decision = decided.GetValueOrDefault(message.MessageId) });
        }

        // Stable: what happened in one record keeps its order.
        var ordered = items.Where(item => kinds.Count == 0 || kinds.Contains(item.Kind, StringComparer.Ordinal)).OrderBy(item => item.HappenedAt).Reverse().ToList();
        var start = TimelinePlace.Read(after)?.IndexIn(ordered) ?? 0;
        var end = Math.Min(start + limit, ordered.Count);
        var page = ordered[start..end].ConvertAll(item => item.Kind == TimelineKinds.Outcome && messages.Find(message => message.MessageId == item.Message) is { } message ? OutcomeOf(item, message, names) : item);
        return new Timeline(page, end < ordered.Count ? TimelinePlace.Behind(ordered, end).ToString() : null, HistoryFrom(scores.Misses(customer.EventTotal)));
    }

    private DateTimeOffset? HistoryFrom(bool misses) => misses && HistoryBeginning.Of(store.Settings) is > 0 and var from ? TimeOf(from) : null;

    private static string TitleOf(MessageRow message, ElementNames names) => $"{names.Campaign(message.Campaign)}: {message.Template}";

    /// <summary>Says of which message.</summary>
    private static TimelineItem OutcomeOf(TimelineItem item, MessageRow message, ElementNames names) =>
        item with { Subject = message.Campaign, Detail = TitleOf(message, names) + (item.Detail.Length > 0 ? $", {item.Detail}" : "") };

    private static TimelineItem ItemOf(MessageRow message, ElementNames names)
    {
        var status = message.Status.ToString().ToLowerInvariant();
        var detail = message.Reason.Length > 0 ? $"{status}: {message.Reason}" : $"{status} by {message.Channel} to {message.Address}";
        return new TimelineItem(TimeOf(message.DecidedAt), null, TimelineKinds.Message, TitleOf(message, names), detail, null, null) { Subject = message.Campaign, Message = message.MessageId };
    }

    private static DateTimeOffset TimeOf(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    private static JsonElement? DataOf(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty)
        {
            return null;
        }

        try
        {
            var reader = new Utf8JsonReader(json);
            return JsonElement.ParseValue(ref reader);
        }
        catch (JsonException)
        {
            return s_empty;
        }
    }

    /// <summary>
    /// A key that was absorbed tells its story only up to the merge: afterwards it forwards. One that was split off tells its own from there on; what was before is the other's.
    /// </summary>
    /// <param name="isOwn">It is the customer's own key, none that became part of it.</param>
    /// <returns>The first and the last instant of that story.</returns>
    /// <param name="decided">Gets the decisions of messages, by the messages' ids.</param>
    private (long From, long To) Replay(CustomerKey key, bool isOwn, ElementNames names, List<TimelineItem> items, Dictionary<string, string> decided, ScoreHistory scores)
    {
        var skip = Math.Max(0, store.History.Read(key).Count() - Limits.TimelineRecordsMax);
        var facts = new FactReplay(library, journal);
        var customer = new Customer(key.Text, key.Hash());
        using var recorder = new DecisionRecorder();
        var (first, from) = (items.Count, 0L);
        foreach (var record in store.History.Read(key).Skip(skip))
        {
            var wasMerged = customer.MergedInto is not null;
            RecordView.Read(record.Bytes.Span, out var view);
            view.Offset = record.Offset;
            view.At = record.At;
            recorder.Clear();
            var known = facts.At(record.At);
            var (version, score) = (customer.ProgramVersion, customer.ScoreAt(record.At, known.Program));
            Machine.Apply(customer, view, known, recorder);
            if (wasMerged)
            {
                if (customer.MergedInto is null)
                {
                    items.RemoveRange(first, items.Count - first);
                    scores.Clear();
                    from = record.At;
                }

                continue;
            }

            scores.Under(known.Program, record.At);
            if (view.Kind == RecordKind.Event && !recorder.IsDuplicate)
            {
                scores.Add(Math.Min(view.OccurredAt, view.At), recorder.Points, items.Count);
            }
            else if (view.Kind == RecordKind.Fill || (view.Kind == RecordKind.Timer && version != customer.ProgramVersion))
            {
                scores.Move(record.At, customer.ScoreAt(record.At) - score);
            }

            Tell(view, customer, recorder, names, items);
            foreach (var (message, number) in recorder.Messages)
            {
                decided[message] = new DecisionToken(customer.Hash, record.Offset, number).ToString();
            }

            if (customer.MergedInto is not null && !isOwn)
            {
                return (from, record.At);
            }
        }

        return (from, long.MaxValue);
    }

    private static string TitleOf(CommandKind kind) => kind switch
    {
        CommandKind.JoinList => "Put on list",
        CommandKind.LeaveList => "Taken off list",
        _ => kind.ToString(),
    };

    private static void Tell(in RecordView view, Customer customer, DecisionRecorder recorder, ElementNames names, List<TimelineItem> items)
    {
        var at = TimeOf(view.At);
        var score = Math.Round(customer.ScoreAt(view.At), 2);
        var name = Encoding.UTF8.GetString(view.Name);
        switch (view.Kind)
        {
            case RecordKind.Event when !recorder.IsDuplicate:
                var title = view.EventType == EventType.Track ? name : name.Length > 0 ? $"{view.EventType}: {name}" : view.EventType.ToString();
                items.Add(new TimelineItem(
                    view.OriginalAt > 0 ? TimeOf(view.OriginalAt) : at, TimeOf(view.OccurredAt), TimelineKinds.Event, title, view.IsHistorical ? "imported" : "", DataOf(view.Body), null));
                break;
            case RecordKind.Outcome:
                items.Add(new TimelineItem(at, TimeOf(view.OccurredAt), TimelineKinds.Outcome, $"Message {view.OutcomeKind.ToString().ToLowerInvariant()}", name, null, score) { Message = Convert.ToHexStringLower(view.MessageId) });
                break;
            case RecordKind.Command when view.CommandKind is not (CommandKind.Disown or CommandKind.Disowned):
                items.Add(new TimelineItem(at, null, TimelineKinds.Command, TitleOf(view.CommandKind), name, null, score));
                break;
            case RecordKind.TakeOver:
                items.Add(new TimelineItem(at, null, TimelineKinds.Merge, $"Took over {Encoding.UTF8.GetString(view.OtherId)}", "", null, score));
                break;
        }

        for (var number = 0; number < recorder.Decisions.Count; number++)
        {
            var decision = recorder.Decisions[number];

            // The message itself stands in the timeline, with what came of it.
            if (decision.Kind is not (DecisionKind.MessageDecided or DecisionKind.Merged))
            {
                items.Add(new TimelineItem(TimeOf(decision.At), null, TimelineKinds.Decision, DecisionNames.TitleOf(decision, names), decision.Detail, null, score)
                {
                    Subject = decision.Subject.Length > 0 ? decision.Subject : null,
                    Decision = Explainer.CanExplain(decision.Kind) ? new DecisionToken(customer.Hash, view.Offset, number).ToString() : null,
                });
            }
        }
    }
}
