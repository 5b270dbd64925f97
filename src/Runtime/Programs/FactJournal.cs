using System.Globalization;
using Triggers.Engine.Measuring;
using Triggers.Engine.Records;
using Triggers.Storage;

namespace Triggers.Runtime.Programs;

/// <summary>A fact that was appended to every partition, with the <c>at</c> it got.</summary>
internal readonly record struct PastFact(long At, FactKind Kind, long Number, string Subject);

/// <summary>
/// When each fact came into force, kept as one setting: replays of one customer's past need it, and so does compiling a program (what a version introduces
/// is collecting for customers known before). All partitions get a fact in one append and so with one <c>at</c>. Facts are told one after the other, also by
/// processes that share a store, so their order here is that of the log; what others tell is taken in as soon as the store knows.
/// </summary>
internal sealed class FactJournal
{
    private const string Setting = "facts";

    private readonly ISettingStore _settings;
    private readonly Lock _lock = new();
    private string _text = "";
    private PastFact[] _facts = [];
    private Measures _measures = Measures.None;

    public FactJournal(ISettingStore settings)
    {
        _settings = settings;
        _settings.Changed += Take;
        Take();
    }

    /// <summary>Facts came in, told here or elsewhere: return at once.</summary>
    public event Action? Changed;

    /// <summary>In the order they came into force.</summary>
    public IReadOnlyList<PastFact> All => Volatile.Read(ref _facts);

    /// <summary>What was measured over all customers, where the logs end.</summary>
    public Measures Measures => Volatile.Read(ref _measures);

    /// <summary>The version in force where the logs end; 0: none yet.</summary>
    public int ProgramVersion => NewestOf(All);

    /// <summary>The <c>at</c> of each remembered version's activation.</summary>
    public Dictionary<int, long> Activations()
    {
        var activations = new Dictionary<int, long>();
        foreach (var fact in All)
        {
            if (fact.Kind == FactKind.ProgramActivated)
            {
                activations.TryAdd((int)fact.Number, fact.At);
            }
        }

        return activations;
    }

    public static int NewestOf(IReadOnlyList<PastFact> facts)
    {
        var newest = 0;
        foreach (var fact in facts)
        {
            newest = fact.Kind == FactKind.ProgramActivated ? (int)fact.Number : newest;
        }

        return newest;
    }

    /// <summary>Ids of the campaigns that are paused after these facts.</summary>
    public static HashSet<string> PausedOf(IReadOnlyList<PastFact> facts)
    {
        var paused = new HashSet<string>(StringComparer.Ordinal);
        foreach (var fact in facts)
        {
            _ = fact.Kind switch
            {
                FactKind.CampaignPaused => paused.Add(fact.Subject),
                FactKind.CampaignResumed => paused.Remove(fact.Subject),
                _ => false,
            };
        }

        return paused;
    }

    /// <summary>What was measured over all customers after these facts.</summary>
    public static Measures MeasuresOf(IReadOnlyList<PastFact> facts)
    {
        for (var index = facts.Count - 1; index >= 0; index--)
        {
            if (facts[index] is { Kind: FactKind.Measured } fact)
            {
                return Measures.Parse(fact.Number, fact.At, fact.Subject);
            }
        }

        return Measures.None;
    }

    /// <summary>What was measured last over all customers of a store, without following it.</summary>
    public static Measures ReadMeasures(ISettingStore settings) => MeasuresOf(Parse(settings.Get(Setting) ?? ""));

    /// <summary>Takes in at once what other processes have told.</summary>
    public void Refresh()
    {
        _settings.Refresh();
        Take();
    }

    /// <summary>Tells a fact, or none, by what was told before; nobody else tells one meanwhile.</summary>
    public async Task AddAsync(Func<IReadOnlyList<PastFact>, Task<PastFact?>> tell)
    {
        await _settings.UpdateAsync(Setting, async text =>
        {
            var facts = Parse(text ?? "");
            return await tell(facts) is { } fact ? Print(Bounded([.. facts, fact])) : text;
        });
        Take();
    }

    private void Take()
    {
        lock (_lock)
        {
            var text = _settings.Get(Setting) ?? "";
            if (text == _text)
            {
                return;
            }

            _text = text;
            var facts = Parse(text);
            var measures = MeasuresOf(facts);
            if (measures.Number != _measures.Number)
            {
                Volatile.Write(ref _measures, measures);
            }

            Volatile.Write(ref _facts, facts);
        }

        Changed?.Invoke();
    }

    /// <summary>The oldest go first, but for pauses that still hold; of measurements, which come by themselves, the oldest of their own.</summary>
    private static IEnumerable<PastFact> Bounded(PastFact[] facts)
    {
        var measured = facts.Count(fact => fact.Kind == FactKind.Measured) - Limits.MeasuresRemembered;
        facts = measured <= 0 ? facts : [.. facts.Where(fact => fact.Kind != FactKind.Measured || measured-- <= 0)];
        var excess = facts.Length - Limits.FactJournalMax;
        var paused = excess > 0 ? PausedOf(facts) : [];
        return facts.Where((fact, index) => index >= excess || (fact.Kind == FactKind.CampaignPaused && paused.Contains(fact.Subject)));
    }

    private static string Print(IEnumerable<PastFact> facts) =>
        string.Join('\n', facts.Select(item => string.Create(CultureInfo.InvariantCulture, $"{item.At} {(byte)item.Kind} {item.Number} {item.Subject}")));

    private static PastFact[] Parse(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
        {
            var parts = line.Split(' ', 4);
            return new PastFact(
                long.Parse(parts[0], CultureInfo.InvariantCulture),
                (FactKind)byte.Parse(parts[1], CultureInfo.InvariantCulture),
                long.Parse(parts[2], CultureInfo.InvariantCulture),
                parts[3]);
        }).ToArray();
}
