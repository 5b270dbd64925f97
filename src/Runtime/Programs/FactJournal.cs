using System.Globalization;
using Triggers.Engine.Records;
using Triggers.Storage;

namespace Triggers.Runtime.Programs;

/// <summary>A fact that was appended to every partition, with the <c>at</c> it got.</summary>
internal readonly record struct PastFact(long At, FactKind Kind, long Number, string Subject);

/// <summary>
/// When each fact came into force, kept as one setting: replays of one customer's past need it, and so does compiling a program (what a version introduces
/// is collecting for customers known before). All partitions get a fact in one append and so with one <c>at</c>.
/// </summary>
internal sealed class FactJournal
{
    private const string Setting = "facts";

    private readonly ISettingStore _settings;
    private readonly Lock _lock = new();
    private PastFact[] _facts;

    public FactJournal(ISettingStore settings)
    {
        _settings = settings;
        _facts = Parse(settings.Get(Setting) ?? "");
    }

    /// <summary>In the order they came into force.</summary>
    public IReadOnlyList<PastFact> All => _facts;

    /// <summary>The <c>at</c> of a version's activation, or null if it never was.</summary>
    public long? ActivatedAt(int version)
    {
        foreach (var fact in _facts)
        {
            if (fact.Kind == FactKind.ProgramActivated && fact.Number == version)
            {
                return fact.At;
            }
        }

        return null;
    }

    public async Task AddAsync(PastFact fact)
    {
        string text;
        lock (_lock)
        {
            _facts = [.. _facts.Skip(Math.Max(0, _facts.Length + 1 - Limits.FactJournalMax)), fact];
            text = string.Join('\n', _facts.Select(item => string.Create(CultureInfo.InvariantCulture, $"{item.At} {(byte)item.Kind} {item.Number} {item.Subject}")));
        }

        await _settings.SetAsync(Setting, text);
    }

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
