using Triggers.Engine.Expressions;

namespace Triggers.Engine.Definitions;

/// <summary>What an order is (<c>value.yaml</c>), as the three functions on behaviour of which a customer's past purchases are read. A purchase is a day with an order, however many there are on it.</summary>
/// <param name="Where">Which events of the name count; null: all.</param>
/// <param name="AmountPath">The property that holds an order's worth in major units.</param>
public sealed record OrderDefinition(string EventName, Expr? Where, string AmountPath)
{
    /// <summary>The days with an order.</summary>
    public AggregateExpr Days => new(AggregateKind.Days, EventName, Where, null, Window.Ever);

    /// <summary>The first order.</summary>
    public AggregateExpr First => new(AggregateKind.SinceFirst, EventName, Where, null, Window.Ever);

    /// <summary>Worth of all orders.</summary>
    public AggregateExpr Worth => new(AggregateKind.Sum, EventName, Where, AmountPath, Window.Ever);

    /// <summary>Canonical text: another one is another model.</summary>
    public string Text => $"{Canonical.Of(Days)}, {Canonical.Of(Worth)}";

    internal IEnumerable<Expr> Expressions => [Days, First, Worth];
}
