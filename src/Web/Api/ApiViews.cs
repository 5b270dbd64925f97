using Triggers.Engine.Definitions;
using Triggers.Engine.Records;
using Triggers.Runtime.Queries;
using Triggers.Storage;

namespace Triggers.Web.Api;

// What the management API shows of the store's rows; the rest is in Triggers.Runtime.Queries.

/// <summary>A list that comes whole.</summary>
public sealed record ItemList<T>(IReadOnlyList<T> Items, string? Next = null);

/// <summary>An event that was answered 200 and not taken in.</summary>
public sealed record RejectedView(long Sequence, DateTimeOffset At, string Source, string Reason, string Payload);

/// <summary>An erasure whose bytes are still being overwritten.</summary>
public sealed record ErasureView(string CustomerKey, DateTimeOffset At);

/// <summary>A mail of the local mailbox, without its content.</summary>
public sealed record MailSummary(string MessageId, string From, string To, string Subject, string Campaign, string CustomerKey, DateTimeOffset At, bool IsTest);

/// <summary>A mail of the local mailbox.</summary>
public sealed record MailView(
    string MessageId, string From, string To, string Subject, string Campaign, string CustomerKey, DateTimeOffset At, bool IsTest, string Html, string Text, string Headers);

/// <summary>The definitions in force.</summary>
/// <param name="Folder">How the server's folder stands to them: <c>same</c>, <c>differs</c> or <c>none</c>.</param>
/// <param name="TestAddresses">Where messages of a test may go: addresses, and domains that begin with @.</param>
public sealed record DefinitionsView(
    int Version,
    string Folder,
    DateTimeOffset? SavedAt,
    IReadOnlyList<SourceView> Sources,
    IReadOnlyList<IdView> Segments,
    IReadOnlyList<IdView> Campaigns,
    IReadOnlyList<IdView> Templates,
    IReadOnlyList<DefinitionFile> Files,
    IReadOnlyList<string> TestAddresses);

/// <param name="WriteKey">What its SDK is set up with.</param>
public sealed record SourceView(string Id, string Name, string WriteKey, string Currency)
{
    internal static SourceView Of(SourceDefinition source) => new(source.Id, source.Name, source.WriteKey, source.Currency);
}

public sealed record IdView(string Id);

/// <summary>Where a test message went, and what came of it.</summary>
public sealed record TestSendView(string Outcome);

public sealed record PreviewRequest(string? Customer);

public sealed record TestSendRequest(string? Customer, string? To);

/// <summary>What one call of the import API did.</summary>
/// <param name="Accepted">Events that are in the log now.</param>
/// <param name="Rejected">Lines that cannot be taken in.</param>
/// <param name="NextRow">Where the import's journal stands.</param>
/// <param name="AlreadyImported">The journal stood elsewhere than at the first row given: nothing changed.</param>
public sealed record ImportResult(long Accepted, IReadOnlyList<RejectedLine> Rejected, long NextRow, bool AlreadyImported);

/// <param name="Line">Line of the request's body, from 0.</param>
public sealed record RejectedLine(int Line, string Reason);

/// <param name="NextRow">The first row that is not in yet.</param>
public sealed record ImportProgress(long NextRow);

/// <summary>The JSON Schema of one kind of definition file.</summary>
/// <param name="Id">sources, segments, scoring, sending, campaign.</param>
/// <param name="Path">Which files it is for.</param>
public sealed record SchemaView(string Id, string Path, System.Text.Json.JsonElement Schema);

internal static class ViewsOfRows
{
    public static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    public static MessageView Of(MessageRow row) => new(
        row.MessageId, new CustomerKey(row.CustomerKey).Id, row.Campaign, row.StepId, row.Channel, row.Template, row.Address,
        StatusText(row.Status), row.Reason, row.Attempts, Time(row.DecidedAt), row.ClosedAt == 0 ? null : Time(row.ClosedAt));

    public static RejectedView Of(RejectedEvent row) => new(row.Sequence, Time(row.At), row.Source, row.Reason, row.Payload);

    public static ErasureView Of(PendingErasure row) => new(row.CustomerKey, Time(row.At));

    public static MailSummary SummaryOf(MailboxItem item) => new(item.MessageId, item.From, item.To, item.Subject, item.Campaign, item.CustomerKey, Time(item.At), item.IsTest);

    public static MailView Of(MailboxItem item) => new(
        item.MessageId, item.From, item.To, item.Subject, item.Campaign, item.CustomerKey, Time(item.At), item.IsTest, item.Html, item.Text, item.Headers);

    public static string StatusText(MessageStatus status) => status switch
    {
        MessageStatus.Queued => "queued",
        MessageStatus.Sent => "sent",
        MessageStatus.Skipped => "skipped",
        _ => "failed",
    };

    public static bool TryReadStatus(string text, out MessageStatus status)
    {
        status = text switch
        {
            "queued" => MessageStatus.Queued,
            "sent" => MessageStatus.Sent,
            "skipped" => MessageStatus.Skipped,
            "failed" => MessageStatus.Failed,
            _ => 0,
        };
        return status != 0;
    }
}
