using System.Text;
using Triggers.Engine.Explanations;
using Triggers.Engine.Expressions.Parsing;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;

namespace Triggers.Engine.Expressions.Functions;

/// <summary><c>rfm group(traits.rfm-recency, traits.rfm-frequency, traits.rfm-monetary)</c>: the name of what three quintiles say together.</summary>
public sealed class RfmGroupFunction : FunctionTerm
{
    public override string Name => "rfm group";

    public override string Help =>
        "The group of a customer by recency, frequency and monetary quintile, from the table below: by recency, and by the mean of frequency and monetary value, halves rounded up. Absent while one of the three is.";

    public override string Example => "rfm group(traits.rfm-recency, traits.rfm-frequency, traits.rfm-monetary) = 'champions'";

    public override ValueType Result => ValueType.Text;

    public override IReadOnlyList<ParameterSpec> Parameters { get; } =
        [new("recency", "number", true, "1 to 5: how recent the last order is."), new("frequency", "number", true, "1 to 5: how many orders."), new("monetary", "number", true, "1 to 5: how much they are worth.")];

    internal override Expr? ReadArguments(Grammar grammar, Token name)
    {
        if (!grammar.RequireCustomer(name, "rfm group(…)"))
        {
            return null;
        }

        var parts = new Expr[3];
        for (var index = 0; index < parts.Length; index++)
        {
            if (index > 0 && !grammar.TakeSymbol(","))
            {
                grammar.Expected($"`,` and the {Parameters[index].Name} quintile", grammar.Peek(), [], $" The shape is {Signature}.");
                return null;
            }

            var begin = grammar.Peek();
            if (grammar.ReadOperand() is not { } part)
            {
                return null;
            }

            if (part is LiteralExpr or AnyExpr || part.Type is not (ValueType.Number or ValueType.Any))
            {
                grammar.Fail(begin, $"The {Parameters[index].Name} quintile is a number of the customer, such as quintile(…) or a computed trait: {Canonical.Of(part)} is none.");
            }

            parts[index] = part;
        }

        return new RfmGroupExpr(parts[0], parts[1], parts[2]) { Position = new Place(name.Index) };
    }
}

/// <summary><c>rfm group(…)</c>.</summary>
public sealed record RfmGroupExpr(Expr Recency, Expr Frequency, Expr Monetary) : OpenExpr
{
    public override ValueType Type => ValueType.Text;

    public override IReadOnlyList<Expr> Parts => [Recency, Frequency, Monetary];

    internal override void Write(StringBuilder text) =>
        text.Append("rfm group(").AppendJoin(", ", Parts.Select(Canonical.Of)).Append(')');

    internal override Condition Compile(in Compilation compilation) => new TruthCondition(CompileValue(in compilation));

    internal override Operand CompileValue(in Compilation compilation) => new RfmGroupOperand(compilation.Operand(Recency), compilation.Operand(Frequency), compilation.Operand(Monetary));

    internal override IReadOnlyList<SeenValue> See(Sight sight, ref Evaluation evaluation) => sight.See([this, .. Parts], ref evaluation);
}

/// <summary>The named groups, by recency (rows, from 1) and the mean of frequency and monetary value (columns, from 1).</summary>
public static class RfmGroups
{
    private static readonly string[][] s_names =
    [
        ["lost", "hibernating", "at-risk", "cannot-lose", "cannot-lose"],
        ["hibernating", "about-to-sleep", "at-risk", "at-risk", "at-risk"],
        ["promising", "needs-attention", "needs-attention", "loyal", "loyal"],
        ["promising", "potential-loyal", "potential-loyal", "loyal", "champions"],
        ["new", "potential-loyal", "potential-loyal", "champions", "champions"],
    ];

    /// <summary>Each once, the best first.</summary>
    public static IReadOnlyList<string> All { get; } =
        ["champions", "loyal", "potential-loyal", "new", "promising", "needs-attention", "about-to-sleep", "at-risk", "cannot-lose", "hibernating", "lost"];

    /// <exception cref="ArgumentOutOfRangeException">Not 1 to 5.</exception>
    public static string Of(int recency, int frequency, int monetary) => s_names[recency - 1][Mean(frequency, monetary) - 1];

    internal static int Mean(int frequency, int monetary) => (frequency + monetary + 1) / 2;
}

internal sealed class RfmGroupOperand(Operand recency, Operand frequency, Operand monetary) : Operand
{
    private static readonly Dictionary<string, byte[]> s_utf8 = RfmGroups.All.ToDictionary(name => name, Encoding.UTF8.GetBytes, StringComparer.Ordinal);

    public override Scalar Read(scoped ref Evaluation evaluation)
    {
        var (r, f, m) = (Quintile(recency, ref evaluation, out var isUnknown), Quintile(frequency, ref evaluation, out var isFUnknown), Quintile(monetary, ref evaluation, out var isMUnknown));
        return r > 0 && f > 0 && m > 0 ? new Scalar { Type = ValueType.Text, Text = s_utf8[RfmGroups.Of(r, f, m)] } : new Scalar { IsUnknown = isUnknown || isFUnknown || isMUnknown };
    }

    /// <summary>0: there is none.</summary>
    private static int Quintile(Operand operand, scoped ref Evaluation evaluation, out bool isUnknown)
    {
        var read = operand.Read(ref evaluation);
        isUnknown = read.IsUnknown;
        return !isUnknown && read.Type == ValueType.Number && read.Number is >= 1 and <= 5 ? (int)read.Number : 0;
    }
}
