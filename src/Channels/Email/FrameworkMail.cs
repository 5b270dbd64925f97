using System.Net.Mail;
using System.Net.Mime;
using System.Text;

namespace Triggers.Channels.Email;

/// <summary>Builds the framework's mail from our message: text and HTML as alternatives, everything UTF-8.</summary>
internal static class FrameworkMail
{
    public static MailMessage Build(OutgoingMessage message, MailAddress from, MailAddress to, MailAddress? replyTo)
    {
        var mail = new MailMessage(from, to)
        {
            Subject = message.Subject,
            SubjectEncoding = Encoding.UTF8,
            HeadersEncoding = Encoding.UTF8,
            BodyEncoding = Encoding.UTF8,
            BodyTransferEncoding = TransferEncoding.QuotedPrintable,
        };
        if (replyTo is not null)
        {
            mail.ReplyToList.Add(replyTo);
        }

        mail.Headers["Message-ID"] = MailMessageId.Of(message.MessageId, from);
        foreach (var (name, value) in message.Headers)
        {
            mail.Headers[name] = value;
        }

        if (message.Text.Length == 0)
        {
            mail.Body = MailAddresses.Lines(message.Html);
            mail.IsBodyHtml = true;
            return mail;
        }

        mail.Body = MailAddresses.Lines(message.Text);
        if (message.Html.Length > 0)
        {
            var html = AlternateView.CreateAlternateViewFromString(MailAddresses.Lines(message.Html), Encoding.UTF8, MediaTypeNames.Text.Html);
            html.TransferEncoding = TransferEncoding.QuotedPrintable;
            mail.AlternateViews.Add(html);
        }

        return mail;
    }
}
