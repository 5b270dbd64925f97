using Triggers.Engine.Expressions.Functions;
using Triggers.Engine.Expressions.Predicates;
using Triggers.Engine.Text;

namespace Triggers.Engine.Expressions.Parsing;

/// <summary>
/// Recursive descent over the tokens: or ◁ and ◁ not ◁ comparison ◁ operand. A method that returns null has added an error.
/// A wrong word ends the reading; a wrong type does not, so that all of them are told at once.
/// </summary>
internal sealed partial class Grammar(string text, List<Token> tokens, ExpressionScope scope, List<ExpressionError> errors)
{
    private readonly TypeRules _types = new(tokens, errors);
    private ExpressionScope _scope = scope;
    private int _at;
    private int _depth;

    public TypeRules Types => _types;

    public Expr? ReadWhole()
    {
        var condition = ReadToEnd();
        if (condition is not null)
        {
            _types.RequireCondition(condition);
        }

        return condition;
    }

    public Expr? ReadWholeValue()
    {
        var value = ReadToEnd();
        if (value is not null)
        {
            _types.RequireValue(value);
        }

        return value;
    }

    private Expr? ReadToEnd()
    {
        var read = ReadOr();
        return read is null || (Peek().Kind != TokenKind.End && FailBehind("`and`, `or` or the end")) ? null : read;
    }

    /// <summary>The condition behind <c>where</c>.</summary>
    public Expr? ReadEventCondition()
    {
        var outer = _scope;
        _scope = ExpressionScope.EventOnly with { Name = "`where`" };
        var condition = ReadOr();
        _scope = outer;
        if (condition is null || (!Peek().IsSymbol(",") && !Peek().IsSymbol(")") && FailBehind("`and`, `or`, `,` or `)`")))
        {
            return null;
        }

        _types.RequireCondition(condition);
        return condition;
    }

    /// <summary>A condition about the customer inside a call.</summary>
    public Expr? ReadInnerCondition()
    {
        if (ReadOr() is not { } condition)
        {
            return null;
        }

        _types.RequireCondition(condition);
        return condition;
    }

    private Expr? ReadOr() => ReadJunction("or", all: false, ReadAnd);

    private Expr? ReadAnd() => ReadJunction("and", all: true, ReadNot);

    private Expr? ReadJunction(string word, bool all, Func<Expr?> readItem)
    {
        var start = Peek().Index;
        var first = readItem();
        if (first is null || !Peek().IsWord(word))
        {
            return first;
        }

        var items = new List<Expr>();
        Add(first);
        while (Peek().IsWord(word))
        {
            Take();
            var next = readItem();
            if (next is null)
            {
                return null;
            }

            Add(next);
        }

        return new JunctionExpr(all, items) { Position = new Place(start) };

        void Add(Expr item)
        {
            _types.RequireCondition(item);
            if (item is JunctionExpr inner && inner.All == all)
            {
                items.AddRange(inner.Items);
            }
            else
            {
                items.Add(item);
            }
        }
    }

    private Expr? ReadNot()
    {
        var token = Peek();
        if (!token.IsWord("not"))
        {
            return ReadComparison();
        }

        Take();
        if (!Enter(token))
        {
            return null;
        }

        var inner = ReadNot();
        _depth--;
        if (inner is null)
        {
            return null;
        }

        _types.RequireCondition(inner);
        return new NotExpr(inner) { Position = new Place(token.Index) };
    }

    private Expr? ReadComparison()
    {
        var left = ReadOperand();
        if (left is null)
        {
            return null;
        }

        var isNegated = Peek().IsWord("not") && (Peek(1).IsWord("in") || PredicateNext(1, out _) is not null);
        _at += isNegated ? 1 : 0;
        var compared = Peek().IsWord("in") ? ReadIn(left) : PredicateNext(0, out var length) is { } predicate ? ReadPredicate(predicate, length, left) : ReadOperator(left);
        return isNegated && compared is not null ? new NotExpr(compared) { Position = left.Position } : compared;
    }

    private Expr? ReadPredicate(PredicateTerm predicate, int length, Expr item)
    {
        var word = Peek();
        _at += length;
        return predicate.Read(this, word, item) is { } condition && !FailChain() ? condition : null;
    }

    private Expr? ReadOperator(Expr left)
    {
        var token = Peek();
        if (!TryTakeOperator(out var term))
        {
            return _broken ? null : left;
        }

        var right = ReadOperand();
        if (right is null || FailChain())
        {
            return null;
        }

        var compared = _types.Compare(term!, token, left, right);
        var folding = Peek();
        if (!TakeIgnoringCase())
        {
            return _broken ? null : compared;
        }

        if (term!.Operands == OperandRule.Ordered)
        {
            Fail(folding, $"`ignoring case` goes with =, !=, in, contains, starts with, ends with and matches, not with `{term.Text}`.");
        }

        return compared with { IgnoresCase = true };
    }

