using Triggers.Channels;
using Triggers.Engine.Definitions;
using Triggers.Engine.Effects;
using Triggers.Runtime.Messages;
using Triggers.Storage;

namespace Triggers.Runtime.CampaignTests;

/// <summary>Shows the messages of a test as they would be, marked as such; and, if asked, sends them: mails to a test address alone, webhooks to their own.</summary>
/// <param name="channels">null: this process sends nothing.</param>
internal sealed class TestSender(ChannelRegistry? channels, string publicUrl, byte[] secret)
{
    /// <summary>What may not be sent; null: all of it may. Where a test may send to is what the definitions in force say, not what a draft does.</summary>
    public TestAnswer? Refuse(TestRequest request, SendingDefinition sending)
    {
        if ((request.SendTo is not null || request.SendWebhooks) && channels is null)
        {
            return TestAnswer.Refused(TestRefusal.Invalid, "Only a running server sends messages of a test.");
        }

        if (request.SendTo is not { } address || TestAddresses.Cover(sending.TestAddresses, address))
        {
            return null;
        }

        return TestAnswer.Refused(TestRefusal.NoTestAddress, sending.TestAddresses.Count == 0
            ? $"'{address}' is no test address: testAddresses of sending.yaml names none. Add 'testAddresses: [ {address} ]' there, or its domain, and bring the definitions into force."
            : $"'{address}' is no test address: testAddresses of sending.yaml, as it is in force, names {string.Join(", ", sending.TestAddresses)}.");
    }

    public async Task<IReadOnlyList<TestItem>> ShowAsync(IReadOnlyList<TestEntry> entries, DefinitionSet definitions, TestRequest request, CancellationToken cancellation)
    {
        var composer = new MessageComposer(_ => definitions, publicUrl, secret);
        var items = new List<TestItem>(entries.Count);
        var sent = 0;
        foreach (var (item, message) in entries)
        {
            items.Add(message is null ? item : item with { Message = await ShowAsync(message, composer, request, cancellation) });
        }

        return items;

        async Task<TestMessage> ShowAsync(MessageDecision message, MessageComposer composer, TestRequest request, CancellationToken cancellation)
        {
            var isWebhook = message.Channel == "webhook";
            var to = isWebhook ? message.Address : request.SendTo;
            var queued = new QueuedMessage(
                Guid.NewGuid().ToString("N"), message.CustomerKey, message.Campaign, message.CampaignVersion, message.StepId, message.Channel, message.Template, to ?? message.Address, message.Data,
                message.DecidedAt, message.ExpiresAt, 0);
            var composed = composer.Compose(queued, isTest: true);
            if (composed.Message is not { } outgoing)
            {
                return new TestMessage(message.Channel, message.Template, message.Address, "", "", "", composed.Error, null, null);
            }

            var shown = new TestMessage(message.Channel, message.Template, message.Address, outgoing.Subject, outgoing.Html, outgoing.Text, "", null, null);
            if (request.SendTo is null && !request.SendWebhooks)
            {
                return shown;
            }

            if (isWebhook ? !request.SendWebhooks : request.SendTo is null || message.Channel != "email")
            {
                return shown with { Outcome = isWebhook ? "not sent: webhooks of a test are called only if asked" : message.Channel == "email" ? "not sent: no test address was given" : "not sent: only mail and webhooks of a test are sent" };
            }

            if (channels!.Find(message.Channel) is not { } channel)
            {
                return shown with { Outcome = $"not sent: this server has no channel '{message.Channel}'" };
            }

            if (++sent > Limits.TestSendsMax)
            {
                return shown with { Outcome = $"not sent: a test sends {Limits.TestSendsMax} messages at most" };
            }

            var outcome = await channel.SendAsync(outgoing, cancellation);
            var status = outcome.Status == SendStatus.Retry ? "not sent" : outcome.Status.ToString().ToLowerInvariant();
            return shown with { SentTo = outcome.Status == SendStatus.Sent ? outgoing.Address : null, Outcome = outcome.Reason.Length > 0 ? $"{status}: {outcome.Reason}" : status };
        }
    }
}
