using System.Text;
using Triggers.Engine.Customers;
using Triggers.Engine.Definitions;
using Triggers.Engine.Effects;
using Triggers.Engine.Expressions;
using Triggers.Engine.Measuring;
using Triggers.Engine.Programs;
using Triggers.Engine.Records;

namespace Triggers.Engine.Tests.Customers;

/// <summary>A tiny runtime: one partition in memory, records applied in order, records for others behind them, every effect kept.</summary>
internal sealed class World : IEffects
{
    public const long Day = 86_400_000, Hour = 3_600_000, Minute = 60_000, Second = 1_000;

    /// <summary>2026-01-05 10:00:00 UTC, a Monday.</summary>
    public const long Start = 1_767_607_200_000;

    private readonly List<ProgramVersion> _history = [];
    private readonly HashSet<string> _paused = new(StringComparer.Ordinal);
    private readonly Queue<byte[]> _pending = new();
    private long _offset;

    public World(DefinitionSet definitions, long now = Start)
    {
        Now = now;
        Activate(definitions);
    }

    /// <summary>All customers of a world share one, as those of a partition do.</summary>
    public StateHeap Heap { get; } = new();

    /// <summary>Passes every customer through the codec before each record.</summary>
    public bool RoundTrips { get; init; }

    public long Now { get; set; }

    public Facts Facts { get; private set; } = null!;

