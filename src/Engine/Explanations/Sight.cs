using System.Text;
using Triggers.Engine.Expressions;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Scoring;
using Triggers.Engine.Segments;

namespace Triggers.Engine.Explanations;

/// <summary>Reads what conditions read, for whoever has to say what they saw. What a program was compiled from compiles again without changing it.</summary>
/// <param name="plan">The event in hand; null: none.</param>
internal sealed class Sight(Program program, EventPlan? plan)
{
    private readonly ConditionCompiler _conditions = program.Compiler;

    public Program Program => program;

    public Condition Condition(Expr expr) => _conditions.Compile(expr, plan, new Dependencies());

    public WindowView Look(AggregateExpr aggregate, ref Evaluation evaluation) => _conditions.Behaviour(aggregate, new Dependencies()).Look(ref evaluation, aggregate.Window);

    /// <summary>The time zone in which a value's dates are meant.</summary>
    public ZoneOf ZoneOf(Expr item) => new Compilation(_conditions, plan, new Dependencies()).ZoneOf(item);

    /// <summary>The time zone in which a value's dates are meant, and where it was found; null: it is no date of the customer.</summary>
    public SeenValue? SeeZone(Expr item, ref Evaluation evaluation)
    {
        var zone = ZoneOf(item).Read(ref evaluation, out var source);
        return source == ZoneSource.Event ? null : new SeenValue("time zone", $"'{zone.Id}'", source switch
        {
            ZoneSource.Trait => "of traits.timezone",
            ZoneSource.Context => "of the newest event that named one",
            _ => "of sending.yaml",
        });
    }

    /// <summary>What a value stands for: of a computed trait, what its definition says.</summary>
    public Expr Resolve(Expr value) => _conditions.Resolve(value);

    /// <summary>A value as a condition gets it.</summary>
    public Scalar Read(Expr value, ref Evaluation evaluation)
    {
        // The values at a path through lists are read from the JSON at its first name.
        value = Resolve(value) switch
        {
            AnyExpr { Item: TraitExpr trait } => trait with { Path = trait.Path.Split('.')[0] },
            AnyExpr { Item: PropertyExpr property } => new PropertyExpr(property.Path.Split('.')[0]),
            var other => other,
        };
        return _conditions.Operand(value, plan, new Dependencies()).Read(ref evaluation);
    }

    /// <summary>Each value once; a constant shows nothing.</summary>
    public IReadOnlyList<SeenValue> See(IEnumerable<Expr> values, ref Evaluation evaluation)
    {
        var seen = new List<SeenValue>();
        foreach (var value in values.Where(value => value is not LiteralExpr).Distinct())
        {
            seen.Add(See(value, ref evaluation));
        }

        return seen;
    }

    private SeenValue See(Expr value, ref Evaluation evaluation)
    {
        value = value is AggregateExpr { Kind: AggregateKind.Did } did ? did with { Kind = AggregateKind.Count } : value;
        var read = Read(value, ref evaluation);
        return new SeenValue(Canonical.Of(value), Phrases.Show(in read), Note(Resolve(value), read.IsUnknown, ref evaluation));
    }

    private string Note(Expr value, bool isUnknown, ref Evaluation evaluation) => value switch
    {
        AggregateExpr aggregate => Note(aggregate, ref evaluation),
        OpenValueExpr open => open.Note(this, ref evaluation),
        _ => isUnknown ? "collecting" : "",
    };

    /// <summary>That what is kept of a behaviour is collecting, or not all that happened.</summary>
    public string Note(AggregateExpr aggregate, ref Evaluation evaluation)
    {
        var view = Look(aggregate, ref evaluation);
        var notes = new StringBuilder();
        if (view.IsPartial)
        {
            notes.Append(view.PartialUntil == Instants.Never ? "collecting: what came before the condition is not known" : $"collecting until {Phrases.Instant(view.PartialUntil)}");
        }

        var isCut = aggregate.Kind == AggregateKind.Each && view.IsCut;
        if (view.IsApproximate || isCut)
        {
            notes.Append(notes.Length > 0 ? "; " : "").Append(isCut
                ? $"approximate: only the newest {Limits.SequenceInstantsMax} are looked at"
                : "approximate: its older events leave the window in groups, each within a thousandth of the window");
        }

        return notes.ToString();
    }
}
