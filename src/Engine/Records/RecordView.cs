namespace Triggers.Engine.Records;

/// <summary>
/// One record, read in place: every span points into the log's bytes. Written by <see cref="RecordBatch"/>; the format is docs/formats/record.md.
/// <c>Offset</c> and <c>At</c> are not part of the bytes: the log assigns them (offset = first of the slice + index; one <c>at</c> for a slice).
/// Only the fields of the record's kind are filled; the others are empty.
/// </summary>
public ref struct RecordView
{
    /// <summary>Dense position in the partition.</summary>
    public long Offset;

    /// <summary>Milliseconds since 1970 (UTC), stamped at append, never decreasing in a partition.</summary>
    public long At;

    public ulong CustomerHash;
    public RecordKind Kind;
    public RecordFlags Flags;

    /// <summary>UTF-8 of the customer key; empty for a fact.</summary>
    public ReadOnlySpan<byte> Key;

    /// <summary>Event: when it happened by the corrected client clock (ms since 1970). Outcome: when the channel saw it. Group: when the call was made. Otherwise equal to 0.</summary>
    public long OccurredAt;

    /// <summary>Forwarded event: its first <c>at</c>; otherwise 0.</summary>
    public long OriginalAt;

    /// <summary>The kind within the kind: <see cref="Records.EventType"/>, <see cref="OutcomeKind"/>, <see cref="FactKind"/>, <see cref="CommandKind"/> or <see cref="GroupKind"/>.</summary>
    public byte SubKind;

    /// <summary>Event: track's event name, page's or screen's name, groupId. Fact, command: the subject. Outcome: the reason or the clicked URL.</summary>
    public ReadOnlySpan<byte> Name;

    /// <summary>Event: messageId as the client gave it. Outcome: the 16 bytes of the message's id.</summary>
    public ReadOnlySpan<byte> MessageId;

    /// <summary>
    /// Event under a <c>u:</c> key: the anonymousId it came with, if any; alias: the previousId. Link and take-over: the other customer's key (with prefix). Group: the member's key, or to a member the group's.
    /// </summary>
    public ReadOnlySpan<byte> OtherId;

    /// <summary>Event: the JSON object of properties (track, page, screen) or traits (identify, group); may be empty. Take-over: the absorbed state. Fill: a state with what is added. Group: the JSON object of traits. Predicted: the numbers.</summary>
    public ReadOnlySpan<byte> Body;

    /// <summary>Event: the JSON object of context, or empty.</summary>
    public ReadOnlySpan<byte> Context;

    /// <summary>Event: the id of the source whose write key it came with. Fact: empty.</summary>
    public ReadOnlySpan<byte> Source;

    /// <summary>Fact: the number it carries (a program version). Fill: the version that introduced what it adds. Group: the revision of the traits, or which one the member holds.</summary>
    public long Number;

    public readonly EventType EventType => (EventType)SubKind;

    public readonly OutcomeKind OutcomeKind => (OutcomeKind)SubKind;

    public readonly FactKind FactKind => (FactKind)SubKind;

    public readonly CommandKind CommandKind => (CommandKind)SubKind;

    public readonly GroupKind GroupKind => (GroupKind)SubKind;

    /// <summary>It is for a group, not for a customer.</summary>
    public readonly bool IsForGroup => Kind == RecordKind.Group && GroupKind is (GroupKind.Joined or GroupKind.Changed or GroupKind.Left);

    public readonly bool IsHistorical => (Flags & RecordFlags.Historical) != 0;

    /// <summary>Reads the record at the start of <paramref name="bytes"/>; returns how many bytes it took.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a record (a damaged log; never the fault of a client).</exception>
    public static int Read(ReadOnlySpan<byte> bytes, out RecordView view)
    {
        view = default;
        var reader = new SpanReader(bytes);
        var length = (int)reader.Varint();
        var start = reader.Position;
        view.CustomerHash = reader.UInt64();
        view.Kind = (RecordKind)reader.Byte();
        view.Flags = (RecordFlags)reader.Byte();
        view.SubKind = reader.Byte();
        view.Key = reader.Text();
        switch (view.Kind)
        {
            case RecordKind.Event:
                view.OccurredAt = reader.ZigZag();
                view.OriginalAt = (view.Flags & RecordFlags.Forwarded) != 0 ? reader.ZigZag() : 0;
                view.Name = reader.Text();
                view.MessageId = reader.Text();
                view.OtherId = reader.Text();
                view.Source = reader.Text();
                view.Body = reader.Text();
                view.Context = reader.Text();
                break;
            case RecordKind.Outcome:
                view.OccurredAt = reader.ZigZag();
                view.MessageId = reader.Text();
                view.Name = reader.Text();
                break;
            case RecordKind.Link:
                view.OtherId = reader.Text();
                break;
            case RecordKind.TakeOver:
                view.OtherId = reader.Text();
                view.Body = reader.Text();
                break;
            case RecordKind.Fact:
                view.Number = reader.ZigZag();
                view.Name = reader.Text();
                break;
            case RecordKind.Fill:
                view.Number = reader.ZigZag();
                view.Body = reader.Text();
                break;
            case RecordKind.Group:
                view.OccurredAt = reader.ZigZag();
                view.Number = reader.ZigZag();
                view.OtherId = reader.Text();
                view.Body = reader.Text();
                break;
            case RecordKind.Predicted:
                view.Body = reader.Text();
                break;
            case RecordKind.Command:
                view.Name = reader.Text();
                break;
            case RecordKind.Timer:
                break;
            default:
                throw new InvalidDataException($"A record of unknown kind {(byte)view.Kind}: the log was written by a newer program, or is damaged.");
        }

        if (reader.Position - start != length)
        {
            throw new InvalidDataException($"A record of kind {view.Kind} says it has {length} bytes but has {reader.Position - start}: the log is damaged.");
        }

        return reader.Position;
    }

    /// <summary>Reads only length, hash and kind: enough to route, sort or skip a record.</summary>
    public static int ReadHead(ReadOnlySpan<byte> bytes, out ulong customerHash, out RecordKind kind)
    {
        var reader = new SpanReader(bytes);
        var length = (int)reader.Varint();
        var end = reader.Position + length;
        customerHash = reader.UInt64();
        kind = (RecordKind)reader.Byte();
        return end;
    }
}
