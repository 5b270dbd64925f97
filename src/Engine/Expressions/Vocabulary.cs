using Triggers.Engine.Expressions.Functions;
using Triggers.Engine.Expressions.Predicates;

namespace Triggers.Engine.Expressions;

/// <summary>Everything that expressions can say, in explicit lists: the one source for the parser, error hints, docs/expressions.md and editors.</summary>
public static class Vocabulary
{
    public static IReadOnlyList<FunctionTerm> Functions { get; } =
    [
        new CountFunction(), new DidFunction(), new SumFunction(), new CountDaysFunction(), new AverageFunction(), new MinFunction(), new MaxFunction(), new DistinctFunction(),
        new FirstFunction(), new LastFunction(), new MostFrequentFunction(), new SinceFirstFunction(), new SinceLastFunction(), new SequenceFunction(), new FunnelFunction(), new ChangeFunction(), new ExistsFunction(), new AnyFunction(), new AnniversaryFunction(), new SegmentFunction(), new ListFunction(), new SampleFunction(), new TopFunction(), new QuintileFunction(), new RfmGroupFunction(), new PreviousFunction(), new ScoreFunction(), new GradeFunction(),
    ];

    /// <summary>Operators that bring their own shape.</summary>
    public static IReadOnlyList<PredicateTerm> Predicates { get; } =
        [new BetweenPredicate(), new MatchesPredicate(), new BeforePredicate(), new AfterPredicate(), new WithinNextPredicate(), new WithinLastPredicate(), new OlderThanPredicate()];

    public static IReadOnlyList<OperatorTerm> Operators { get; } =
    [
        new("=", CompareOp.Equal, OperandRule.Same, CompareOp.Equal, "Equal. Texts compare exactly, capitals included, unless `ignoring case` follows.", "traits.plan = 'pro'"),
        new("!=", CompareOp.NotEqual, OperandRule.Same, CompareOp.NotEqual, "Present and not equal. To include those without a value write `not … = …`.", "traits.country != 'DE'"),
        new("<", CompareOp.Less, OperandRule.Ordered, CompareOp.Greater, "Less; texts in the order of their characters, so that ISO dates order by time.", "score < 5"),
        new("<=", CompareOp.LessOrEqual, OperandRule.Ordered, CompareOp.GreaterOrEqual, "Less or equal.", "traits.age <= 30"),
        new(">", CompareOp.Greater, OperandRule.Ordered, CompareOp.Less, "Greater.", "properties.price > 50"),
        new(">=", CompareOp.GreaterOrEqual, OperandRule.Ordered, CompareOp.LessOrEqual, "Greater or equal.", "count('Product Viewed', within 7d) >= 3"),
        new("contains", CompareOp.Contains, OperandRule.Part, null, "The text on the left has the one on the right in it; the list on the left has an element equal to the right.", "traits.email contains '+test'"),
        new("starts with", CompareOp.StartsWith, OperandRule.Text, null, "The text on the left begins with the one on the right.", "properties.path starts with '/sale'"),
        new("ends with", CompareOp.EndsWith, OperandRule.Text, null, "The text on the left ends with the one on the right.", "traits.email ends with '@example.com'"),
    ];

    public static IReadOnlyList<ValueTerm> Values { get; } =
    [
        new("traits", "any", "A trait of the customer, by its path, or a computed trait by its id. A name with blanks: `traits['favourite colour']`. Not inside `where`.", "traits.address.city = 'Berlin'"),
        new("group", "any", "A trait of the customer's group, by its path: of the group that its latest `group` call named. `group.id` is the groupId. What one member's call changes holds for all. Not inside `where`.", "group.plan = 'enterprise' and group.employees >= 50"),
        new("properties", "any", "A property of the event in hand: inside `where`, and in the conditions of triggers, goals and awaited events.", "properties.total >= 100"),
        new("score", "number", "The engagement score now. Other scores: `score('fit')`.", "score >= 20"),
        new("lifecycle", "text", $"The stage of the customer's life: {string.Join(", ", LifecycleStages.All.Select(stage => $"'{stage}'"))}, or the stages that scoring.yaml has.", "lifecycle in ['at risk', 'dormant']"),
        new("time in stage", "duration", "How long the customer has been at that stage; compared with a duration.", "lifecycle = 'at risk' and time in stage >= 7d"),
        .. PredictedNumber.All.Select(number => new ValueTerm(number.Name, "number", number.Help, number.Example)),
    ];

    public static IReadOnlyList<WordTerm> Words { get; } =
    [
        new("and", "Both hold. Binds more tightly than `or`.", "score > 5 and exists(traits.email)"),
        new("or", "At least one holds.", "traits.plan = 'pro' or traits.plan = 'team'"),
        new("not", "Turns the condition that follows. Binds more tightly than `and`.", "not lifecycle = 'dormant'"),
        new("in", "The value is one of a list of constants, in `[ ]` or `( )`; `not in` is the opposite.", "traits.country in ['DE', 'AT', 'CH']"),
        new("ignoring case", "Behind `=`, `!=`, `in`, `contains`, `starts with`, `ends with` and `matches`: capitals and small letters are the same.", "traits.city = 'berlin' ignoring case"),
        new("true", "The truth value.", "traits.vip = true"),
        new("false", "The opposite.", "traits.newsletter = false"),
        new("where", "Inside the functions on behaviour: which events.", "did('page', where properties.path = '/pricing')"),
        new("within", "Inside the functions on behaviour: the last so much time, sliding.", "did('Signed In', within 24h)"),
        new("since entry", "Inside the functions on behaviour, in campaigns: since the customer entered, which is events later than the one that brought them in, by timestamps of a millisecond.", "did('Order Completed', since entry)"),
    ];

    /// <summary>Functions on behaviour that others build on: nobody writes them.</summary>
    private static readonly AggregateFunction[] s_kept = [new EachFunction()];

    private static readonly OperatorTerm[] s_byOp = ByOp();
    private static readonly AggregateFunction[] s_aggregates = ByKind();

    public static OperatorTerm Operator(CompareOp op) => s_byOp[(int)op];

    public static FunctionTerm? Function(string name) => Functions.FirstOrDefault(function => string.Equals(function.Name, name, StringComparison.Ordinal));

    public static AggregateFunction Function(AggregateKind kind) => s_aggregates[(int)kind];

    private static AggregateFunction[] ByKind()
    {
        AggregateFunction[] all = [.. Functions.OfType<AggregateFunction>(), .. s_kept];
        var functions = new AggregateFunction[all.Max(function => (int)function.Kind) + 1];
        foreach (var function in all)
        {
            functions[(int)function.Kind] = function;
        }

        return functions;
    }

    private static OperatorTerm[] ByOp()
    {
        var terms = new OperatorTerm[Operators.Max(term => (int)term.Op) + 1];
        foreach (var term in Operators)
        {
            terms[(int)term.Op] = term;
        }

        return terms;
    }
}
