using Triggers.Engine.Text;

namespace Triggers.Engine.Expressions.Parsing;

/// <summary>Which types go together. An error here does not stop the reading.</summary>
internal sealed class TypeRules(List<Token> tokens, List<ExpressionError> errors)
{
    public void RequireCondition(Expr expr)
    {
        if (expr.Type == ValueType.Boolean)
        {
            return;
        }

        var written = Canonical.Of(expr);
        Fail(expr, expr switch
        {
            _ when expr.Type == ValueType.Duration && expr is not LiteralExpr => $"Expected a condition, found a length of time: compare it, as in `{written} > 30d`.",
            LiteralExpr => $"Expected a condition, found the constant {written}.",
            AggregateExpr { Type: ValueType.Any } => $"Expected a condition, found a value: compare it, as in `{written} = 'x'`.",
            TraitExpr or PropertyExpr => $"Expected a condition, found a value: write `{written} = true`, another comparison, or `exists({written})`.",
            AnyExpr => $"Expected a condition, found values: compare them, as in `{written} = 'x'`.",
            GradeExpr => $"Expected a condition, found a text: compare it, as in `{written} = 'A'`.",
            LifecycleExpr => "Expected a condition, found a text: compare it, as in `lifecycle = 'dormant'`.",
            _ => $"Expected a condition, found a number: compare it, as in `{written} >= 1`.",
        }, "a condition", []);
    }

    public void RequireValue(Expr expr)
    {
        var written = Short(expr);
        switch (expr)
        {
            case LiteralExpr:
                Fail(expr, $"Expected a value of the customer, found the constant {written}.");
                break;
            case AnyExpr any:
                Fail(expr, $"`{written}` has many values: name the list, `{Short(any.Item)}`, or a condition such as `{written} = 'x'`.");
                break;
            case { Type: ValueType.Duration }:
                Fail(expr, $"`{written}` changes with every second: name a comparison, such as `{written} > 30d`.");
                break;
        }
    }

    /// <summary>The comparison, with a constant always on the right.</summary>
    public CompareExpr Compare(OperatorTerm term, Token sign, Expr left, Expr right)
    {
        var place = left.Position;
        if (left is LiteralExpr && right is LiteralExpr)
        {
            Fail(left, $"Both sides of `{term.Text}` are constants: one of them must be a trait, property, count, sum, score or lifecycle.");
        }
        else if (left is LiteralExpr)
        {
            if (term.Mirror is not { } mirror)
            {
                Fail(sign, $"`{term.Text}` needs the constant on its right, as in {term.Example}.");
            }
            else
            {
                (left, right, term) = (right, left, Vocabulary.Operator(mirror));
            }
        }

        if (left is not LiteralExpr)
        {
            CheckSides(term, sign, left, right);
        }

        return new CompareExpr(term.Op, left, right) { Position = place };
    }

    public InExpr In(Expr item, Token word, IReadOnlyList<LiteralExpr> values)
    {
        if (item.Type == ValueType.Duration && item is not LiteralExpr)
        {
            Fail(item, $"A length of time is no value of a list: compare it, as in `{Short(item)} > 30d`.");
        }
        else if (RequireItem("in", item))
        {
            foreach (var value in values)
            {
                CheckPair(Vocabulary.Operator(CompareOp.Equal), word, item, value);
            }
        }

        return new InExpr(item, values) { Position = item.Position };
    }

    /// <summary>What a list, a range or a pattern is asked of is no constant and no condition.</summary>
    public bool RequireItem(string operation, Expr item)
    {
        if (item is not LiteralExpr)
        {
            return RequireComparable(item);
        }

        Fail(item, $"The value before `{operation}` is a constant: it must be a trait, property, count, sum, score or lifecycle.");
        return false;
    }

    public void CheckSides(OperatorTerm term, Token sign, Expr left, Expr right)
    {
        if (right is AnyExpr || (left is AnyExpr && right is not (LiteralExpr or TraitExpr or PropertyExpr)))
        {
            Fail(right is AnyExpr ? right : left, "`any(…)` stands on the left and is compared with a constant, a trait or a property.");
            return;
        }

        if (!RequireComparable(left) || (right is not LiteralExpr && !RequireComparable(right)))
        {
            return;
        }

        CheckPair(term, sign, left, right);
    }

