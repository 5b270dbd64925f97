namespace Triggers.Channels;

/// <summary>One way to reach a person. A channel is a folder, one line in <see cref="ChannelRegistry"/>, and a test that inherits the compliance suite.</summary>
public interface IChannel
{
    /// <summary>As definitions name it: <c>email</c>, <c>webhook</c>.</summary>
    string Id { get; }

    /// <summary>Messages handed over at once. The usual number is what one mail server takes without complaint.</summary>
    int AtOnceMax => 8;

    /// <summary>Hands the message over. Operating errors are outcomes, never exceptions; called concurrently.</summary>
    Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellation);
}

/// <summary>A rendered message. The same MessageId is given at every attempt and must reach the receiver, so that a repeat can be recognised.</summary>
/// <param name="Address">E-mail address, or URL of a webhook.</param>
/// <param name="Headers">Extra headers such as List-Unsubscribe; names as the channel sends them.</param>
/// <param name="IsTest">A test send: marked so in what is kept.</param>
public sealed record OutgoingMessage(
    string MessageId,
    string CustomerKey,
    string Campaign,
    string Template,
    string Address,
    string AddresseeName,
    string Subject,
    string Html,
    string Text,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    long DecidedAt,
    bool IsTest);

public enum SendStatus
{
    Sent = 1,

    /// <summary>A passing failure: try again later.</summary>
    Retry = 2,

    /// <summary>A permanent failure: a dead letter.</summary>
    Failed = 3,

    /// <summary>Not to be sent at all (no address, refused by us).</summary>
    Skipped = 4,
}

/// <param name="Reason">What the other side said, in words a person can act on; empty for Sent.</param>
/// <param name="RetryAfter">Asked for by the other side; null: our own back-off.</param>
/// <param name="IsPutOff">A retry without an attempt, since another message is finding out: thousands may wait so, and the log tells of those that were tried.</param>
public readonly record struct SendOutcome(SendStatus Status, string Reason, TimeSpan? RetryAfter = null, bool IsPutOff = false)
{
    public static readonly SendOutcome Sent = new(SendStatus.Sent, "");

    public static SendOutcome Retry(string reason, TimeSpan? after = null) => new(SendStatus.Retry, PeerText.OneLine(reason), after);

    public static SendOutcome PutOff(string reason, TimeSpan? after = null) => Retry(reason, after) with { IsPutOff = true };

    public static SendOutcome Failed(string reason) => new(SendStatus.Failed, PeerText.OneLine(reason));

    public static SendOutcome Skipped(string reason) => new(SendStatus.Skipped, reason);
}
