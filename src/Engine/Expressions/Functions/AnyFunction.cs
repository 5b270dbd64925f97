using Triggers.Engine.Expressions.Parsing;

namespace Triggers.Engine.Expressions.Functions;

/// <summary><c>any(traits.addresses.city) = 'Berlin'</c>: the one way to look into lists.</summary>
public sealed class AnyFunction : FunctionTerm
{
    public override string Name => "any";

    public override string Help =>
        "The values at a path that leads through lists; a comparison with it holds if it does for at least one of them. With `not` before the whole: for none of them. A value that is no list counts as a list of one.";

    public override string Example => "any(traits.addresses.city) = 'Berlin'";

    public override ValueType Result => ValueType.Any;

    public override IReadOnlyList<ParameterSpec> Parameters { get; } = [new("path", "trait or property", true, "`traits.…`, or `properties.…` where an event is in hand. Any part of it may be a list.")];

    internal override Expr? ReadArguments(Grammar grammar, Token name)
    {
        var token = grammar.Peek();
        if (token.Kind != TokenKind.Word || token.Segments!.Count < 2)
        {
            grammar.Expected("a trait or property", token, [], $" Write for example {Example}");
            return null;
        }

        var item = grammar.ReadOperand();
        return item is null ? null : new AnyExpr(item) { Position = new Place(name.Index) };
    }
}
