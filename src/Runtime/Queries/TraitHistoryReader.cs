using System.Globalization;
using System.Text;
using System.Text.Json;
using Triggers.Engine.Customers;
using Triggers.Engine.Records;
using Triggers.Runtime.Programs;
using Triggers.Storage;

namespace Triggers.Runtime.Queries;

/// <summary>
/// The values that one trait had: a replay of the customer's records (and of those it absorbed), looking after each whether the trait is another one. What a
/// late call did not change is so no part of it. At most <see cref="Limits.TimelineRecordsMax"/> records of each key are replayed, the newest.
/// </summary>
internal sealed class TraitHistoryReader(IStore store, ProgramLibrary library, FactJournal journal)
{
    /// <param name="name">As in the traits' JSON; where there is none of that name, a path such as <c>address.city</c>.</param>
    /// <param name="before">The <c>Next</c> of the page before; null: the newest.</param>
    public TraitHistory Read(Customer customer, string name, string? before, int limit)
    {
        var values = new List<TraitValue>();
        long events = 0;
        foreach (var key in (string[])[.. customer.AbsorbedKeys, .. customer.IsAnonymous ? [] : customer.SplitKeys, customer.Key])
        {
            events += Replay(new CustomerKey(key), key == customer.Key, name, values);
        }

        // Numbers count from the oldest, so that a page stays where it is when something is added.
        var ordered = values.OrderBy(value => value.At).ToList();
        var end = int.TryParse(before, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Min(number, ordered.Count) : ordered.Count;
        var start = Math.Max(0, end - limit);
        var page = ordered[start..end];
        page.Reverse();
        var from = events < customer.EventTotal ? HistoryBeginning.Of(store.Settings) : 0;
        return new TraitHistory(name, page, start > 0 ? start.ToString(CultureInfo.InvariantCulture) : null, from > 0 ? TimeOf(from) : null);
    }

    /// <summary>Adds the values under one key, up to a merge, or from where it was split off again; returns how many events it lived through.</summary>
    private long Replay(CustomerKey key, bool isOwn, string name, List<TraitValue> values)
    {
        var first = values.Count;
        var skip = Math.Max(0, store.History.Read(key).Count() - Limits.TimelineRecordsMax);
        var facts = new FactReplay(library, journal);
        var customer = new Customer(key.Text, key.Hash());
        using var recorder = new DecisionRecorder();
        var value = "";
        long events = 0;
        foreach (var record in store.History.Read(key).Skip(skip))
        {
            RecordView.Read(record.Bytes.Span, out var view);
            view.Offset = record.Offset;
            view.At = record.At;
            recorder.Clear();
            var wasMerged = customer.MergedInto is not null;
            Machine.Apply(customer, view, facts.At(record.At), recorder);
            if (wasMerged && customer.MergedInto is null)
            {
                values.RemoveRange(first, values.Count - first);
                (value, events) = ("", 0);
                continue;
            }

            if (customer.MergedInto is not null)
            {
                if (isOwn)
                {
                    continue;
                }

                return events;
            }

            events += view.Kind == RecordKind.Event && !recorder.IsDuplicate ? 1 : 0;
            if (view.Kind is not (RecordKind.Event or RecordKind.TakeOver or RecordKind.Command))
            {
                continue;
            }

            var json = customer.TraitsJson;
            var present = ValueOf(json, name, out var element) ? element.GetRawText() : "";
            if (present != value)
            {
                value = present;
                values.Add(ItemOf(view, key, present.Length > 0 ? element : null));
            }
        }

        return events;
    }

    private static TraitValue ItemOf(in RecordView view, CustomerKey key, JsonElement? value)
    {
        var at = TimeOf(view.OriginalAt > 0 ? view.OriginalAt : view.At);
        return view.Kind switch
        {
            RecordKind.Event => new TraitValue(
                value,
                at,
                TimeOf(Math.Min(view.OccurredAt, view.At)),
                view.EventType.ToString().ToLowerInvariant(),
                Encoding.UTF8.GetString(view.Source),
                (view.Flags & RecordFlags.GeneratedId) != 0 ? null : Encoding.UTF8.GetString(view.MessageId),
                view.IsHistorical,
                key.Text),
            RecordKind.TakeOver => new TraitValue(value, at, null, "merge", Encoding.UTF8.GetString(view.OtherId), null, view.IsHistorical, key.Text),
            _ => new TraitValue(value, at, null, view.CommandKind.ToString().ToLowerInvariant(), "", null, false, key.Text),
        };
    }

    private static bool ValueOf(ReadOnlyMemory<byte> json, string name, out JsonElement value)
    {
        using var document = JsonDocument.Parse(json);
        var traits = document.RootElement;
        var found = traits.TryGetProperty(name, out value) || TryPath(traits, name.Split('.'), out value);
        value = found ? value.Clone() : default;
        return found;
    }

    private static bool TryPath(JsonElement element, string[] path, out JsonElement value)
    {
        value = element;
        foreach (var part in path)
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(part, out value))
            {
                return false;
            }
        }

        return true;
    }

    private static DateTimeOffset TimeOf(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);
}
