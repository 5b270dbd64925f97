using System.Diagnostics.CodeAnalysis;
using System.Net.Mail;

namespace Triggers.Channels.Email;

/// <summary>Reads a receiver's address strictly: a trait that comes from the public web must never become a second receiver or a header.</summary>
internal static class MailAddresses
{
    /// <param name="reason">Why not, as the reason of a permanent failure.</param>
    public static bool TryReceiver(OutgoingMessage message, [NotNullWhen(true)] out MailAddress? address, out string reason)
    {
        reason = "";
        var text = message.Address.Trim();
        if (!MailAddress.TryCreate(text, out address) || !string.Equals(address.Address, text, StringComparison.Ordinal) || text.Length > 254)
        {
            reason = $"'{message.Address}' is not an e-mail address";
            return false;
        }

        // The framework lets anything stand behind the @ that is no ASCII, line separators too.
        if (address.Host.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
        {
            reason = $"'{message.Address}' has white space behind the @";
            return false;
        }

        if (address.User.Any(c => c > 127))
        {
            reason = $"'{message.Address}' has letters beyond ASCII before the @, which mail servers do not take without SMTPUTF8";
            return false;
        }

        if (message.AddresseeName.Length > 0)
        {
            var name = string.Concat(message.AddresseeName.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
            address = new MailAddress(address.Address, name.Length <= 100 ? name : "", System.Text.Encoding.UTF8);
        }

        return true;
    }

    public static bool HasLineBreak(string text) => text.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0;

    /// <summary>Mail ends its lines with CR LF.</summary>
    public static string Lines(string text) => text.ReplaceLineEndings("\r\n");
}
