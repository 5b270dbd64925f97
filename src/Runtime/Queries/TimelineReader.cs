using System.Globalization;
using System.Text;
using System.Text.Json;
using Triggers.Engine.Customers;
using Triggers.Engine.Effects;
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

    /// <param name="after">The place of the last item seen; null: the newest.</param>
    public Page<TimelineItem> Read(Customer customer, string? after, int limit)
    {
        var items = new List<TimelineItem>();
        Replay(new CustomerKey(customer.Key), long.MaxValue, items);
        foreach (var absorbed in customer.AbsorbedKeys)
        {
            Replay(new CustomerKey(absorbed), 0, items);
        }

        var keys = customer.AbsorbedKeys.Prepend(customer.Key);
        foreach (var message in keys.SelectMany(key => store.Messages.List(key, null, null, null, Limits.PageMax)))
        {
            items.Add(ItemOf(message));
        }

        // Stable: what happened in one record keeps its order.
        var ordered = items.OrderBy(item => item.At).ToList();
        var end = after is not null && int.TryParse(after, CultureInfo.InvariantCulture, out var place) ? Math.Clamp(place, 0, ordered.Count) : ordered.Count;
        var start = Math.Max(0, end - limit);
        var page = ordered.GetRange(start, end - start);
        page.Reverse();
        return new Page<TimelineItem>(page, start > 0 ? start.ToString(CultureInfo.InvariantCulture) : null);
    }

    private static TimelineItem ItemOf(MessageRow message)
    {
        var status = message.Status.ToString().ToLowerInvariant();
        var detail = message.Reason.Length > 0 ? $"{status}: {message.Reason}" : $"{status} by {message.Channel} to {message.Address}";
        return new TimelineItem(TimeOf(message.DecidedAt), null, "message", $"{message.Campaign}: {message.Template}", detail, null, null);
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

    /// <param name="until">A key that was absorbed tells its story only up to the merge: afterwards it forwards. 0: so; otherwise the end.</param>
    private void Replay(CustomerKey key, long until, List<TimelineItem> items)
    {
        var skip = Math.Max(0, store.History.Read(key).Count() - Limits.TimelineRecordsMax);
        var facts = new FactReplay(library, journal);
        var customer = new Customer(key.Text, key.Hash());
        using var recorder = new DecisionRecorder();
        foreach (var record in store.History.Read(key).Skip(skip))
        {
            RecordView.Read(record.Bytes.Span, out var view);
            view.Offset = record.Offset;
            view.At = record.At;
            recorder.Decisions.Clear();
            Machine.Apply(customer, view, facts.At(record.At), recorder);
            Tell(view, customer, recorder.Decisions, items);
            if (until == 0 && view.Kind == RecordKind.Link)
            {
                return;
            }
        }
    }

    private static void Tell(in RecordView view, Customer customer, List<Decision> decisions, List<TimelineItem> items)
    {
        var at = TimeOf(view.At);
        var score = Math.Round(customer.ScoreAt(view.At), 2);
        // Imported history is told where it happened: its score is the one of that day, not what is left of it by now.
        var eventScore = view.IsHistorical ? Math.Round(customer.ScoreAt(Math.Min(view.OccurredAt, view.At)), 2) : score;
        var name = Encoding.UTF8.GetString(view.Name);
        switch (view.Kind)
        {
            case RecordKind.Event:
                var title = view.EventType == EventType.Track ? name : name.Length > 0 ? $"{view.EventType}: {name}" : view.EventType.ToString();
                items.Add(new TimelineItem(
                    view.OriginalAt > 0 ? TimeOf(view.OriginalAt) : at, TimeOf(view.OccurredAt), "event", title, view.IsHistorical ? "imported" : "", DataOf(view.Body), eventScore));
                break;
            case RecordKind.Outcome:
                items.Add(new TimelineItem(at, TimeOf(view.OccurredAt), "outcome", $"Message {view.OutcomeKind.ToString().ToLowerInvariant()}", name, null, score));
                break;
            case RecordKind.Command:
                items.Add(new TimelineItem(at, null, "command", view.CommandKind.ToString(), name, null, score));
                break;
            case RecordKind.TakeOver:
                items.Add(new TimelineItem(at, null, "merge", $"Took over {Encoding.UTF8.GetString(view.OtherId)}", "", null, score));
                break;
        }

        foreach (var decision in decisions)
        {
            // The message itself stands in the timeline, with what came of it.
            if (decision.Kind is not (DecisionKind.MessageDecided or DecisionKind.Merged))
            {
                items.Add(new TimelineItem(TimeOf(decision.At), null, "decision", DecisionNames.TitleOf(decision), decision.Detail, null, score));
            }
        }
    }
}