    /// <summary><c>ignoring case</c> behind a comparison of texts.</summary>
    public bool TakeIgnoringCase()
    {
        if (!TakeWord("ignoring"))
        {
            return false;
        }

        if (TakeWord("case"))
        {
            return true;
        }

        Expected("`case` after `ignoring`", Peek(), ["case"]);
        return false;
    }

    private bool FailChain()
    {
        if (!IsOperatorNext())
        {
            return false;
        }

        Fail(Peek(), "Comparisons cannot be chained: write two and join them, such as `score > 1 and score < 5`, or `score between 1 and 5`.");
        return true;
    }

    private Expr? ReadIn(Expr item)
    {
        var word = Take();
        var close = Peek().IsSymbol("(") ? ")" : "]";
        if (!TakeSymbol("(") && !Expect("[", "a list such as ['DE', 'AT'] after `in`"))
        {
            return null;
        }

        var values = new List<LiteralExpr>();
        do
        {
            var token = Peek();
            if (ReadLiteral() is not { } literal)
            {
                Expected("a constant: a text in quotes, a number, true or false", token, []);
                return null;
            }

            values.Add(literal);
        }
        while (TakeSymbol(","));
        if (!Expect(close, $"`,` or `{close}`"))
        {
            return null;
        }

        if (values.Count > Limits.ExpressionListMax)
        {
            Fail(word, $"The list has {values.Count} values; at most {Limits.ExpressionListMax} are allowed. Have the site send a trait instead.");
            return null;
        }

        var membership = _types.In(item, word, values);
        return TakeIgnoringCase() ? membership with { IgnoresCase = true } : _broken ? null : membership;
    }

    /// <summary>A constant, value, call or group.</summary>
    public Expr? ReadOperand()
    {
        var token = Peek();
        if (ReadLiteral() is { } literal)
        {
            return literal;
        }

        if (token.IsSymbol("("))
        {
            return ReadGroup();
        }

        if (FunctionNext(out var length) is { } function)
        {
            return ReadCall(function, length);
        }

        if (Peek(1).Kind == TokenKind.Word && Peek(2).IsSymbol("(") && Suggest.For($"{token.Text} {Peek(1).Text}", Vocabulary.Functions.Select(item => item.Name)) is { Count: > 0 } meant)
        {
            Fail(token, $"There is no function `{token.Text} {Peek(1).Text}`.", meant);
            return null;
        }

        if (token.Kind != TokenKind.Word || IsReserved(token.Text))
        {
            Expected("a condition or value", token, []);
            return null;
        }

        if (!Peek(1).IsSymbol("("))
        {
            return ReadValue();
        }

        var names = Vocabulary.Functions.Select(item => item.Name).ToList();
        Fail(token, $"There is no function `{token.Text}`. There are {string.Join(", ", names)}.", Suggest.For(token.Text, names));
        return null;
    }

    private LiteralExpr? ReadLiteral()
    {
        var token = Peek();
        Value? value = token.Kind switch
        {
            TokenKind.Text => Value.Of(token.Value),
            TokenKind.Number => Value.Of(token.Number),
            TokenKind.Duration when Duration.TryParse(token.Value, out var length) => Value.OfDuration(length),
            TokenKind.Word when token.Text is "true" or "false" => Value.Of(token.Text == "true"),
            _ => null,
        };
        if (value is not { } known)
        {
            return null;
        }

        Take();
        return new LiteralExpr(known) { Position = new Place(token.Index) };
    }

    private Expr? ReadGroup()
    {
        var open = Take();
        if (!Enter(open))
        {
            return null;
        }

        var inner = ReadOr();
        _depth--;
        if (inner is null || (!TakeSymbol(")") && FailBehind($"`)` for the `(` at character {open.Index + 1}")))
        {
            return null;
        }

        return inner;
    }

    private Expr? ReadCall(FunctionTerm function, int length)
    {
        var name = Peek();
        _at += length + 1;
        if (!Enter(name))
        {
            return null;
        }

        var call = function.ReadArguments(this, name);
        _depth--;
        if (call is null)
        {
            return null;
        }

        if (!Peek().IsSymbol(")"))
        {
            var isOption = Peek().Kind == TokenKind.Word && Peek().Text is "where" or "within" or "since";
            Expected($"`,` or `)` in {function.Signature}", Peek(), [], isOption ? $" Put a comma before `{Peek().Text}`." : "");
            return null;
        }

        Take();
        return function.Finish(this, name, call);
    }

    private bool Enter(Token token)
    {
        if (++_depth <= Limits.ExpressionDepthMax)
        {
            return true;
        }

        Fail(token, $"More than {Limits.ExpressionDepthMax} levels inside each other: split the condition into segments.");
        return false;
    }
}
