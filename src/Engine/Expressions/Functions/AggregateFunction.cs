using Triggers.Engine.Expressions.Parsing;

namespace Triggers.Engine.Expressions.Functions;

/// <summary>What count, did and sum have in common: an event, a condition on it, and a window.</summary>
public abstract class AggregateFunction : FunctionTerm
{
    private protected static readonly ParameterSpec s_event = new("event", "text", true, "Name of a track event, or `page`, `screen`, `identify`, `group` for the other calls.");
    private protected static readonly ParameterSpec s_where = new("where condition", "condition", false, "Only events for which this holds. Speaks of `properties` alone.");
    private protected static readonly ParameterSpec s_window = new("within duration", "window", false, "Only events of the last 30s, 45m, 2h30m, 7d …; in campaigns also `since entry`. Without it: ever.");

    public abstract AggregateKind Kind { get; }

    public override ValueType Result => Kind == AggregateKind.Did ? ValueType.Boolean : ValueType.Number;

    /// <summary>The function sums a property given behind the event's name.</summary>
    private protected virtual bool TakesValue => false;

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

                hasWindow = true;
                if (!grammar.ReadWindow(out window))
                {
                    return false;
                }
            }
            else
            {
                grammar.Expected("`where …`, `within …` or `since entry`", token, ["where", "within", "since"], $" The shape is {Signature}.");
                return false;
            }
        }

        return true;
    }
}

/// <summary><c>count('Product Viewed', within 7d)</c>.</summary>
public sealed class CountFunction : AggregateFunction
{
    public override string Name => "count";

    public override AggregateKind Kind => AggregateKind.Count;

    public override string Help => "How many times the customer did something.";

    public override string Example => "count('Product Viewed', where properties.price > 50, within 7d) >= 3";

    public override IReadOnlyList<ParameterSpec> Parameters { get; } = [s_event, s_where, s_window];
}

/// <summary><c>did('Order Completed', within 7d)</c>.</summary>
public sealed class DidFunction : AggregateFunction
{
    public override string Name => "did";

    public override AggregateKind Kind => AggregateKind.Did;

    public override string Help => "Whether the customer did something at least once.";

    public override string Example => "not did('Order Completed', within 30d)";

    public override IReadOnlyList<ParameterSpec> Parameters { get; } = [s_event, s_where, s_window];
}

/// <summary><c>sum('Order Completed', properties.total, within 365d)</c>.</summary>
public sealed class SumFunction : AggregateFunction
{
    public override string Name => "sum";

    public override AggregateKind Kind => AggregateKind.Sum;

    public override string Help => "The sum of a numeric property over the events; events without that number add nothing.";

    public override string Example => "sum('Order Completed', properties.total, within 365d) >= 500";

    public override IReadOnlyList<ParameterSpec> Parameters { get; } =
        [s_event, new("properties.path", "property", true, "The property to add up."), s_where, s_window];

    private protected override bool TakesValue => true;
}
