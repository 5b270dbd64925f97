using Triggers.Channels.Email;
using Triggers.Storage;

namespace Triggers.Runtime.Messages;

/// <summary>Puts the local mailbox of the mail channel into the store, where the dashboard reads it.</summary>
public sealed class MailboxKeeper(IMailbox mailbox) : IMailKeeper
{
    public Task KeepAsync(KeptMail mail) => mailbox.AddAsync(new MailboxItem(
        0, mail.MessageId, mail.From, mail.To, mail.Subject, mail.Html, mail.Text, mail.Headers, mail.Campaign, mail.CustomerKey, mail.At, mail.IsTest));
}
