using Triggers.Engine.Customers;
using Triggers.Engine.Effects;
using Triggers.Engine.Records;

namespace Triggers.Bench;

/// <summary>Records through the machine: 50 segments, scoring, 10 campaigns.</summary>
internal sealed class ApplyStage : IStage
{
    private readonly Dictionary<ulong, Customer> _customers = [];
    private readonly DiscardedEffects _effects = new();
    private readonly Queue<RecordBatch> _batches = new();
    private Facts? _facts;
    private long _offset;
    private long _at = Samples.Now;

    public string Name => "apply";

    public int Operations => Samples.Events;

    public Task SetUpAsync()
    {
        _facts = new Facts(Samples.Program(), new HashSet<string>());
        long id = 0;
        for (var i = 0; i < 100; i++)
        {
            _batches.Enqueue(Samples.Records(ref id));
        }

        return Task.CompletedTask;
    }

    public Task RunAsync()
    {
        var batch = _batches.Dequeue();
        _at += 50;
        foreach (var entry in batch.Entries)
        {
            RecordView.Read(batch.Bytes.Slice(entry.Start, entry.Length), out var record);
            record.At = _at;
            record.Offset = _offset++;
            if (!_customers.TryGetValue(record.CustomerHash, out var customer))
            {
                _customers[record.CustomerHash] = customer = new Customer(System.Text.Encoding.UTF8.GetString(record.Key), record.CustomerHash);
            }

            Machine.Apply(customer, in record, _facts!, _effects);
        }

        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _effects.Records.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Takes effects at no cost of its own.</summary>
    private sealed class DiscardedEffects : IEffects
    {
        public RecordBatch Records { get; } = new();

        public void Count(Counter counter, long delta)
        {
        }

        public void Send(MessageDecision message)
        {
        }

        public void CancelUnsent(string customerKey, string? campaign, string? channel, string reason)
        {
        }

        public void Index(string customerKey, string? email, string? name)
        {
        }

        public void Decide(ReadOnlySpan<byte> customerKey, DecisionKind kind, long at, string subject, string detail)
        {
        }
    }
}
