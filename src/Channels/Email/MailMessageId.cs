using System.Net.Mail;

namespace Triggers.Channels.Email;

/// <summary>Gives a message the same Message-ID at every attempt and through every client, so that a receiver recognises a repeat.</summary>
internal static class MailMessageId
{
    public static string Of(string messageId, MailAddress from) => $"<{Bare(messageId, from)}>";

    /// <summary>Without the angle brackets.</summary>
    public static string Bare(string messageId, MailAddress from) => $"{messageId}@{from.Host}";
}
