using Triggers.Engine.Effects;
using Triggers.Engine.Text;

namespace Triggers.Runtime.Simulations;

/// <summary>What one campaign did in a simulation, as one thread saw it; tallies add up.</summary>
internal sealed class CampaignTally
{
    private const int ExamplesMax = 10;

    private readonly SortedDictionary<string, long> _notEntered = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _skipped = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SimulatedStep> _steps = new(StringComparer.Ordinal);
    private readonly SortedDictionary<DateOnly, (long Entered, long Messages)> _days = [];
    private readonly HashSet<ulong> _sent = [];
    private readonly SortedDictionary<ulong, SimulatedExample> _examples = [];
    private long _entered, _completed, _exited, _converted, _messages;

    public void Decide(DecisionKind kind, long at, string detail)
    {
        switch (kind)
        {
            case DecisionKind.CampaignEntered:
                _entered++;
                AddDay(DayOf(at), (1, 0));
                break;
            case DecisionKind.CampaignNotEntered:
                _notEntered[detail] = _notEntered.GetValueOrDefault(detail) + 1;
                break;
            case DecisionKind.CampaignCompleted:
                _completed++;
                break;
            case DecisionKind.CampaignExited:
                _exited++;
                break;
            case DecisionKind.Converted:
                _converted++;
                break;
            case DecisionKind.MessageSkipped:
                _skipped[detail] = _skipped.GetValueOrDefault(detail) + 1;
                break;
        }
    }

    public void Send(MessageDecision message)
    {
        _messages++;
        AddDay(DayOf(message.DecidedAt), (0, 1));
        _sent.Add(KeyOf(message.CustomerKey, message.StepId));
        AddStep(new SimulatedStep(message.StepId, message.Channel, message.Template, 1));
        AddExample(Hash64.Of(message.CustomerKey), new SimulatedExample(message.CustomerKey, message.StepId, message.Template, message.Address, DateTimeOffset.FromUnixTimeMilliseconds(message.DecidedAt)));
    }

    public void Add(CampaignTally other)
    {
        _entered += other._entered;
        _completed += other._completed;
        _exited += other._exited;
        _converted += other._converted;
        _messages += other._messages;
        _sent.UnionWith(other._sent);
        foreach (var (reason, count) in other._notEntered)
        {
            _notEntered[reason] = _notEntered.GetValueOrDefault(reason) + count;
        }

        foreach (var (reason, count) in other._skipped)
        {
            _skipped[reason] = _skipped.GetValueOrDefault(reason) + count;
        }

        foreach (var (day, counts) in other._days)
        {
            AddDay(day, counts);
        }

        foreach (var step in other._steps.Values)
        {
            AddStep(step);
        }

        foreach (var (hash, example) in other._examples)
        {
            AddExample(hash, example);
        }
    }

    /// <param name="then">Customer and step of each message that the server decided in the same time.</param>
    public SimulatedCampaign Report(string id, IReadOnlyCollection<(string Customer, string Step)> then)
    {
        var sentThen = then.Select(message => KeyOf(message.Customer, message.Step)).ToHashSet();
        var both = sentThen.Count(_sent.Contains);
        return new SimulatedCampaign(
            id, _entered, _notEntered, _completed, _exited, _converted, _messages, _skipped,
            [.. _steps.Values.OrderBy(step => step.Step, StringComparer.Ordinal)],
            [.. _days.Select(day => new SimulatedDay(day.Key, day.Value.Entered, day.Value.Messages))],
            new SentThen(then.Count, both, _sent.Count - both, sentThen.Count - both),
            [.. _examples.Values]);
    }

    private static ulong KeyOf(string customer, string step) => Hash64.Of($"{customer}\n{step}");

    private static DateOnly DayOf(long at) => DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(at).UtcDateTime);

    private void AddDay(DateOnly day, (long Entered, long Messages) more)
    {
        var counts = _days.GetValueOrDefault(day);
        _days[day] = (counts.Entered + more.Entered, counts.Messages + more.Messages);
    }

    private void AddStep(SimulatedStep more) => _steps[more.Step] = more with { Messages = more.Messages + (_steps.GetValueOrDefault(more.Step)?.Messages ?? 0) };

    /// <summary>Those of the lowest hashes, each customer's first: the same ones however the work was shared out.</summary>
    private void AddExample(ulong hash, SimulatedExample example)
    {
        if (_examples.GetValueOrDefault(hash) is not { } known || example.At < known.At)
        {
            _examples[hash] = example;
        }

        if (_examples.Count > ExamplesMax)
        {
            _examples.Remove(_examples.Keys.Last());
        }
    }
}
