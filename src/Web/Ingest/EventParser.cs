using System.Text.Json;

namespace Triggers.Web.Ingest;

/// <summary>
/// Finds the events of a request in one pass over its bytes. Keys may come in any order (a batch before the writeKey and the sentAt that
/// rule it), so the pass only notes places; <see cref="EventWriter"/> reads them when everything is known. Reused between requests.
/// </summary>
internal sealed class EventParser
{
    private EventSlot[] _slots = new EventSlot[16];
    private EventSlot _envelope;
    private bool _looksForDepth;
    private int _depth;

    /// <summary>The top-level object: the event itself in a call of one event, else what holds for the whole batch.</summary>
    public ref readonly EventSlot Envelope => ref _envelope;

    public bool HasBatch { get; private set; }

    /// <summary>The batch holds more events than one may.</summary>
    public bool HasTooMany { get; private set; }

    public int Count { get; private set; }

    public ReadOnlySpan<EventSlot> Events => _slots.AsSpan(0, Count);

    /// <summary>Null, or why the request as a whole cannot be read.</summary>
    public string? Parse(ReadOnlySpan<byte> body, bool needsBatch)
    {
        var problem = Read(body, anyDepth: false, out var isBroken);
        if (isBroken)
        {
            // Nested too deep is no JSON to the reader either, and then the fault of one event alone.
            problem = Read(body, anyDepth: true, out _);
        }

        if (problem is not null)
        {
            return problem;
        }

        if (!HasBatch)
        {
            if (needsBatch)
            {
                return "The body needs \"batch\", an array of events.";
            }

            Add(_envelope);
        }

        return HasBatch && _envelope.IsTooDeep ? $"What stands beside the batch is nested deeper than {Limits.JsonDepthMax}." : null;
    }

    private string? Read(ReadOnlySpan<byte> body, bool anyDepth, out bool isBroken)
    {
        Count = 0;
        HasBatch = false;
        isBroken = false;
        HasTooMany = false;
        _looksForDepth = anyDepth;
        _depth = 0;
        _envelope = default;
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = anyDepth ? Limits.BatchBytesMax : Limits.JsonDepthMax });
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                return "The body must be a JSON object.";
            }

            ReadEvent(ref reader, ref _envelope);
            if (!HasTooMany)
            {
                reader.Read();
            }
        }
        catch (JsonException error)
        {
            isBroken = true;
            return $"The body is not valid JSON (line {error.LineNumber + 1}, byte {error.BytePositionInLine}).";
        }

        return HasTooMany ? $"A batch may hold {Limits.BatchEventsMax} events; send the rest in another request." : null;
    }

    private void ReadEvent(ref Utf8JsonReader reader, ref EventSlot slot)
    {
        slot.Start = (int)reader.TokenStartIndex;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = WireFields.Find(ref reader);
            reader.Read();
            if (field == WireField.Batch && _depth == 0 && reader.TokenType == JsonTokenType.StartArray)
            {
                ReadBatch(ref reader);
                if (HasTooMany)
                {
                    return;
                }

                continue;
            }

            var slice = ReadValue(ref reader, ref slot);
            switch (field)
            {
                case WireField.Type: slot.Type = slice; break;
                case WireField.UserId: slot.UserId = slice; break;
                case WireField.AnonymousId: slot.AnonymousId = slice; break;
                case WireField.PreviousId: slot.PreviousId = slice; break;
                case WireField.GroupId: slot.GroupId = slice; break;
                case WireField.MessageId: slot.MessageId = slice; break;
                case WireField.Event: slot.Event = slice; break;
                case WireField.Name: slot.Name = slice; break;
                case WireField.Timestamp: slot.Timestamp = slice; break;
                case WireField.OriginalTimestamp: slot.OriginalTimestamp = slice; break;
                case WireField.SentAt: slot.SentAt = slice; break;
                case WireField.Properties: slot.Properties = slice; break;
                case WireField.Traits: slot.Traits = slice; break;
                case WireField.Context: slot.Context = slice; break;
                case WireField.WriteKey: slot.WriteKey = slice; break;
                default: break;
            }
        }

        slot.End = (int)reader.BytesConsumed;
    }

    private void ReadBatch(ref Utf8JsonReader reader)
    {
        HasBatch = true;
        _depth = 1;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (Count == Limits.BatchEventsMax)
            {
                HasTooMany = true;
                return;
            }

            EventSlot slot = default;
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                ReadEvent(ref reader, ref slot);
            }
            else
            {
                slot.IsNoObject = true;
                slot.Start = (int)reader.TokenStartIndex;
                Skip(ref reader, ref slot);
                slot.End = (int)reader.BytesConsumed;
            }

            Add(slot);
        }

        _depth = 0;
    }

    private JsonSlice ReadValue(ref Utf8JsonReader reader, ref EventSlot slot)
    {
        var start = (int)reader.TokenStartIndex;
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return new JsonSlice(start + 1, reader.ValueSpan.Length, reader.ValueIsEscaped ? JsonSliceKind.EscapedText : JsonSliceKind.Text);
            case JsonTokenType.Number:
                return new JsonSlice(start, reader.ValueSpan.Length, JsonSliceKind.Number);
            case JsonTokenType.Null:
                return default;
            case JsonTokenType.StartObject:
                Skip(ref reader, ref slot);
                return new JsonSlice(start, (int)reader.BytesConsumed - start, JsonSliceKind.Object);
            default:
                Skip(ref reader, ref slot);
                return new JsonSlice(start, (int)reader.BytesConsumed - start, JsonSliceKind.Other);
        }
    }

    private void Skip(ref Utf8JsonReader reader, ref EventSlot slot)
    {
        if (!_looksForDepth)
        {
            reader.Skip();
            return;
        }

        var depth = reader.CurrentDepth;
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            return;
        }

        while (reader.Read() && reader.CurrentDepth > depth)
        {
            // An opening bracket stands at the depth outside of it.
            slot.IsTooDeep |= reader.CurrentDepth >= Limits.JsonDepthMax && reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
        }
    }

    private void Add(in EventSlot slot)
    {
        if (Count == _slots.Length)
        {
            Array.Resize(ref _slots, Math.Min(_slots.Length * 4, Limits.BatchEventsMax));
        }

        _slots[Count++] = slot;
    }
}
