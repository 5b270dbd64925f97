using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Triggers.Channels.Email;

/// <summary>Decides how mail leaves, by configuration and by what this build has, and says so in a line for the start.</summary>
public static class EmailChannelFactory
{
    /// <summary>Whether this build sends with MailKit.</summary>
#if WITH_MAILKIT
    public static bool HasMailKit => true;
#else
    public static bool HasMailKit => false;
#endif

    /// <param name="localOnly">Mail stays here whatever is configured: a demo.</param>
    public static EmailChannelResult Create(IConfiguration configuration, IMailKeeper keeper, TimeProvider time, ILoggerFactory logs, bool localOnly = false)
    {
        var problems = new List<string>();
        var options = SmtpOptions.Read(configuration, problems);
        if (options.Host.Length > 0 && !HasMailKit && FrameworkSmtpChannel.Refuses(options) is { } refusal)
        {
            problems.Add(refusal);
        }

        if (problems.Count > 0)
        {
            return new EmailChannelResult(null, "", false, problems);
        }

        if (options.Host.Length == 0 || localOnly)
        {
            return new EmailChannelResult(new LocalMailboxChannel(keeper, options.From, time, logs.CreateLogger<LocalMailboxChannel>()), "mail: local mailbox", false, []);
        }

#if WITH_MAILKIT
        return new EmailChannelResult(new MailKitChannel(options, time, logs.CreateLogger<MailKitChannel>()), $"mail: smtp {options.Host}:{options.Port} (MailKit)", true, []);
#else
        return new EmailChannelResult(new FrameworkSmtpChannel(options, time, logs.CreateLogger<FrameworkSmtpChannel>()), $"mail: smtp {options.Host}:{options.Port} (framework client)", true, []);
#endif
    }
}

/// <summary>The channel, or every problem of its configuration; never both.</summary>
/// <param name="Description">For the start: <c>mail: local mailbox</c>.</param>
/// <param name="IsSmtp">Mail leaves this machine: links in it must be reachable from outside.</param>
public sealed record EmailChannelResult(IChannel? Channel, string Description, bool IsSmtp, IReadOnlyList<string> Problems);
