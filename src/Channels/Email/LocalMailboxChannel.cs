using System.Text;
using Microsoft.Extensions.Logging;

namespace Triggers.Channels.Email;

/// <summary>Keeps mail instead of sending it, so that a newcomer without a mail server sees what would have left.</summary>
public sealed partial class LocalMailboxChannel(IMailKeeper keeper, string from, TimeProvider time, ILogger<LocalMailboxChannel> log) : IChannel
{
    /// <summary>Shown as the sender while none is configured.</summary>
    public const string FromDefault = "triggers@localhost";

    public string Id => "email";

    public async Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellation)
    {
        var sender = new System.Net.Mail.MailAddress(from.Length > 0 ? from : FromDefault);
        if (!MailAddresses.TryReceiver(message, out var receiver, out var reason))
        {
            return SendOutcome.Failed(reason);
        }

        var headers = new StringBuilder().Append("Message-ID: ").Append(MailMessageId.Of(message.MessageId, sender));
        foreach (var (name, value) in message.Headers)
        {
            headers.Append('\n').Append(name).Append(": ").Append(value);
        }

        try
        {
            await keeper.KeepAsync(new KeptMail(
                message.MessageId, sender.ToString(), receiver.ToString(), message.Subject, message.Html, message.Text, headers.ToString(),
                message.Campaign, message.CustomerKey, time.GetUtcNow().ToUnixTimeMilliseconds(), message.IsTest)).WaitAsync(cancellation);
            return SendOutcome.Sent;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return SendOutcome.Retry("the server is stopping");
        }
        catch (Exception e)
        {
            NotKept(message.MessageId, e);
            return SendOutcome.Retry($"the local mailbox could not keep it: {e.Message}");
        }
    }

    [LoggerMessage(2000, LogLevel.Warning, "The local mailbox could not keep message {MessageId}")]
    private partial void NotKept(string messageId, Exception exception);
}