    private void CheckPair(OperatorTerm term, Token sign, Expr left, Expr right)
    {
        if (left is LifecycleExpr || right is LifecycleExpr)
        {
            CheckLifecycle(term, sign, left, right);
            return;
        }

        if (left is ScoreExpr && right is ScoreExpr)
        {
            Fail(right, "Two scores are not compared with each other, since both move with time: compare each with a number.");
            return;
        }

        if (left.Type == ValueType.Duration || right.Type == ValueType.Duration)
        {
            CheckDuration(term, left, right);
            return;
        }

        foreach (var side in new[] { left, right })
        {
            if (side.Type != ValueType.Any && !IsAllowed(term.Operands, side.Type) && !(term.Operands == OperandRule.Part && ReferenceEquals(side, right)))
            {
                FailOperand(term, side);
                return;
            }
        }

        if (left.Type != ValueType.Any && right.Type != ValueType.Any && left.Type != right.Type)
        {
            var hint = right is LiteralExpr { Value.Text: { } quoted } && double.TryParse(quoted, System.Globalization.CultureInfo.InvariantCulture, out _) ? $" Leave out the quotes: {quoted}." : "";
            Fail(right, $"`{Short(left)}` is a {Describe(left.Type)}, but {Short(right)} is a {Describe(right.Type)}: they cannot be compared.{hint}");
        }
    }

    private void CheckDuration(OperatorTerm term, Expr left, Expr right)
    {
        if (left.Type != right.Type && right is LiteralExpr { Value.Type: ValueType.Duration })
        {
            Fail(right, $"The duration {Short(right)} has a place only behind `within`, `within next`, `within last`, `older than` or `in`, and against `since first(…)`, `since last(…)` and `time in stage`.");
        }
        else if (left.Type != right.Type || term.Operands is not (OperandRule.Same or OperandRule.Ordered))
        {
            Fail(left.Type == ValueType.Duration ? right : left, $"A length of time is compared with a duration such as 30d by <, <=, >, >=, = or !=, not with {Short(left.Type == ValueType.Duration ? right : left)}.");
        }
    }

    private void FailOperand(OperatorTerm term, Expr side)
    {
        var needs = term.Operands == OperandRule.Ordered ? "numbers or texts" : "texts";
        var hint = side is LiteralExpr { Value.Type: ValueType.Number } && term.Operands == OperandRule.Text ? $" Write it in quotes: '{Short(side)}'." : "";
        Fail(side, $"`{term.Text}` compares {needs}, but {Short(side)} is a {Describe(side.Type)}.{hint}");
    }

    private void CheckLifecycle(OperatorTerm term, Token sign, Expr left, Expr right)
    {
        if (term.Operands != OperandRule.Same)
        {
            Fail(sign, $"`lifecycle` is compared with =, != or in, not with `{term.Text}`.");
        }
        else if (left is not LifecycleExpr || right is not LiteralExpr { Value.Type: ValueType.Text } literal)
        {
            var other = left is LifecycleExpr ? right : left;
            Fail(other, $"`lifecycle` is compared with one of its stages, such as {Stages()}.");
        }
    }

    /// <summary>Conditions are not compared: they are already true or false.</summary>
    private bool RequireComparable(Expr side)
    {
        if (side.Type != ValueType.Boolean)
        {
            return true;
        }

        Fail(side, $"`{Short(side)}` already is true or false: leave out the comparison, and write `not` before it for the opposite.");
        return false;
    }

    private static bool IsAllowed(OperandRule rule, ValueType type) => rule switch
    {
        OperandRule.Text or OperandRule.Part => type == ValueType.Text,
        OperandRule.Ordered => type is ValueType.Number or ValueType.Text,
        _ => true,
    };

    private static string Describe(ValueType type) => type switch
    {
        ValueType.Boolean => "truth value",
        ValueType.Number => "number",
        _ => "text",
    };

    private static string Stages() => string.Join(", ", LifecycleStages.All.Select(stage => $"'{stage}'"));

    private static string Short(Expr expr)
    {
        var written = Canonical.Of(expr);
        return written.Length <= 60 ? written : written[..57] + "…";
    }

    private void Fail(Token token, string message) => errors.Add(new ExpressionError(token.Index, token.Text.Length, message, "", token.Text, []));

    public void Fail(Expr expr, string message, string expected = "", IReadOnlyList<string>? suggestions = null)
    {
        var token = tokens.Find(token => token.Index == expr.Position.Index)!;
        errors.Add(new ExpressionError(token.Index, token.Text.Length, message, expected, token.Text, suggestions ?? []));
    }
}
