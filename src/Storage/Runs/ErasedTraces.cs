using System.Text;
using System.Text.Json;
using Triggers.Engine.Customers;
using Triggers.Engine.Records;

namespace Triggers.Storage.Runs;

/// <summary>What an erased customer's own records say of where else they are named: under other keys by links, in rejected events by id or e-mail.</summary>
internal sealed class ErasedTraces
{
    /// <summary>Shorter ids are looked for in quotes only: 12 is in every other price.</summary>
    private const int TellingLength = 4;

    private readonly byte[] _key;
    private readonly int _partitions;
    private readonly Func<int, long> _cursorOf;
    private readonly HashSet<string> _texts = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _otherKeys = new(StringComparer.Ordinal);

    private ErasedTraces(byte[] key, int partitions, Func<int, long> cursorOf, long end)
    {
        _key = key;
        _partitions = partitions;
        _cursorOf = cursorOf;
        End = end;
        AddText(Encoding.UTF8.GetString(key.AsSpan(Math.Min(2, key.Length))));
    }

    /// <summary>Offset behind the last record of the erased life.</summary>
    public long End { get; }

    /// <param name="records">All of the customer up to the cursor, those of the erased life too.</param>
    /// <param name="before">The cursor of the erasing commit, or the end that was found before.</param>
    public static ErasedTraces Find(List<HistoryRecord> records, byte[] key, long before, int partitions, Func<int, long> cursorOf)
    {
        var traces = new ErasedTraces(key, partitions, cursorOf, EndOf(records, before));
        foreach (var record in records)
        {
            if (record.Offset < traces.End)
            {
                RecordView.Read(record.Bytes.Span, out var view);
                traces.Add(view);
            }
        }

        return traces;
    }

    /// <summary>Of the customer itself, and of what others' logs say about it.</summary>
    public List<RecordEraser> Erasers()
    {
        var erasers = new List<RecordEraser> { EraserOf(_key, End, null) };
        foreach (var other in _otherKeys)
        {
            var key = Encoding.UTF8.GetBytes(other);
            erasers.Add(EraserOf(key, _cursorOf(CustomerKey.PartitionOf(CustomerKey.HashOf(key), _partitions)), _key));
        }

        return erasers;
    }

    /// <summary>Whether a text that was written down as it came holds one of the ids or addresses, as a whole word.</summary>
    public bool AreNamedIn(string text)
    {
        foreach (var wanted in _texts)
        {
            for (var at = text.IndexOf(wanted, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(wanted, at + 1, StringComparison.OrdinalIgnoreCase))
            {
                var (before, after) = (at == 0 ? ' ' : text[at - 1], at + wanted.Length == text.Length ? ' ' : text[at + wanted.Length]);
                if (wanted.Length < TellingLength ? before == '"' && after == '"' : !char.IsLetterOrDigit(before) && !char.IsLetterOrDigit(after))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Behind the last order to erase that was applied; what was under way then (an outcome, a timer, what a group told) is no new life, an event is.</summary>
    private static long EndOf(List<HistoryRecord> records, long before)
    {
        long? end = null;
        foreach (var record in records)
        {
            RecordView.Read(record.Bytes.Span, out var view);
            if (record.Offset < before && view is { Kind: RecordKind.Command, CommandKind: CommandKind.Erase })
            {
                end = record.Offset + 1;
            }
        }

        if (end is null)
        {
            return before;
        }

        foreach (var record in records.SkipWhile(record => record.Offset < end))
        {
            RecordView.Read(record.Bytes.Span, out var view);
            if (view.Kind is not (RecordKind.Outcome or RecordKind.Timer or RecordKind.Group))
            {
                break;
            }

            end = record.Offset + 1;
        }

        return end.Value;
    }

    private RecordEraser EraserOf(byte[] key, long before, byte[]? naming)
    {
        var hash = CustomerKey.HashOf(key);
        return new RecordEraser(key, hash, CustomerKey.PartitionOf(hash, _partitions), before, naming);
    }

    private void Add(in RecordView view)
    {
        var other = Encoding.UTF8.GetString(view.OtherId);
        if (view.Kind is RecordKind.Link or RecordKind.TakeOver)
        {
            AddOther(other);
            AddGroups(view);
        }
        else if (view.Kind == RecordKind.Group)
        {
            AddGroup(other);
        }
        else if (view is { Kind: RecordKind.Command, CommandKind: CommandKind.Merge or CommandKind.Split or CommandKind.Erase or CommandKind.Disown or CommandKind.Disowned })
        {
            AddOther(Encoding.UTF8.GetString(view.Name));
        }
        else if (view.Kind == RecordKind.Event)
        {
            if (other.Length > 0)
            {
                AddOther("a:" + other);
                AddOther("u:" + other);
            }

            if (view.EventType == EventType.Group)
            {
                AddGroup(CustomerKey.GroupPrefix + Encoding.UTF8.GetString(view.Name));
            }

            AddEmail(view.Body, "email");
            AddEmail(view.Context, "traits", "email");
        }
    }

    private void AddOther(string key)
    {
        if (key.Length > 2 && _otherKeys.Add(key))
        {
            AddText(key[2..]);
        }
    }

    /// <summary>A group that the customer was a member of: it names them. Its id is nothing of theirs, and not looked for elsewhere.</summary>
    private void AddGroup(string key)
    {
        if (key.Length > 2 && key.StartsWith(CustomerKey.GroupPrefix, StringComparison.Ordinal))
        {
            _otherKeys.Add(key);
        }
    }

    /// <summary>Of whom was absorbed, under the key that absorbed them.</summary>
    private void AddGroups(in RecordView view)
    {
        if (view.Kind == RecordKind.TakeOver && !view.Body.IsEmpty)
        {
            foreach (var group in CustomerCodec.Read(view.Body).Groups)
            {
                AddGroup(CustomerKey.GroupPrefix + group.Id);
            }
        }
    }

    private void AddEmail(ReadOnlySpan<byte> json, params ReadOnlySpan<string> path)
    {
        if (json.IsEmpty)
        {
            return;
        }

        var reader = new Utf8JsonReader(json);
        var found = JsonElement.ParseValue(ref reader);
        foreach (var name in path)
        {
            if (found.ValueKind != JsonValueKind.Object || !found.TryGetProperty(name, out found))
            {
                return;
            }
        }

        if (found.ValueKind == JsonValueKind.String)
        {
            AddText(found.GetString()!.Trim());
        }
    }

    private void AddText(string text)
    {
        if (text.Length > 0)
        {
            _texts.Add(text);
            _texts.Add(JsonEncodedText.Encode(text).Value);
        }
    }
}
