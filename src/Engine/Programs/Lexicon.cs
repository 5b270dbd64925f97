using Triggers.Engine.Expressions;
using Triggers.Engine.Programs.Json;
using Triggers.Engine.Segments.Keepings;
using Triggers.Engine.Text;

namespace Triggers.Engine.Programs;

/// <summary>Everything that the definitions of one program name: events, behaviours, trait paths, property paths. Grows while the program is compiled.</summary>
internal sealed class Lexicon
{
    private const string ZoneText = "context.timezone";

    private static readonly ulong s_zoneId = Hash64.Of(ZoneText);

    private readonly SortedDictionary<string, EventPlan> _plans = new(StringComparer.Ordinal);
    private readonly SortedDictionary<ulong, CompiledBehaviour> _behaviours = [];
    private readonly Dictionary<string, int> _traits = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _groupTraits = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _properties = new(StringComparer.Ordinal);

    private readonly SortedDictionary<ulong, CompiledLine> _lines = [];

    private readonly SortedDictionary<ulong, CompiledWatch> _watches = [];

    /// <summary>Ascending by key.</summary>
    public IReadOnlyCollection<CompiledWatch> Watches => _watches.Values;

    /// <summary>Ascending by key.</summary>
    public IReadOnlyCollection<CompiledLine> Lines => _lines.Values;

    public IReadOnlyCollection<EventPlan> Plans => _plans.Values;

    /// <summary>Ascending by id.</summary>
    public IReadOnlyCollection<CompiledBehaviour> Behaviours => _behaviours.Values;

    /// <summary>The time zone of the newest event that named one, once somebody asks for it.</summary>
    public CompiledBehaviour SeenZone
    {
        get
        {
            if (!_behaviours.TryGetValue(s_zoneId, out var behaviour))
            {
                Grow(ZoneText);
                _behaviours.Add(s_zoneId, behaviour = new CompiledBehaviour(s_zoneId, ZoneText, "", EdgeValueKeeping.Newest));
            }

            return behaviour;
        }
    }

    /// <summary>null: nobody asks for time zones.</summary>
    public CompiledBehaviour? UsedZone => _behaviours.GetValueOrDefault(s_zoneId);

    public PathSet TraitPaths { get; } = new();

    public PathSet GroupPaths { get; } = new();

    /// <summary>The program runs: it is shared by all threads, and knows everything it will ever know.</summary>
    public bool IsComplete { get; set; }

    public int PropertyCount => _properties.Count;

    /// <summary>The id of the behaviour behind a function: its canonical text without a window.</summary>
    public static (ulong Id, string Text) Identify(AggregateExpr aggregate)
    {
        var text = Canonical.Of(aggregate with { Kind = Vocabulary.Function(aggregate.Kind).StateKind, Window = Window.Ever });
        return (Hash64.Of(text), text);
    }

    public EventPlan Plan(string eventName)
    {
        if (!_plans.TryGetValue(eventName, out var plan))
        {
            Grow(eventName);
            _plans.Add(eventName, plan = new EventPlan(eventName));
        }

        return plan;
    }

    public CompiledBehaviour Behaviour(AggregateExpr aggregate, out bool isNew)
    {
        var (id, text) = Identify(aggregate);
        isNew = !_behaviours.TryGetValue(id, out var behaviour);
        if (behaviour is null)
        {
            Grow(text);
            _behaviours.Add(id, behaviour = new CompiledBehaviour(id, text, aggregate.EventName, Vocabulary.Function(aggregate.Kind).Keeping));
        }

        return behaviour;
    }

    public void Watch(ulong key, Func<CompiledWatch> make)
    {
        if (!_watches.ContainsKey(key))
        {
            Grow("previous(…)");
            var watch = make();
            _watches[key] = watch;
        }
    }

    public CompiledLine Line(ulong key, Func<CompiledLine> make)
    {
        if (!_lines.TryGetValue(key, out var line))
        {
            line = make();
            Grow(line.Text);
            _lines.Add(key, line);
        }

        return line;
    }

    /// <summary>Takes in a behaviour that no event brings about by itself.</summary>
    public void Add(CompiledBehaviour behaviour) => _behaviours.Add(behaviour.Id, behaviour);

    public int Trait(string path)
    {
        if (!_traits.TryGetValue(path, out var index))
        {
            Grow(path);
            _traits.Add(path, index = _traits.Count);
            TraitPaths.Add(path, index);
        }

        return index;
    }

    public int GroupTrait(string path)
    {
        if (!_groupTraits.TryGetValue(path, out var index))
        {
            Grow(path);
            _groupTraits.Add(path, index = _groupTraits.Count);
            GroupPaths.Add(path, index);
        }

        return index;
    }

    public int Property(EventPlan plan, string path)
    {
        if (!_properties.TryGetValue(path, out var slot))
        {
            Grow(path);
            _properties.Add(path, slot = _properties.Count);
        }

        plan.Paths.Add(path, slot);
        return slot;
    }

    private void Grow(string name)
    {
        if (IsComplete)
        {
            throw new InvalidOperationException($"'{name}' is not part of this program: only what it was compiled from compiles again.");
        }
    }
}
