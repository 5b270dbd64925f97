using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Triggers.Engine.Records;
using Triggers.Web.Quality;

namespace Triggers.Web.Ingest;

/// <summary>Checks one parsed event and copies it into the batch that goes to the log. Reused between requests; holds only scratch bytes.</summary>
internal sealed class EventWriter : IDisposable
{
    public const long NoTime = long.MinValue;
    private const int ImportHashChars = 16;
    private readonly byte[] _key = new byte[2 + Limits.IdBytesMax];
    private readonly byte[] _madeId = new byte[(ImportHashChars * 4) + 24];
    private readonly ContextMerge _contexts = new();
    private byte[] _scratch = ArrayPool<byte>.Shared.Rent(1024);
    private int _scratchUsed;
    private bool _isSkewed;

    /// <summary>Adds the event, or returns why it cannot be taken in.</summary>
    public string? TryWrite(ReadOnlySpan<byte> body, in EventSlot slot, in WriteContext context, RecordBatch batch)
    {
        _scratchUsed = 0;
        if (slot.IsNoObject)
        {
            return "The event is not a JSON object.";
        }

        if (slot.IsTooDeep)
        {
            return $"The event is nested deeper than {Limits.JsonDepthMax}.";
        }

        if (slot.End - slot.Start > Limits.EventBytesMax)
        {
            return $"The event has {slot.End - slot.Start:N0} bytes; {Limits.EventBytesMax:N0} are allowed.";
        }

        if (context.Type is not { } type && !TryReadType(slot.Type.In(body), out type))
        {
            return slot.Type.IsAbsent
                ? "The event needs a \"type\": track, identify, page, screen, group or alias."
                : $"The type {Shown(slot.Type.In(body))} is none of track, identify, page, screen, group and alias.";
        }

        if (!TryReadId(body, slot.UserId, "userId", out var userId, out var problem)
            || !TryReadId(body, slot.AnonymousId, "anonymousId", out var anonymousId, out problem)
            || !TryReadName(body, slot, type, out var name, out problem)
            || !TryReadMessageId(body, slot, out var messageId, out problem)
            || !TryReadTime(body, slot, context, out var occurredAt, out problem))
        {
            return problem;
        }

        if (userId.IsEmpty && (anonymousId.IsEmpty || type == EventType.Alias))
        {
            return type == EventType.Alias ? "An alias needs a userId, the new id." : "The event needs a userId or an anonymousId.";
        }

        var otherId = userId.IsEmpty ? [] : anonymousId;
        if (type == EventType.Alias)
        {
            if (!TryReadId(body, slot.PreviousId, "previousId", out otherId, out problem))
            {
                return problem;
            }

            if (otherId.IsEmpty)
            {
                return "An alias needs a previousId, the old id.";
            }
        }

        var bodySlice = type is EventType.Identify or EventType.Group ? slot.Traits : slot.Properties;
        if (bodySlice.Kind is not (JsonSliceKind.Object or JsonSliceKind.Absent))
        {
            return type is EventType.Identify or EventType.Group ? "\"traits\" must be a JSON object." : "\"properties\" must be a JSON object.";
        }

        var flags = context.IsHistorical ? RecordFlags.Historical : RecordFlags.None;
        if (messageId.IsEmpty)
        {
            flags |= RecordFlags.GeneratedId;
            messageId = MakeId(context);
        }

        var key = KeyOf(userId, anonymousId);
        var content = type == EventType.Alias || bodySlice.IsAbsent ? [] : bodySlice.In(body);
        if (context.Watch is { } watch)
        {
            var seen = (userId.IsEmpty ? SightFlags.Anonymous : 0) | ((flags & RecordFlags.GeneratedId) != 0 ? SightFlags.GeneratedId : 0) | (_isSkewed ? SightFlags.Skewed : 0);
            if (watch.See(type, name, key, messageId, content, seen) is { } refusal)
            {
                return refusal;
            }
        }

        var own = slot.Context.Kind == JsonSliceKind.Object ? slot.Context.In(body) : [];
        var shared = context.SharedContext.Kind == JsonSliceKind.Object ? _contexts.Merge(own, context.SharedContext.In(body)) : own;
        batch.AddEvent(key, type, flags, occurredAt, name, messageId, otherId, context.Source.IdUtf8, content, shared);
        return null;
    }

