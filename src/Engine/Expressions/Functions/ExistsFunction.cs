using Triggers.Engine.Expressions.Parsing;

namespace Triggers.Engine.Expressions.Functions;

/// <summary><c>exists(traits.email)</c>: the one way to ask for absence, since no comparison with an absent value is true.</summary>
public sealed class ExistsFunction : FunctionTerm
{
    public override string Name => "exists";

    public override string Help => "Whether a trait or property is there and not null.";

    public override string Example => "exists(traits.email)";

    public override ValueType Result => ValueType.Boolean;

    public override IReadOnlyList<ParameterSpec> Parameters { get; } = [new("path", "trait or property", true, "`traits.…`, or `properties.…` where an event is in hand.")];

    internal override Expr? ReadArguments(Grammar grammar, Token name)
    {
        var token = grammar.Peek();
        if (token.Kind != TokenKind.Word || token.Segments!.Count < 2)
        {
            var written = token.Kind == TokenKind.Word ? token.Text : token.Value;
            grammar.Expected("a trait or property", token, [], $" Write for example exists(traits.{(written.Length > 0 && written.All(Names.IsNameChar) ? written : "email")}).");
            return null;
        }

        var item = grammar.ReadOperand();
        return item is null ? null : new ExistsExpr(item) { Position = new Place(name.Index) };
    }
}
