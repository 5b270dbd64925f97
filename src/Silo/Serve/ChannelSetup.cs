using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Triggers.Channels;
using Triggers.Channels.Email;
using Triggers.Channels.Webhook;
using Triggers.Runtime.Messages;
using Triggers.Silo.Cli;
using Triggers.Storage;

namespace Triggers.Silo.Serve;

/// <summary>The channels that the configuration asks for.</summary>
/// <param name="Description">How mail leaves, for the start.</param>
/// <param name="IsSmtp">Mail leaves this machine.</param>
/// <param name="WebhookSecret">Where the key of webhooks' signatures stands, for the start.</param>
internal sealed record ChannelSetup(ChannelRegistry Registry, string Description, bool IsSmtp, string WebhookSecret)
{
    /// <param name="localOnly">A demo: mail stays in the local mailbox whatever is configured.</param>
    public static ChannelSetup Create(IConfiguration configuration, DataFolder folder, IStore store, ILoggerFactory logs, bool localOnly)
    {
        var email = EmailChannelFactory.Create(configuration, new MailboxKeeper(store.Mailbox), TimeProvider.System, logs, localOnly);
        var problems = new List<string>(email.Problems);
        var webhook = WebhookOptions.Read(configuration, store.Info.Secret, problems);
        if (email.Channel is null || problems.Count > 0)
        {
            throw new UserErrorException("The configuration has errors:\n" + string.Join('\n', problems.Select(problem => $"  {problem}")));
        }

        var registry = new ChannelRegistry([email.Channel, new WebhookChannel(webhook, TimeProvider.System, logs.CreateLogger<WebhookChannel>())]);
        var secretPath = folder.KeepWebhookSecret(webhook.IsSecretConfigured ? null : webhook.Secret);
        return new ChannelSetup(registry, email.Description, email.IsSmtp, secretPath ?? $"as configured in {WebhookOptions.Section}:Secret");
    }
}