    /// <summary>A time that holds for a whole batch, read once; <see cref="NoTime"/> where there is none that can be read.</summary>
    public long ReadSharedTime(ReadOnlySpan<byte> body, JsonSlice slice)
    {
        _scratchUsed = 0;
        return TryParseTime(body, slice, out var time) ? time : NoTime;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_scratch);
        _scratch = [];
        _contexts.Dispose();
    }

    private static bool TryReadType(ReadOnlySpan<byte> text, out EventType type)
    {
        type = text.Length switch
        {
            4 when text.SequenceEqual("page"u8) => EventType.Page,
            5 when text.SequenceEqual("track"u8) => EventType.Track,
            5 when text.SequenceEqual("group"u8) => EventType.Group,
            5 when text.SequenceEqual("alias"u8) => EventType.Alias,
            6 when text.SequenceEqual("screen"u8) => EventType.Screen,
            8 when text.SequenceEqual("identify"u8) => EventType.Identify,
            _ => 0,
        };
        return type != 0;
    }

    private bool TryReadId(ReadOnlySpan<byte> body, JsonSlice slice, string field, out ReadOnlySpan<byte> id, out string? problem)
    {
        problem = null;
        if (!TryReadText(body, slice, out id))
        {
            problem = $"\"{field}\" must be a text or a number.";
            return false;
        }

        if (id.Length > Limits.IdBytesMax)
        {
            problem = $"\"{field}\" has {id.Length} bytes; {Limits.IdBytesMax} are allowed.";
        }
        else if (id.Contains((byte)0))
        {
            // No URL can hold it: the customer could neither be looked up nor erased.
            problem = $"\"{field}\" holds the character U+0000.";
        }

        return problem is null;
    }

    private bool TryReadName(ReadOnlySpan<byte> body, in EventSlot slot, EventType type, out ReadOnlySpan<byte> name, out string? problem)
    {
        var (slice, field, isRequired) = type switch
        {
            EventType.Track => (slot.Event, "event", true),
            EventType.Group => (slot.GroupId, "groupId", true),
            EventType.Page or EventType.Screen => (slot.Name, "name", false),
            _ => (default, "", false),
        };
        if (!TryReadText(body, slice, out name))
        {
            problem = $"\"{field}\" must be a text.";
            return false;
        }

        problem = name.Length > Limits.NameBytesMax ? $"\"{field}\" has {name.Length} bytes; {Limits.NameBytesMax} are allowed."
            : isRequired && name.IsEmpty ? $"A {(type == EventType.Track ? "track" : "group")} event needs \"{field}\"."
            : null;
        return problem is null;
    }

    private bool TryReadMessageId(ReadOnlySpan<byte> body, in EventSlot slot, out ReadOnlySpan<byte> messageId, out string? problem)
    {
        problem = null;
        if (!TryReadText(body, slot.MessageId, out messageId))
        {
            problem = "\"messageId\" must be a text.";
        }
        else if (messageId.Length >= Limits.MessageIdChars && Encoding.UTF8.GetCharCount(messageId) is >= Limits.MessageIdChars and var length)
        {
            problem = $"\"messageId\" has {length} characters; fewer than {Limits.MessageIdChars} are allowed.";
        }

        return problem is null;
    }

    /// <summary>Segment's rule: <c>receivedAt − (sentAt − originalTimestamp)</c>; without sentAt as given; never later than now. History keeps its own times.</summary>
    private bool TryReadTime(ReadOnlySpan<byte> body, in EventSlot slot, in WriteContext context, out long occurredAt, out string? problem)
    {
        problem = null;
        occurredAt = context.Now;
        var sent = context.SharedSentAt;
        var isCorrected = !context.IsHistorical && (slot.SentAt.IsAbsent ? sent != NoTime : TryParseTime(body, slot.SentAt, out sent));
        _isSkewed = isCorrected && Math.Abs(context.Now - sent) > Limits.ClockSkewMs;
        var slice = isCorrected && !slot.OriginalTimestamp.IsAbsent ? slot.OriginalTimestamp
            : !slot.Timestamp.IsAbsent ? slot.Timestamp
            : slot.OriginalTimestamp;
        if (slice.IsAbsent)
        {
            return true;
        }

        if (!TryParseTime(body, slice, out var time))
        {
            problem = $"The timestamp {Shown(slice.In(body))} is not an ISO 8601 time.";
            return false;
        }

        if (isCorrected)
        {
            time = context.Now - (sent - time);
        }
        else
        {
            _isSkewed = time - context.Now > Limits.ClockSkewMs;
        }

        occurredAt = Math.Min(time, context.Now);
        if (occurredAt < 0)
        {
            problem = isCorrected && time - context.Now + sent >= 0
                ? $"The sentAt lies {(sent - context.Now) / 86_400_000:N0} days ahead of the server's clock: corrected by that, the timestamp {Shown(slice.In(body))} would lie before 1970."
                : $"The timestamp {Shown(slice.In(body))} lies before 1970.";
            return false;
        }

        return true;
    }

    private bool TryParseTime(ReadOnlySpan<byte> body, JsonSlice slice, out long time)
    {
        time = 0;
        return slice.Kind == JsonSliceKind.Number
            ? Iso8601.TryParseNumber(slice.In(body), out time)
            : !slice.IsAbsent && TryReadText(body, slice, out var text) && Iso8601.TryParse(text, out time);
    }

    /// <summary>A text without its escapes and the white space around it, or a number as it was written; empty where there is none.</summary>
    private bool TryReadText(ReadOnlySpan<byte> body, JsonSlice slice, out ReadOnlySpan<byte> text)
    {
        text = slice.Kind switch
        {
            JsonSliceKind.Text or JsonSliceKind.Number => slice.In(body),
            JsonSliceKind.EscapedText => Unescape(body, slice),
            _ => [],
        };
        if (text.Length > 0 && (text[0] <= ' ' || text[^1] <= ' '))
        {
            text = text.Trim(" \t\r\n"u8);
        }

        return slice.Kind is not (JsonSliceKind.Object or JsonSliceKind.Other);
    }

    private ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> body, JsonSlice slice)
    {
        if (_scratch.Length - _scratchUsed < slice.Length)
        {
            // Spans already handed out point into the old array: it is left to the collector rather than returned under them.
            _scratch = ArrayPool<byte>.Shared.Rent(Math.Max(_scratch.Length * 2, slice.Length));
            _scratchUsed = 0;
        }

        var reader = new Utf8JsonReader(body.Slice(slice.Start - 1, slice.Length + 2));
        reader.Read();
        var target = _scratch.AsSpan(_scratchUsed);
        var count = reader.CopyString(target);
        _scratchUsed += count;
        return target[..count];
    }

    private ReadOnlySpan<byte> KeyOf(ReadOnlySpan<byte> userId, ReadOnlySpan<byte> anonymousId)
    {
        var id = userId.IsEmpty ? anonymousId : userId;
        _key[0] = userId.IsEmpty ? (byte)'a' : (byte)'u';
        _key[1] = (byte)':';
        id.CopyTo(_key.AsSpan(2));
        return _key.AsSpan(0, id.Length + 2);
    }

    private ReadOnlySpan<byte> MakeId(in WriteContext context)
    {
        if (context.Import is { } import)
        {
            var hash = import.AsSpan(0, Math.Min(import.Length, ImportHashChars));
            return Utf8.TryWrite(_madeId, CultureInfo.InvariantCulture, $"{hash}:{context.ImportRow}", out var count) ? _madeId.AsSpan(0, count) : [];
        }

        MessageIds.Write(_madeId);
        return _madeId.AsSpan(0, MessageIds.Length);
    }

    private static string Shown(ReadOnlySpan<byte> text) => $"\"{Encoding.UTF8.GetString(text[..Math.Min(text.Length, 60)])}\"";
}

/// <summary>What holds for every event of a request.</summary>
/// <param name="Type">From the path; null: each event says its own.</param>
/// <param name="SharedSentAt">The batch's sentAt, for events that have none of their own.</param>
/// <param name="SharedContext">The batch's context: an event's own members win.</param>
/// <param name="Now">When the request was received, ms since 1970.</param>
/// <param name="Import">Hash of the import a row belongs to: with its number it makes the id of a row that has none; null outside of imports.</param>
internal readonly record struct WriteContext(
    EventType? Type, EventSource Source, bool IsHistorical, long Now, long SharedSentAt = EventWriter.NoTime, JsonSlice SharedContext = default, string? Import = null, long ImportRow = 0)
{
    /// <summary>Looks at every event that could be taken in; null: nobody does.</summary>
    public EventWatch? Watch { get; init; }
}
