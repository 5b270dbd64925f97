using System.Text;
using Triggers.Engine.Customers;
using Triggers.Engine.Explanations;
using Triggers.Engine.Expressions.Parsing;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;

namespace Triggers.Engine.Expressions.Functions;

/// <summary><c>list('vip')</c>: somebody put the customer on a list.</summary>
public sealed class ListFunction : FunctionTerm
{
    public override string Name => "list";

    public override string Help =>
        "Whether the customer is on a static list, which somebody uploaded: [lists](lists.md). Of a list that is not there it is false until one is uploaded; `triggers apply` and the dashboard warn.";

    public override string Example => "list('vip') and not list('staff')";

    public override ValueType Result => ValueType.Boolean;

    public override IReadOnlyList<ParameterSpec> Parameters { get; } = [new("id", "text", true, "Id of the list: small letters, digits and hyphens.")];

    internal override Expr? ReadArguments(Grammar grammar, Token name)
    {
        if (!grammar.RequireCustomer(name, "list(…)"))
        {
            return null;
        }

        var token = grammar.Peek();
        if (grammar.ReadName("the id of a list in quotes", Name) is not { } id)
        {
            return null;
        }

        if (StaticList.WhyNoId(id) is { } why)
        {
            grammar.Fail(token, why);
        }

        return new ListExpr(id) { Position = new Place(name.Index) };
    }
}

/// <summary><c>list('vip')</c>.</summary>
public sealed record ListExpr(string Id) : OpenExpr
{
    public override IReadOnlyList<Expr> Parts => [];

    internal override void Write(StringBuilder text) => text.Append(StaticList.TextOf(Id));

    internal override Condition Compile(in Compilation compilation) => compilation.List(StaticList.KeyOf(Id));

    internal override IReadOnlyList<SeenValue> See(Sight sight, ref Evaluation evaluation)
    {
        var values = evaluation.Customer.Values;
        var index = Customer.FindValue(values, StaticList.KeyOf(Id));
        return [new SeenValue("on the list", index < 0 ? "no" : $"since {Phrases.Instant(values[index].Instant)}", "")];
    }

    internal override string Needs(bool isNegated, Sight sight, ref Evaluation evaluation) =>
        isNegated ? $"somebody has to take the customer off the list '{Id}'" : $"somebody has to put the customer on the list '{Id}'";
}

internal sealed class ListCondition(ulong key) : Condition
{
    public override Truth Test(ref Evaluation evaluation) => Customer.FindValue(evaluation.Customer.Values, key) >= 0 ? Truth.True : Truth.False;
}
