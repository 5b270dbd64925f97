using System.Text.Json;

namespace Triggers.Web.Ingest;

internal enum WireField : byte
{
    Unknown = 0,
    Type,
    UserId,
    AnonymousId,
    PreviousId,
    GroupId,
    MessageId,
    Event,
    Name,
    Timestamp,
    OriginalTimestamp,
    SentAt,
    Properties,
    Traits,
    Context,
    WriteKey,
    Batch,
}

/// <summary>The field names of the wire format that we read; case-sensitive, as every SDK writes them.</summary>
internal static class WireFields
{
    private const int LongestName = 17;

    public static WireField Find(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return Find(reader.ValueSpan);
        }

        if (reader.ValueSpan.Length > LongestName * 6)
        {
            return WireField.Unknown;
        }

        Span<byte> unescaped = stackalloc byte[LongestName * 6];
        return Find(unescaped[..reader.CopyString(unescaped)]);
    }

    public static WireField Find(ReadOnlySpan<byte> name) => name.Length switch
    {
        4 when name.SequenceEqual("type"u8) => WireField.Type,
        4 when name.SequenceEqual("name"u8) => WireField.Name,
        5 when name.SequenceEqual("event"u8) => WireField.Event,
        5 when name.SequenceEqual("batch"u8) => WireField.Batch,
        6 when name.SequenceEqual("userId"u8) => WireField.UserId,
        6 when name.SequenceEqual("sentAt"u8) => WireField.SentAt,
        6 when name.SequenceEqual("traits"u8) => WireField.Traits,
        7 when name.SequenceEqual("context"u8) => WireField.Context,
        7 when name.SequenceEqual("groupId"u8) => WireField.GroupId,
        8 when name.SequenceEqual("writeKey"u8) => WireField.WriteKey,
        9 when name.SequenceEqual("messageId"u8) => WireField.MessageId,
        9 when name.SequenceEqual("timestamp"u8) => WireField.Timestamp,
        10 when name.SequenceEqual("properties"u8) => WireField.Properties,
        10 when name.SequenceEqual("previousId"u8) => WireField.PreviousId,
        11 when name.SequenceEqual("anonymousId"u8) => WireField.AnonymousId,
        17 when name.SequenceEqual("originalTimestamp"u8) => WireField.OriginalTimestamp,
        _ => WireField.Unknown,
    };
}