    public SortedDictionary<string, Customer> Customers { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, long> Counters { get; } = new(StringComparer.Ordinal);

    public List<MessageDecision> Messages { get; } = [];

    public List<Decision> Decisions { get; } = [];

    public List<string> Cancelled { get; } = [];

    public List<string> Indexed { get; } = [];

    /// <summary>Every effect as a line, in order.</summary>
    public List<string> Trace { get; } = [];

    /// <summary>Every record, with its customer as it stood before and the decisions it led to.</summary>
    public List<(byte[] Before, byte[] Record, long At, long Offset, Decision[] Decisions)> Applied { get; } = [];

    /// <summary>Keeps <see cref="Applied"/>.</summary>
    public bool KeepsApplied { get; init; }

    public RecordBatch Records { get; } = new();

    public Program Program => Facts.Program;

    public long this[string counter] => Counters.GetValueOrDefault(counter);

    public string Templates => string.Join(' ', Messages.Select(message => message.Template));

    public Customer Of(string key) => Customers[key];

    public static DefinitionSet Define(
        IEnumerable<(string Id, string When)>? segments = null,
        ScoringDefinition? scoring = null,
        LifecycleDefinition? lifecycle = null,
        SendingDefinition? sending = null,
        params CampaignDefinition[] campaigns) => new()
        {
            Sources = [new SourceDefinition("test", "test", "Test", "USD")],
            Segments = [.. (segments ?? []).Select(item => new SegmentDefinition(item.Id, item.Id, "", Parse(item.When)))],
            Scoring = scoring ?? new ScoringDefinition(),
            Lifecycle = lifecycle ?? new LifecycleDefinition(),
            Sending = sending ?? new SendingDefinition(),
            Campaigns = campaigns,
        };

    public static Expr Parse(string text, ExpressionScope? scope = null) => Valid(text, ExpressionParser.Parse(text, scope ?? ExpressionScope.Customer));

    public static IReadOnlyList<ComputedTraitDefinition> Computed(params (string Id, string Value)[] traits) =>
        [.. traits.Select(item => new ComputedTraitDefinition(item.Id, item.Id, "", Valid(item.Value, ExpressionParser.ParseValue(item.Value, ExpressionScope.ComputedTrait))))];

    public void Activate(DefinitionSet definitions)
    {
        _history.Add(new ProgramVersion(_history.Count + 1, definitions, Now));
        Facts = new Facts(Program.Compile([.. _history]).With(Facts?.Program.Measures ?? Measures.None), _paused);
    }

    /// <summary>What was measured over all customers comes into force.</summary>
    public void Tell(IEnumerable<KeyValuePair<ulong, double>> numbers) =>
        Facts = Facts with { Program = Program.With(new Measures(Program.Measures.Number + 1, Now, numbers)) };

    public void Pause(string campaign) => _paused.Add(campaign);

    public World Wait(long ms)
    {
        Now += ms;
        return this;
    }

    public World Track(string key, string name, string properties = "{}", string messageId = "", long? at = null, string device = "", bool historical = false)
    {
        using var batch = new RecordBatch();
        batch.AddTrack(new CustomerKey(key), name, at ?? Now, messageId, properties, device, historical ? RecordFlags.Historical : RecordFlags.None);
        return Apply(batch);
    }

    public World Send(string key, EventType type, string body = "{}", string other = "", string name = "", string messageId = "", long? at = null, bool historical = false)
    {
        using var batch = new RecordBatch();
        var flags = (messageId.Length == 0 ? RecordFlags.GeneratedId : RecordFlags.None) | (historical ? RecordFlags.Historical : RecordFlags.None);
        batch.AddEvent(Utf8(key), type, flags, at ?? Now, Utf8(name), Utf8(messageId), Utf8(other), "test"u8, Utf8(body), []);
        return Apply(batch);
    }

    /// <summary>With a context, as SDKs send it.</summary>
    public World TrackFrom(string key, string name, string context, string properties = "{}", string messageId = "", long? at = null)
    {
        using var batch = new RecordBatch();
        batch.AddEvent(Utf8(key), EventType.Track, messageId.Length == 0 ? RecordFlags.GeneratedId : RecordFlags.None, at ?? Now, Utf8(name), Utf8(messageId), [], "test"u8, Utf8(properties), Utf8(context));
        return Apply(batch);
    }

    public World Identify(string key, string traits, string device = "", long? at = null) => Send(key, EventType.Identify, traits, device, at: at);

    public World Outcome(MessageDecision message, OutcomeKind kind, string detail = "")
    {
        using var batch = new RecordBatch();
        batch.AddOutcome(Utf8(message.CustomerKey), kind, Now, System.Convert.FromHexString(message.MessageId), detail);
        return Apply(batch);
    }

    public World Command(string key, CommandKind kind, string subject = "")
    {
        using var batch = new RecordBatch();
        batch.AddCommand(Utf8(key), kind, subject);
        return Apply(batch);
    }

    public World Timer(string key)
    {
        using var batch = new RecordBatch();
        batch.AddTimer(Utf8(key));
        return Apply(batch);
    }

    /// <summary>Moves the clock to an instant, waking every customer at each of its due instants on the way, as the runtime's timers do.</summary>
    public World RunTo(long instant)
    {
        while (Customers.Values.MinBy(customer => customer.Due) is { } next && next.Due <= instant)
        {
            Now = Math.Max(Now, next.Due);
            Timer(next.Key);
        }

        Now = Math.Max(Now, instant);
        return this;
    }

    public World Apply(RecordBatch batch)
    {
        Append(batch);
        while (_pending.TryDequeue(out var bytes))
        {
            ApplyOne(bytes);
        }

        return this;
    }

    /// <summary>Applies one encoded record and gives back those it made for others, for tests that choose their order.</summary>
    public List<byte[]> ApplyOne(byte[] bytes, bool queueOthers = true)
    {
        RecordView.Read(bytes, out var view);
        view.At = Now;
        view.Offset = _offset++;
        var key = Encoding.UTF8.GetString(view.Key);
        if (!Customers.TryGetValue(key, out var customer))
        {
            customer = new Customer(view.Key, view.CustomerHash, Heap);
        }
        else if (RoundTrips)
        {
            var before = customer;
            customer = CustomerCodec.Read(BytesOf(before), Heap);
            before.Release();
        }

        Customers[key] = customer;
        var (stateBefore, decided) = (KeepsApplied ? BytesOf(customer) : [], Decisions.Count);
        Machine.Apply(customer, in view, Facts, this);
        if (KeepsApplied)
        {
            Applied.Add((stateBefore, bytes, view.At, view.Offset, [.. Decisions.Skip(decided)]));
        }

        var others = Split(Records);
        Records.Clear();
        if (queueOthers)
        {
            others.ForEach(_pending.Enqueue);
        }

        return others;
    }

    public static Customer RoundTrip(Customer customer) => CustomerCodec.Read(BytesOf(customer));

    public static byte[] BytesOf(Customer customer)
    {
        using var writer = new ByteWriter();
        CustomerCodec.Write(customer, writer);
        return writer.Written.ToArray();
    }

    public static List<byte[]> Split(RecordBatch batch)
    {
        var records = new List<byte[]>();
        foreach (var entry in batch.Entries)
        {
            records.Add(batch.Bytes.Slice(entry.Start, entry.Length).ToArray());
        }

        return records;
    }

    public void Count(Counter counter, long delta)
    {
        Counters[counter.Name] = Counters.GetValueOrDefault(counter.Name) + delta;
        Trace.Add($"{counter.Name} {delta:+0;-0}");
    }

    public void Send(MessageDecision message)
    {
        Messages.Add(message);
        Trace.Add($"send {message.MessageId} {message.CustomerKey} {message.Campaign} {message.StepId} {message.Address} {message.DecidedAt} {Encoding.UTF8.GetString(message.Data)}");
    }

    public void CancelUnsent(string customerKey, string? campaign, string? channel, string reason)
    {
        Cancelled.Add($"{customerKey} {campaign} {channel} {reason}");
        Trace.Add("cancel " + Cancelled[^1]);
    }

    public void Index(string customerKey, string? email, string? name)
    {
        Indexed.Add($"{customerKey} {email} {name}");
        Trace.Add("index " + Indexed[^1]);
    }

    public void Decide(ReadOnlySpan<byte> customerKey, DecisionKind kind, long at, string subject, string detail)
    {
        var decision = new Decision(kind, Encoding.UTF8.GetString(customerKey), at, subject, detail);
        Decisions.Add(decision);
        Trace.Add($"{decision.Kind} {decision.CustomerKey} {decision.At} {decision.Subject} {decision.Detail}");
    }

    /// <summary>Told, like whatever nobody keeps, to those alone who tell the past.</summary>
    public void Branch(ReadOnlySpan<byte> customerKey, long at, string campaign, string stepId, int number)
    {
        if (KeepsApplied)
        {
            Decisions.Add(new Decision(DecisionKind.BranchTaken, Encoding.UTF8.GetString(customerKey), at, campaign, Decision.BranchDetail(stepId, number)));
        }
    }

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static Expr Valid(string text, ExpressionResult result) => result.Expression ?? throw new InvalidOperationException($"{text}: {string.Join("; ", result.Errors)}");

    private void Append(RecordBatch batch) => Split(batch).ForEach(_pending.Enqueue);
}
