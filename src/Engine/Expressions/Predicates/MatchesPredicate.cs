using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Triggers.Engine.Explanations;
using Triggers.Engine.Expressions.Parsing;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;

namespace Triggers.Engine.Expressions.Predicates;

/// <summary><c>traits.phone matches '^\\+49'</c>: a regular expression, in time proportional to the text whatever the pattern.</summary>
public sealed class MatchesPredicate : PredicateTerm
{
    public override string Text => "matches";

    public override string Help =>
        $"The pattern, a regular expression, is found in the text; `^` and `$` bind it to the ends. Backslashes are written twice. No back-references and no look-around; at most {Limits.PatternLengthMax} characters. A text longer than {Limits.PatternTextBytesMax} bytes matches nothing.";

    public override string Example => "traits.sku matches '^[A-Z]{2}-[0-9]+$'";

    public override IReadOnlyList<ParameterSpec> Parameters { get; } = [new("pattern", "text", true, "A regular expression in quotes.")];

    internal override Expr? Read(Grammar grammar, Token word, Expr item)
    {
        var token = grammar.Peek();
        if (token.Kind != TokenKind.Text)
        {
            grammar.Expected("a pattern in quotes", token, [], $" For example {Example}");
            return null;
        }

        grammar.Take();
        if (grammar.Types.RequireItem(Text, item) && item.Type is not (ValueType.Any or ValueType.Text))
        {
            grammar.Fail(word, $"`matches` looks into texts, but {Canonical.Of(item)} is a number.");
        }

        if (Pattern.Explain(token.Value) is { } wrong)
        {
            grammar.Fail(token, wrong);
        }

        return new MatchesExpr(item, token.Value, grammar.TakeIgnoringCase()) { Position = item.Position };
    }
}

/// <summary><c>traits.sku matches '^A-'</c>.</summary>
public sealed record MatchesExpr(Expr Item, string Pattern, bool IgnoresCase) : OpenExpr
{
    public override IReadOnlyList<Expr> Parts => [Item];

    internal override void Write(StringBuilder text)
    {
        Canonical.Write(text, Item, Canonical.OperandLevel);
        Canonical.WriteFolding(Canonical.WriteText(text.Append(" matches "), Pattern), IgnoresCase);
    }

    internal override Condition Compile(in Compilation compilation) => compilation.Ask(Item, new PatternTest(Predicates.Pattern.Compile(Pattern, IgnoresCase)));

    internal override string Needs(bool isNegated, Sight sight, ref Evaluation evaluation) =>
        Canonical.WriteText(new StringBuilder(), Pattern).Insert(0, $"{Canonical.Of(Item)} {(isNegated ? "must not" : "has to")} match ").ToString();
}

internal sealed class PatternTest(Regex pattern) : ValueTest
{
    public override bool Holds(scoped in Scalar value, ref Evaluation evaluation)
    {
        if (value.Type != ValueType.Text || value.Text.Length > Limits.PatternTextBytesMax)
        {
            return false;
        }

        var rented = value.Text.Length > 256 ? ArrayPool<char>.Shared.Rent(value.Text.Length) : null;
        Span<char> chars = rented ?? stackalloc char[256];
        var found = pattern.IsMatch(chars[..Encoding.UTF8.GetChars(value.Text, chars)]);
        if (rented is not null)
        {
            ArrayPool<char>.Shared.Return(rented);
        }

        return found;
    }
}
