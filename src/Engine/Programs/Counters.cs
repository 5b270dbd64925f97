using System.Collections.Concurrent;
using Triggers.Engine.Effects;

namespace Triggers.Engine.Programs;

/// <summary>The counters that do not depend on definitions. Names: docs/counters.md.</summary>
public static class Counters
{
    public static readonly Counter EventsTotal = new("events/total");
    public static readonly Counter EventsDuplicate = new("events/duplicate");
    public static readonly Counter CustomersTotal = new("customers/total");
    public static readonly Counter CustomersKnown = new("customers/known");
    public static readonly Counter MessagesDecided = new("messages/decided");
    public static readonly Counter MessagesSent = new("messages/sent");
    public static readonly Counter MessagesSkipped = new("messages/skipped");
    public static readonly Counter MessagesFailed = new("messages/failed");
}

/// <summary>What is counted of one step.</summary>
internal sealed class StepCounters(string campaign, string step)
{
    public Counter Reached { get; } = new($"campaign/{campaign}/step/{step}/reached");

    public Counter Sent { get; } = new($"campaign/{campaign}/step/{step}/sent");

    public Counter Opened { get; } = new($"campaign/{campaign}/step/{step}/opened");

    public Counter Clicked { get; } = new($"campaign/{campaign}/step/{step}/clicked");
}

/// <summary>What is counted of one campaign, over all its versions: one instance a name.</summary>
internal sealed class CampaignCounters(string id)
{
    private readonly ConcurrentDictionary<string, Counter> _skipped = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Counter> _revenue = new(StringComparer.Ordinal);
    private readonly Dictionary<ulong, StepCounters> _steps = [];

    public string Id { get; } = id;

    public Counter Entered { get; } = new($"campaign/{id}/entered");

    public Counter Active { get; } = new($"campaign/{id}/active");

    public Counter Completed { get; } = new($"campaign/{id}/completed");

    public Counter Exited { get; } = new($"campaign/{id}/exited");

    public Counter Decided { get; } = new($"campaign/{id}/decided");

    public Counter Sent { get; } = new($"campaign/{id}/sent");

    public Counter Failed { get; } = new($"campaign/{id}/failed");

    public Counter Opened { get; } = new($"campaign/{id}/opened");

    public Counter OpenedTotal { get; } = new($"campaign/{id}/opened-total");

    public Counter Clicked { get; } = new($"campaign/{id}/clicked");

    public Counter ClickedTotal { get; } = new($"campaign/{id}/clicked-total");

    public Counter Unsubscribed { get; } = new($"campaign/{id}/unsubscribed");

    public Counter Bounced { get; } = new($"campaign/{id}/bounced");

    public Counter Complained { get; } = new($"campaign/{id}/complained");

    public Counter Converted { get; } = new($"campaign/{id}/converted");

    public Counter Skipped(string reason) =>
        _skipped.TryGetValue(reason, out var counter) ? counter
        : _skipped.Count >= Limits.SkipReasonsMax ? _skipped.GetOrAdd("other", NewSkipped)
        : _skipped.GetOrAdd(reason, NewSkipped);

    /// <summary>null: too many currencies.</summary>
    public Counter? Revenue(string currency) =>
        _revenue.TryGetValue(currency, out var counter) ? counter
        : _revenue.Count >= Limits.CurrenciesMax ? null
        : _revenue.GetOrAdd(currency, code => new Counter($"campaign/{Id}/revenue/{code}"));

    public StepCounters Step(string stepId)
    {
        var key = Text.Hash64.Of(stepId);
        if (!_steps.TryGetValue(key, out var counters))
        {
            _steps.Add(key, counters = new StepCounters(Id, stepId));
        }

        return counters;
    }

    /// <summary>null: no version in the program has such a step.</summary>
    public StepCounters? FindStep(ulong step) => _steps.GetValueOrDefault(step);

    private Counter NewSkipped(string reason) => new($"campaign/{Id}/skipped/{reason}");
}
