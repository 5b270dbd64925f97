using Triggers.Engine.Explanations;
using Triggers.Engine.Expressions.Parsing;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Scoring;
using Triggers.Engine.Segments;
using Triggers.Engine.Segments.Keepings;

namespace Triggers.Engine.Expressions.Functions;

/// <summary>
/// What the functions on behaviour have in common: an event, a condition on it, and a window. A new one is a file here, a line in
/// <see cref="Vocabulary.Functions"/> and a number in <see cref="AggregateKind"/>; what is kept of a customer for it is its <see cref="Keeping"/>.
/// </summary>
public abstract class AggregateFunction : FunctionTerm
{
    private protected static readonly ParameterSpec s_event = new("event", "text", true, "Name of a track event, or `page`, `screen`, `identify`, `group` for the other calls.");
    private protected static readonly ParameterSpec s_where = new("where condition", "condition", false, "Only events for which this holds. Speaks of `properties` alone.");
    private protected static readonly ParameterSpec s_window = new("within duration", "window", false, "Only events of the last 30s, 45m, 2h30m, 7d …; in campaigns also `since entry`. Without it: ever.");

    public abstract AggregateKind Kind { get; }

    public override ValueType Result => ValueType.Number;

    /// <summary>The function whose state it reads: its name stands in the id of that state.</summary>
    public virtual AggregateKind StateKind => Kind;

    internal abstract Keeping Keeping { get; }

    /// <summary>The function looks at a property given behind the event's name.</summary>
    private protected virtual bool TakesValue => false;

    /// <summary>The function looks at a stretch of time, unless it is told none.</summary>
    private protected virtual bool TakesWindow => true;

    /// <summary>A comparison with a constant: knows the second at which time alone changes it.</summary>
    internal abstract Condition Compare(CompiledBehaviour behaviour, Window window, CompareOp op, double line);

    /// <summary>The value for any other use.</summary>
    internal virtual Operand Operand(CompiledBehaviour behaviour, Window window) => new BehaviourOperand(behaviour, window, this);

    /// <summary>The value of what a window sees.</summary>
    internal abstract Value Read(scoped in WindowView view);

    /// <summary>What would have to happen for a comparison with a constant to hold, which does not; null: no more than the comparison itself says.</summary>
    internal virtual string? Needs(AggregateExpr aggregate, CompareOp op, double line, scoped in WindowView view) => null;

    /// <summary>By when: before it, nothing that counts has left the window.</summary>
    private protected static string Deadline(scoped in WindowView view) => view.FirstLeave() is var leave && leave != Instants.Never ? $" by {Phrases.Instant(leave)}" : "";

    internal override Expr? ReadArguments(Grammar grammar, Token name)
    {
        if (!grammar.RequireCustomer(name, $"{Name}(…)"))
        {
            return null;
        }

        var eventName = grammar.ReadName("the name of an event in quotes", Name);
        if (eventName is null)
        {
            return null;
        }

        string? valuePath = null;
        if (TakesValue)
        {
            valuePath = grammar.ReadValuePath(this);
            if (valuePath is null)
            {
                return null;
            }
        }

        return ReadOptions(grammar, out var where, out var window) ? new AggregateExpr(Kind, eventName, where, valuePath, window) { Position = new Place(name.Index) } : null;
    }

    private bool ReadOptions(Grammar grammar, out Expr? where, out Window window)
    {
        where = null;
        window = Window.Ever;
        var hasWindow = false;
        while (grammar.TakeSymbol(","))
        {
            var token = grammar.Peek();
            if (token.IsWord("where"))
            {
                if (where is not null)
                {
                    grammar.Fail(token, "`where` stands twice: join its conditions by `and`.");
                    return false;
                }

                grammar.Take();
                where = grammar.ReadEventCondition();
                if (where is null)
                {
                    return false;
                }
            }
            else if (token.IsWord("within") || token.IsWord("since"))
            {
                if (hasWindow)
                {
                    grammar.Fail(token, "There is more than one window: keep one `within …` or `since entry`.");
                    return false;
                }

                if (!TakesWindow)
                {
                    grammar.Fail(token, $"`{Name}` looks at everything that ever happened: leave out the window.");
                    return false;
                }

                hasWindow = true;
                if (!grammar.ReadWindow(out window))
                {
                    return false;
                }
            }
            else
            {
                grammar.Expected(TakesWindow ? "`where …`, `within …` or `since entry`" : "`where …`", token, ["where", "within", "since"], $" The shape is {Signature}.");
                return false;
            }
        }

        return true;
    }
}
