using Triggers.Engine.Definitions.Fields;
using Triggers.Engine.Expressions;
using Triggers.Engine.Expressions.Functions;
using Triggers.Engine.Expressions.Predicates;

namespace Triggers.Engine.Definitions.Elements;

/// <summary>value.yaml as a whole: what an order is. Everything that follows from it is computed traits like those of traits.yaml.</summary>
internal sealed class ValueElement : Element<ValueFile>
{
    private const long DefaultWindowMs = 365 * 86_400_000L;

    private static readonly Field<string> s_order = Field.Required("order", Types.EventName, "The event that is an order.");
    private static readonly Field<string> s_amount = Field.Required("amount", Types.PropertyPath, "The property that holds an order's worth in major units (19.99).");
    private static readonly Field<string> s_currency = Field.Optional("currency", Types.Text, "Only orders of this currency count, by their property `currency`; those that name none count, too.", "all orders");
    private static readonly Field<long> s_within = Field.Optional("within", Types.Duration, "Frequency and monetary value look at orders of this time; who has none in it has no RFM group.", Duration.Format(DefaultWindowMs));

    public override string Id => "value";

    public override string Help => "What an order is: brings computed traits for revenue, orders, average order value, and the RFM quintiles and groups; and predicted purchases and lifetime value.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [s_order, s_amount, s_currency, s_within];

    protected override ValueFile Build(MapReader map)
    {
        var (order, amount, currency) = (map.Text(s_order), map.Text(s_amount), map.Get(s_currency, ""));
        Expr? where = currency.Length == 0 ? null : new JunctionExpr(false,
        [
            new CompareExpr(CompareOp.Equal, new PropertyExpr("currency"), new LiteralExpr(Value.Of(currency))),
            new NotExpr(new ExistsExpr(new PropertyExpr("currency"))),
        ]);
        var window = new Window(WindowKind.Within, map.Get(s_within, DefaultWindowMs));
        var recent = Of(AggregateKind.Did, null, window);
        Expr Trait(string id) => new TraitExpr(id);
        return new ValueFile(new OrderDefinition(order, where, amount),
        [
            Named("revenue", "Revenue", "Worth of all orders.", Of(AggregateKind.Sum, amount, Window.Ever)),
            Named("orders", "Orders", "Number of orders.", Of(AggregateKind.Count, null, Window.Ever)),
            Named("average-order", "Average order value", "Worth of an order, on average.", Of(AggregateKind.Average, amount, Window.Ever)),
            Named("rfm-recency", "RFM recency", "5: among the fifth of buyers whose last order is the most recent.", new QuintileExpr(Of(AggregateKind.SinceLast, null, Window.Ever), recent)),
            Named("rfm-frequency", "RFM frequency", "5: among the fifth of buyers with the most orders.", new QuintileExpr(Of(AggregateKind.Count, null, window), recent)),
            Named("rfm-monetary", "RFM monetary", "5: among the fifth of buyers whose orders are worth the most.", new QuintileExpr(Of(AggregateKind.Sum, amount, window), recent)),
            Named("rfm-group", "RFM group", "By the three quintiles.", new RfmGroupExpr(Trait("rfm-recency"), Trait("rfm-frequency"), Trait("rfm-monetary"))),
            Named("rfm-previous-group", "Previous RFM group", "The group before.", new PreviousExpr(Trait("rfm-group"))),
        ]);

        AggregateExpr Of(AggregateKind kind, string? path, Window over) => new(kind, order, where, path, over);
    }

    private static KeyValuePair<string, ComputedTraitDefinition> Named(string id, string name, string description, Expr value) => new(id, new ComputedTraitDefinition(id, name, description, value));
}

/// <summary>What value.yaml says, and what it brings.</summary>
internal sealed record ValueFile(OrderDefinition Orders, IReadOnlyList<KeyValuePair<string, ComputedTraitDefinition>> Traits);
