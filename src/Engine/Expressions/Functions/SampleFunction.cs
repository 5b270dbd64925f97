using System.Globalization;
using System.Text;
using Triggers.Engine.Explanations;
using Triggers.Engine.Expressions.Parsing;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Text;

namespace Triggers.Engine.Expressions.Functions;

/// <summary><c>sample(10%, 'new-checkout')</c>: a share of all customers, the same ones every time.</summary>
public sealed class SampleFunction : FunctionTerm
{
    public override string Name => "sample";

    public override string Help =>
        "Whether the customer is among a share of all customers. Each name draws anew, once for every customer: the same share is the same customers in every definition and every replay, a larger one has all of a smaller one in it, and those of another name have nothing to do with them. The draw goes by the customer's id: who becomes known by a merge has that of the user id from then on.";

    public override string Example => "sample(10%, 'new-checkout')";

    public override ValueType Result => ValueType.Boolean;

    public override IReadOnlyList<ParameterSpec> Parameters { get; } =
        [new("share", "percentage", true, "From 0% to 100%, fractions allowed: `0.5%`."), new("name", "text", false, "What is drawn for, such as an experiment. Without it all samples share one draw.")];

    internal override Expr? ReadArguments(Grammar grammar, Token name)
    {
        if (!grammar.RequireCustomer(name, "sample(…)"))
        {
            return null;
        }

        var share = grammar.Peek();
        if (share.Kind != TokenKind.Number || !grammar.Peek(1).IsSymbol("%"))
        {
            var written = share.Kind == TokenKind.Number ? share.Text : "10";
            grammar.Expected("a percentage", share, [], $" Write for example sample({written}%)");
            return null;
        }

        grammar.Take();
        grammar.Take();
        if (share.Number is < 0 or > 100)
        {
            grammar.Fail(share, $"A sample is a share of all customers, from 0% to 100%: {share.Text}% is not.");
        }

        var drawnFor = "";
        if (grammar.TakeSymbol(","))
        {
            var token = grammar.Peek();
            if (token.Kind != TokenKind.Text)
            {
                grammar.Expected("what the sample is drawn for, in quotes", token, [], $" For example {Example}");
                return null;
            }

            drawnFor = grammar.ReadName("what the sample is drawn for", Name);
        }

        return drawnFor is null ? null : new SampleExpr(share.Number, drawnFor) { Position = new Place(name.Index) };
    }
}

/// <summary><c>sample(10%, 'new-checkout')</c>.</summary>
/// <param name="DrawnFor">Empty: the draw that all samples without a name share.</param>
public sealed record SampleExpr(double Percent, string DrawnFor) : OpenExpr
{
    public override IReadOnlyList<Expr> Parts => [];

    internal override void Write(StringBuilder text)
    {
        text.Append("sample(").Append(Percent.ToString("R", CultureInfo.InvariantCulture)).Append('%');
        _ = DrawnFor.Length == 0 ? text : Canonical.WriteText(text.Append(", "), DrawnFor);
        text.Append(')');
    }

    internal override Condition Compile(in Compilation compilation) => new SampleCondition(Percent, DrawnFor);

    internal override IReadOnlyList<SeenValue> See(Sight sight, ref Evaluation evaluation) =>
        [new SeenValue("draw", Phrases.Number(new SampleCondition(Percent, DrawnFor).DrawOf(evaluation.Customer.KeyUtf8)) + "%", "")];

    internal override string Needs(bool isNegated, Sight sight, ref Evaluation evaluation) =>
        $"nothing the customer does can change it: the draw has to be {(isNegated ? "at least" : "below")} {Percent.ToString("R", CultureInfo.InvariantCulture)}%";
}

/// <summary>Hashes the customer's key under the name. Persisted memberships depend on the formula for ever: docs/expressions.md states it.</summary>
internal sealed class SampleCondition(double percent, string drawnFor) : Condition
{
    private readonly ulong _seed = Hash64.Of(drawnFor);

    /// <summary>From 0 to below 100: the upper 53 bits of the hash, which a double holds exactly.</summary>
    public double DrawOf(ReadOnlySpan<byte> key) => (Hash64.Of(key, _seed) >> 11) * 100.0 / (1UL << 53);

    public override Truth Test(ref Evaluation evaluation)
    {
        var key = evaluation.Customer.KeyUtf8;
        // The blank customer stands for everybody.
        return key.IsEmpty ? Truth.Unknown : DrawOf(key) < percent ? Truth.True : Truth.False;
    }
}
