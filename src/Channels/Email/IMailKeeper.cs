namespace Triggers.Channels.Email;

/// <summary>Where the local mailbox puts its mail. Channels know no storage: the runtime puts its own behind this.</summary>
public interface IMailKeeper
{
    Task KeepAsync(KeptMail mail);
}

/// <summary>A mail as its receiver would have got it.</summary>
/// <param name="Headers">One a line, <c>Name: value</c>.</param>
/// <param name="At">ms since 1970.</param>
public sealed record KeptMail(string MessageId, string From, string To, string Subject, string Html, string Text, string Headers, string Campaign, string CustomerKey, long At, bool IsTest);
