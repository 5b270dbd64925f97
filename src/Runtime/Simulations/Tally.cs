using Triggers.Engine.Effects;
using Triggers.Engine.Records;

namespace Triggers.Runtime.Simulations;

/// <summary>Takes the effects of a simulation on one thread: nothing of them leaves it but numbers and a few examples.</summary>
/// <param name="from">First instant that counts, ms since 1970.</param>
/// <param name="to">First instant that does not any more.</param>
internal sealed class Tally(long from, long to) : IEffects, IDisposable
{
    private readonly Dictionary<string, CampaignTally> _campaigns = new(StringComparer.Ordinal);
    private readonly Dictionary<Counter, long> _counters = [];

    /// <summary>What was told to other customers and not taken yet.</summary>
    public RecordBatch Records { get; } = new();

    public Dictionary<string, long> Channels { get; } = new(StringComparer.Ordinal);

    public long Applied { get; set; }

    public long Customers { get; set; }

    public long Failures { get; set; }

    public CampaignTally Campaign(string id) =>
        _campaigns.TryGetValue(id, out var campaign) ? campaign : _campaigns[id] = new CampaignTally();

    public long Total(string counter) => _counters.Where(each => each.Key.Name == counter).Sum(each => each.Value);

    public void Count(Counter counter, long delta) => _counters[counter] = _counters.GetValueOrDefault(counter) + delta;

    public void Send(MessageDecision message)
    {
        if (message.DecidedAt >= from && message.DecidedAt < to)
        {
            Campaign(message.Campaign).Send(message);
            Channels[message.Channel] = Channels.GetValueOrDefault(message.Channel) + 1;
        }
    }

    public void Decide(ReadOnlySpan<byte> customerKey, DecisionKind kind, long at, string subject, string detail)
    {
        if (at >= from && at < to && kind is (DecisionKind.CampaignEntered or DecisionKind.CampaignNotEntered or DecisionKind.CampaignCompleted or DecisionKind.CampaignExited or DecisionKind.Converted or DecisionKind.MessageSkipped))
        {
            Campaign(subject).Decide(kind, at, detail);
        }
    }

    public void CancelUnsent(string customerKey, string? campaign, string? channel, string reason)
    {
    }

    public void Index(string customerKey, string? email, string? name)
    {
    }

    public void Add(Tally other)
    {
        Applied += other.Applied;
        Customers += other.Customers;
        Failures += other.Failures;
        foreach (var (id, campaign) in other._campaigns)
        {
            Campaign(id).Add(campaign);
        }

        foreach (var (counter, delta) in other._counters)
        {
            Count(counter, delta);
        }

        foreach (var (channel, messages) in other.Channels)
        {
            Channels[channel] = Channels.GetValueOrDefault(channel) + messages;
        }
    }

    public void Dispose() => Records.Dispose();
}
