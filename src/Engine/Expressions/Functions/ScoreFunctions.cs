using Triggers.Engine.Expressions.Parsing;

namespace Triggers.Engine.Expressions.Functions;

/// <summary><c>score('fit')</c>: a score of scoring.yaml by its id.</summary>
public sealed class ScoreFunction : FunctionTerm
{
    /// <summary>The id of the score that needs none.</summary>
    internal const string Engagement = Definitions.Elements.ScoreFields.Engagement;

    public override string Name => "score";

    public override string Help => $"One of several scores now, by its id in scoring.yaml. `score` alone is the engagement score, `score('{Engagement}')`.";

    public override string Example => "score('fit') >= 40";

    public override ValueType Result => ValueType.Number;

    public override IReadOnlyList<ParameterSpec> Parameters { get; } = [new("id", "text", true, "Id of the score.")];

    internal override Expr? ReadArguments(Grammar grammar, Token name) =>
        ReadId(grammar, name, Name) is { } id ? new ScoreExpr { Id = id, Position = new Place(name.Index) } : null;

    /// <summary>The id in the parentheses; empty: engagement.</summary>
    internal static string? ReadId(Grammar grammar, Token name, string function)
    {
        var id = grammar.RequireCustomer(name, $"{function}(…)") ? grammar.ReadName("the id of a score in quotes", function) : null;
        return id == Engagement ? "" : id;
    }
}

/// <summary><c>grade('fit') = 'A'</c>.</summary>
public sealed class GradeFunction : FunctionTerm
{
    public override string Name => "grade";

    public override string Help =>
        $"The grade of a score, by the lines of scoring.yaml. It is held until the score is below its `until`. A score below the lowest line has none: every comparison is false. The engagement score is `grade('{ScoreFunction.Engagement}')`.";

    public override string Example => "grade('fit') in ['A', 'B']";

    public override ValueType Result => ValueType.Text;

    public override IReadOnlyList<ParameterSpec> Parameters { get; } = [new("id", "text", true, "Id of the score.")];

    internal override Expr? ReadArguments(Grammar grammar, Token name) =>
        ScoreFunction.ReadId(grammar, name, Name) is { } id ? new GradeExpr(id) { Position = new Place(name.Index) } : null;
}
