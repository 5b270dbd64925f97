using System.Text;
using Triggers.Channels;
using Triggers.Engine.Customers;
using Triggers.Engine.Definitions;
using Triggers.Engine.Records;
using Triggers.Runtime.Definitions;
using Triggers.Runtime.Lists;
using Triggers.Runtime.Live;
using Triggers.Runtime.Loop;
using Triggers.Runtime.Messages;
using Triggers.Runtime.Outbox;
using Triggers.Runtime.Programs;
using Triggers.Storage;

namespace Triggers.Runtime.Queries;

/// <summary>Orders from people, turned into records, facts and settings.</summary>
internal sealed class CommandService(
    IStore store,
    Appender appender,
    FactJournal journal,
    IDefinitions definitions,
    ProgramLibrary library,
    OutboxPump pump,
    SendingPause pause,
    CoalescedFeed feed,
    CampaignPauses pauses,
    CustomerReader reader,
    ChannelRegistry channels,
    IMessageComposer composer,
    TimeProvider time) : ICommands
{
    private readonly PartsReader _parts = new(store, reader);

    public Task<bool> SuppressAsync(string customerId, bool suppressed, CancellationToken cancellation) =>
        CommandAsync(customerId, suppressed ? CommandKind.Suppress : CommandKind.Unsuppress, cancellation);

    public async Task<bool> EraseAsync(string customerId, CancellationToken cancellation)
    {
        var erased = false;

        // Nobody is told of a list between the place on it and the order.
        await store.Settings.UpdateAsync(ListTeller.Turn, async _ =>
        {
            erased = await reader.FindAsync(customerId, cancellation) is { } customer ? await EraseAsync(customer, cancellation) : await EraseRestAsync(customerId, cancellation);
            return null;
        });
        return erased;
    }

    public async Task<bool> EraseGroupAsync(string groupId, CancellationToken cancellation)
    {
        if (await reader.ReadGroupAsync(groupId, cancellation) is null)
        {
            return false;
        }

        using var batch = new RecordBatch(256);
        batch.AddCommand(Encoding.UTF8.GetBytes(CustomerKey.Group(groupId).Text), CommandKind.Erase, "");
        await appender.AppendAsync(batch, cancellation);
        return true;
    }

    public async Task<bool> PauseCampaignAsync(string campaignId, bool paused, CancellationToken cancellation)
    {
        if (!definitions.Current.Campaigns.Any(campaign => campaign.Id == campaignId))
        {
            return false;
        }

        if (pauses.IsPaused(campaignId) == paused)
        {
            return true;
        }

        var kind = paused ? FactKind.CampaignPaused : FactKind.CampaignResumed;
        await journal.AddAsync(async facts => FactJournal.PausedOf(facts).Contains(campaignId) == paused
            ? null
            : new PastFact(await appender.AppendFactAsync(Enumerable.Range(0, store.Log.Partitions), kind, 0, campaignId, cancellation), kind, 0, campaignId));
        feed.Wake();
        return true;
    }

    public Task PauseSendingAsync(bool paused, CancellationToken cancellation) => pause.SetAsync(paused);

    public async Task<int> SkipQueuedAsync(DateTimeOffset decidedBefore, CancellationToken cancellation)
    {
        var skipped = await store.Outbox.CancelAsync(decidedBefore.ToUnixTimeMilliseconds(), time.GetUtcNow().ToUnixTimeMilliseconds(), "may have been sent before");
        await pump.PutBackAsync();
        return skipped;
    }

    public async Task<bool> ResendAsync(string messageId, CancellationToken cancellation)
    {
        if (store.Messages.Find(messageId) is not { } message)
        {
            return false;
        }

        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (!await store.Outbox.ResendAsync(messageId, now, now + definitions.Current.Sending.ExpireAfterMs, await WhyNotAsync(message, cancellation)))
        {
            return false;
        }

        await pump.PutBackAsync();
        return true;
    }

    public async Task<bool> RecordOutcomeAsync(string messageId, OutcomeKind kind, string detail, CancellationToken cancellation)
    {
        if (store.Messages.Find(messageId) is not { } message)
        {
            return false;
        }

        using var batch = new RecordBatch(256);
        batch.AddOutcome(Encoding.UTF8.GetBytes(message.CustomerKey), kind, time.GetUtcNow().ToUnixTimeMilliseconds(), Convert.FromHexString(messageId), detail);
        await appender.AppendAsync(batch, cancellation);
        return true;
    }

    public async Task<PreviewView?> PreviewAsync(string templateId, string customerId, CancellationToken cancellation)
    {
        if (await TestMessageAsync(templateId, customerId, "preview@example.com", cancellation) is not { } message)
        {
            return null;
        }

        var composed = composer.Compose(message, isTest: true);
        if (composed.Message is not { } outgoing)
        {
            return new PreviewView("", "", composed.Error, new Dictionary<string, string>(StringComparer.Ordinal));
        }

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in outgoing.Headers)
        {
            headers[name] = value;
        }

        return new PreviewView(outgoing.Subject, outgoing.Html, outgoing.Text, headers);
    }

    public async Task<string?> TestSendAsync(string templateId, string customerId, string address, CancellationToken cancellation)
    {
        if (await TestMessageAsync(templateId, customerId, address, cancellation) is not { } message)
        {
            return null;
        }

        var composed = composer.Compose(message, isTest: true);
        if (composed.Message is not { } outgoing)
        {
            return $"failed: {composed.Error}";
        }

        if (channels.Find(message.Channel) is not { } channel)
        {
            return $"failed: this server has no channel '{message.Channel}'";
        }

        var outcome = await channel.SendAsync(outgoing, cancellation);
        var status = outcome.Status.ToString().ToLowerInvariant();
        return outcome.Reason.Length > 0 ? $"{status}: {outcome.Reason}" : status;
    }

    /// <summary>Why a dead letter must not go out any more: what cancels messages that are queued came while it was not. null: it may.</summary>
    private async Task<string?> WhyNotAsync(MessageRow message, CancellationToken cancellation)
    {
        if (pauses.IsPaused(message.Campaign) || !definitions.Current.Campaigns.Any(campaign => campaign.Id == message.Campaign && campaign.Status == CampaignStatus.Live))
        {
            return "campaign paused";
        }

        if (await reader.ReadAsync(new CustomerKey(message.CustomerKey), cancellation) is not { } customer)
        {
            return null;
        }

        return customer.IsSuppressed ? "suppressed" : customer.OptedOut.Contains(message.Channel, StringComparer.Ordinal) ? "unsubscribed" : null;
    }

    private async Task<bool> EraseAsync(Customer customer, CancellationToken cancellation)
    {
        using var batch = new RecordBatch(256);
        foreach (var key in await _parts.ReadAsync(customer.Key, customer.AbsorbedKeys, cancellation))
        {
            await ForgetListsAsync(key);
            batch.AddCommand(Encoding.UTF8.GetBytes(key), CommandKind.Erase, "");
        }

        if (!customer.IsAnonymous)
        {
            foreach (var split in customer.SplitKeys)
            {
                batch.AddCommand(Encoding.UTF8.GetBytes(split), CommandKind.Split, "");
            }
        }

        await appender.AppendAsync(batch, cancellation);
        return true;
    }

    /// <summary>No customer has the id, but somebody put it on a list, or keys are left that led to one who is gone.</summary>
    private async Task<bool> EraseRestAsync(string customerId, CancellationToken cancellation)
    {
        var listed = customerId.StartsWith("u:", StringComparison.Ordinal) ? new CustomerKey(customerId) : CustomerKey.User(customerId);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        if (await store.Lists.ForgetAsync(listed.Id))
        {
            keys.Add(listed.Text);
        }

        foreach (var key in CustomerReader.KeysOf(customerId))
        {
            if (await reader.PeekAsync(key, cancellation) is { IsEmpty: false })
            {
                keys.UnionWith(await _parts.ReadAsync(key.Text, [], cancellation));
            }
        }

        if (keys.Count == 0)
        {
            return false;
        }

        using var batch = new RecordBatch(256);
        foreach (var key in keys)
        {
            batch.AddCommand(Encoding.UTF8.GetBytes(key), CommandKind.Erase, "");
        }

        await appender.AppendAsync(batch, cancellation);
        return true;
    }

    private async Task<bool> CommandAsync(string customerId, CommandKind kind, CancellationToken cancellation)
    {
        if (await reader.FindAsync(customerId, cancellation) is not { } customer)
        {
            return false;
        }

        using var batch = new RecordBatch(256);
        batch.AddCommand(Encoding.UTF8.GetBytes(customer.Key), kind, "");
        await appender.AppendAsync(batch, cancellation);
        return true;
    }

    private async Task ForgetListsAsync(string key)
    {
        if (key.StartsWith("u:", StringComparison.Ordinal))
        {
            await store.Lists.ForgetAsync(key[2..]);
        }
    }

    /// <summary>A message that no campaign decided, with the customer's data as it is now.</summary>
    private async Task<QueuedMessage?> TestMessageAsync(string templateId, string customerId, string address, CancellationToken cancellation)
    {
        var template = definitions.Current.Templates.FirstOrDefault(item => item.Id == templateId);
        if (template is null || await reader.FindAsync(customerId, cancellation) is not { } customer)
        {
            return null;
        }

        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var (campaign, channel) = UseOf(template);
        return new QueuedMessage(
            Guid.NewGuid().ToString("N"), customer.Key, campaign, definitions.Version, "test", channel, templateId, address,
            CustomerViews.TemplateData(customer, library.Now(definitions.Version), now), now, long.MaxValue, 0);
    }

    /// <summary>Where the template is used: a template is of the channel that sends it.</summary>
    private (string Campaign, string Channel) UseOf(TemplateDefinition template)
    {
        foreach (var campaign in definitions.Current.Campaigns)
        {
            if (Find(campaign.Steps, template.Id) is { } channel)
            {
                return (campaign.Id, channel);
            }
        }

        return ("", "email");
    }

    private static string? Find(IReadOnlyList<StepDefinition> steps, string template)
    {
        foreach (var step in steps)
        {
            var found = step switch
            {
                SendStep send when send.Template == template => send.Channel,
                WaitUntilStep wait => Find(wait.Then, template) ?? Find(wait.Otherwise, template),
                BranchStep branch => branch.Cases.Select(item => Find(item.Then, template)).FirstOrDefault(channel => channel is not null) ?? Find(branch.Otherwise, template),
                _ => null,
            };
            if (found is not null)
            {
                return found;
            }
        }

        return null;
    }
}
