namespace Triggers.Web.Ingest;

/// <summary>One event of a request as the parser found it: places in the body, nothing copied.</summary>
internal struct EventSlot
{
    public int Start;
    public int End;
    public JsonSlice Type;
    public JsonSlice UserId;
    public JsonSlice AnonymousId;
    public JsonSlice PreviousId;
    public JsonSlice GroupId;
    public JsonSlice MessageId;
    public JsonSlice Event;
    public JsonSlice Name;
    public JsonSlice Timestamp;
    public JsonSlice OriginalTimestamp;
    public JsonSlice SentAt;
    public JsonSlice Properties;
    public JsonSlice Traits;
    public JsonSlice Context;
    public JsonSlice WriteKey;

    /// <summary>The element of the batch is not an object.</summary>
    public bool IsNoObject;

    /// <summary>It is nested deeper than readers of JSON go.</summary>
    public bool IsTooDeep;

    public readonly ReadOnlySpan<byte> In(ReadOnlySpan<byte> body) => body[Start..End];
}
