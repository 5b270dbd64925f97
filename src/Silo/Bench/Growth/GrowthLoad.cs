using System.Globalization;
using System.Text;
using Triggers.Engine.Customers;
using Triggers.Engine.Effects;
using Triggers.Engine.Records;

namespace Triggers.Silo.Bench.Growth;

/// <summary>Customers of one set-up and the events that come for them, applied by the machine one after the other as a partition's loop does.</summary>
internal sealed class GrowthLoad(Engine.Programs.Program program, long from) : IDisposable
{
    /// <summary>Customers whose memory is asked for at once, as the loops do.</summary>
    private const int Ahead = 16;

    private static int s_loads;

    /// <summary>Ids of events differ between loads that hold the same customers: a repeated one would be no event.</summary>
    private readonly int _number = ++s_loads;
    private readonly Facts _facts = new(program, new HashSet<string>(StringComparer.Ordinal));
    private readonly Ignored _effects = new();
    private readonly RecordBatch _batch = new(1 << 20);
    private readonly Dictionary<ulong, Customer> _customers = [];
    private readonly Customer?[] _ahead = new Customer?[Ahead];
    private readonly ByteWriter _state = new(1 << 16);
    private uint _random = 1;
    private long _events;
    private double _stepMs;

    public Engine.Programs.Program Program => program;

    /// <summary>ms since 1970.</summary>
    public long Now { get; set; } = from;

    /// <summary>What the customers' lists lie in.</summary>
    public StateHeap Heap { get; private set; } = new();

    /// <summary>Events that a customer did not count: there must be none.</summary>
    public long Lost { get; private set; }

    public int Count => _customers.Count;

    /// <summary>Makes a batch of events ready, which costs nothing of what is measured.</summary>
    /// <param name="customers">Whom they are of: one of so many, by lot or in turn.</param>
    /// <param name="stepMs">From one to the next.</param>
    public void Prepare(int count, int customers, double stepMs, bool inTurn = false, int first = 0)
    {
        _batch.Clear();
        for (var i = 0; i < count; i++)
        {
            _random = (_random * 1_664_525) + 1_013_904_223;
            var customer = first + (inTurn ? i % customers : (int)(_random >> 4) % customers);
            _batch.AddTrack(
                CustomerKey.User(string.Create(CultureInfo.InvariantCulture, $"c-{customer:00000000}")), GrowthDefinitions.Event, Now + (long)(stepMs * i),
                string.Create(CultureInfo.InvariantCulture, $"growth-{_number:00}-{_events++:000000000}"),
                string.Create(CultureInfo.InvariantCulture, $$"""{"product_id":"p-{{i % 100}}","category":"garden","price":{{(_random >> 8) % 120}}.5,"currency":"USD"}"""));
        }

        _stepMs = stepMs;
    }

    /// <summary>Applies what was prepared to customers in memory; unknown ones begin.</summary>
    public void Apply()
    {
        var entries = _batch.Entries;
        for (var at = 0; at < entries.Length; at++)
        {
            if (at % Ahead == 0)
            {
                Warm(entries.Slice(at, Math.Min(Ahead, entries.Length - at)));
            }

            var record = Read(entries[at], at);
            var customer = _ahead[at % Ahead];
            if (customer is null && !_customers.TryGetValue(record.CustomerHash, out customer))
            {
                _customers[record.CustomerHash] = customer = new Customer(record.Key, record.CustomerHash, Heap);
            }

            Apply(customer, record);
        }

        Now += (long)(_stepMs * entries.Length);
    }

    /// <summary>Applies what was prepared to customers that are read from a store for each event, and leave memory after it.</summary>
    public void ApplyCold(GrowthStore store)
    {
        var entries = _batch.Entries;
        for (var at = 0; at < entries.Length; at++)
        {
            var record = Read(entries[at], at);
            var customer = store.Load(record.CustomerHash, record.Key, Heap);
            Apply(customer, record);
            customer.Release();
        }

        Now += (long)(_stepMs * entries.Length);
    }

    /// <summary>Encodes every customer in memory.</summary>
    /// <param name="take">Hash, due instant and state, which is valid during the call.</param>
    public void Encode(Action<ulong, long, ReadOnlyMemory<byte>> take)
    {
        foreach (var customer in _customers.Values)
        {
            _state.Clear();
            CustomerCodec.Write(customer, _state);
            take(customer.Hash, customer.Due, _state.WrittenMemory);
        }
    }

    /// <summary>Mean bytes of a stored state.</summary>
    public double StateBytes()
    {
        var bytes = 0L;
        Encode((_, _, state) => bytes += state.Length);
        return bytes / (double)Math.Max(1, Count);
    }

    /// <summary>Takes copies of another's customers, whose lists lie in this one's heap.</summary>
    public void TakeAll(GrowthLoad other) => other.Encode((hash, _, state) => _customers.Add(hash, CustomerCodec.Read(state.Span, Heap)));

    /// <summary>Everybody leaves memory.</summary>
    public void Clear()
    {
        _customers.Clear();
        Heap = new StateHeap();
    }

    public void Dispose()
    {
        _batch.Dispose();
        _state.Dispose();
        _effects.Records.Dispose();
    }

    private RecordView Read(in RecordBatch.Entry entry, int at)
    {
        RecordView.Read(_batch.Bytes.Slice(entry.Start, entry.Length), out var record);
        record.At = Now + (long)(_stepMs * at);
        record.Offset = at;
        return record;
    }

    private void Apply(Customer customer, in RecordView record)
    {
        var before = customer.EventTotal;
        Machine.Apply(customer, in record, _facts, _effects);
        Lost += before + 1 - customer.EventTotal;
    }

    private void Warm(ReadOnlySpan<RecordBatch.Entry> entries)
    {
        for (var i = 0; i < entries.Length; i++)
        {
            _ahead[i] = _customers.GetValueOrDefault(entries[i].CustomerHash);
            if (_ahead[i] is { } customer)
            {
                Prefetch.Object(customer, lines: 8);
            }
        }

        for (var i = 0; i < entries.Length; i++)
        {
            _ahead[i]?.Prefetch(whole: false);
        }
    }

    /// <summary>Takes effects at no cost of its own.</summary>
    private sealed class Ignored : IEffects
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
