namespace Triggers.Storage.Lists;

/// <summary>How a message's status is written in a table. Append-only.</summary>
internal static class MessageStatusNames
{
    public static string Of(MessageStatus status) => status switch
    {
        MessageStatus.Queued => "queued",
        MessageStatus.Sent => "sent",
        MessageStatus.Skipped => "skipped",
        MessageStatus.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Not a status."),
    };

    /// <summary>Of all messages of some years few wait, and few failed for good: fewer than any campaign has.</summary>
    public static bool AreFew(MessageStatus? status) => status is MessageStatus.Queued or MessageStatus.Failed;

    public static MessageStatus Read(string name) => name switch
    {
        "queued" => MessageStatus.Queued,
        "sent" => MessageStatus.Sent,
        "skipped" => MessageStatus.Skipped,
        "failed" => MessageStatus.Failed,
        _ => throw new InvalidDataException($"A message has the status '{name}': the store was written by a newer program, or is damaged."),
    };
}
