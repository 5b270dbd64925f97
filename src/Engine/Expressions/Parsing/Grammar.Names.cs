using Triggers.Engine.Text;

namespace Triggers.Engine.Expressions.Parsing;

/// <summary>Names: values, paths, and the arguments that functions read.</summary>
internal sealed partial class Grammar
{
    /// <summary>Says so when the place is about one event and not about a customer.</summary>
    public bool RequireCustomer(Token token, string what)
    {
        if (_scope.AllowsCustomer)
        {
            return true;
        }

        Fail(token, $"`{what}` has no place in {_scope.Name}: it speaks of one event alone, and the result would depend on when that is looked at. Use `properties.…`, or put it outside, joined by `and`.");
        return false;
    }

    /// <summary>A text in quotes that is not empty.</summary>
    public string? ReadName(string what, string function)
    {
        var token = Peek();
        if (token.Kind != TokenKind.Text)
        {
            Expected(what, token, [], token.Kind == TokenKind.Word ? $" Write {function}('{UnquotedName()}'…)." : "");
            return null;
        }

        if (string.IsNullOrWhiteSpace(token.Value))
        {
            Fail(token, $"Expected {what}, found an empty text.");
            return null;
        }

        return Take().Value;
    }

    /// <summary>The words up to the next comma or parenthesis, as somebody writes who forgets the quotes.</summary>
    private string UnquotedName()
    {
        var end = _at;
        while (tokens[end].Kind is not TokenKind.Symbol and not TokenKind.End)
        {
            end++;
        }

        return text[tokens[_at].Index..tokens[end].Index].Trim();
    }

    /// <summary>The property that a function looks at: <c>, properties.total</c>.</summary>
    public string? ReadValuePath(Functions.FunctionTerm function)
    {
        if (!Expect(",", $"`, properties.…`, the property that {function.Name} looks at, as in {function.Example}"))
        {
            return null;
        }

        return ReadProperty(function, $"the property that {function.Name} looks at");
    }

    /// <summary><c>properties.total</c> alone.</summary>
    public string? ReadProperty(Functions.FunctionTerm function, string role)
    {
        var token = Peek();
        if (token.Kind != TokenKind.Word || token.Segments![0] != "properties" || token.Segments.Count < 2)
        {
            Expected($"`properties.…`, {role}", token, [], $" For example {function.Example}");
            return null;
        }

        return PathOf(Take());
    }

    /// <summary><c>within 7d</c> or <c>since entry</c>.</summary>
    public bool ReadWindow(out Window window)
    {
        window = Window.Ever;
        var word = Take();
        var token = Peek();
        if (word.IsWord("since"))
        {
            if (!token.IsWord("entry"))
            {
                Expected("`entry` after `since`", token, ["entry"]);
                return false;
            }

            if (!_scope.AllowsSinceEntry)
            {
                Fail(word, $"`since entry` has a meaning only inside a campaign (its exit and branches), not in {_scope.Name}: write `within …`.");
                return false;
            }

            Take();
            window = new Window(WindowKind.SinceEntry, 0);
            return true;
        }

        if (!ReadDuration("within", Limits.WindowMsMin, out var length))
        {
            return false;
        }

        window = new Window(WindowKind.Within, length);
        return true;
    }

    /// <summary>A length of time behind a word.</summary>
    public bool ReadDuration(string word, long least, out long length)
    {
        length = 0;
        var token = Peek();
        if (token.Kind != TokenKind.Duration)
        {
            var unit = token.Kind == TokenKind.Number && Peek(1).Kind == TokenKind.Word ? token.Text + " " + Peek(1).Text : token.Text;
            Expected($"{Duration.Shape} after `{word}`", token, [], token.Kind == TokenKind.Number ? " " + Duration.Explain(unit) : "");
            return false;
        }

        if (!Duration.TryParse(Take().Value, out length) || length < least)
        {
            Fail(token, $"The window {token.Text} is too short: at least {Duration.Format(least)}.");
            return false;
        }

        return true;
    }

    private Expr? ReadValue()
    {
        var token = Take();
        var root = token.Segments![0];
        var place = new Place(token.Index);
        switch (root)
        {
            case "traits" or "properties" when token.Segments.Count == 1:
                Fail(token, $"Expected the name of a {(root == "traits" ? "trait" : "property")} after `{root}`, as in {root}.{(root == "traits" ? "email" : "price")}.");
                return null;
            case "group" when token.Segments.Count == 1:
                Fail(token, "Expected the name of a trait of the group after `group`, as in group.plan; the groupId itself is group.id.");
                return null;
            case "group":
                return RequireCustomer(token, token.Text) && PathOf(token) is { } ofGroup ? new TraitExpr(ofGroup, OfGroup: true) { Position = place } : null;
            case "traits" when RequireCustomer(token, token.Text):
                return PathOf(token) is { } path ? new TraitExpr(path) { Position = place } : null;
            case "traits":
                return null;
            case "properties" when _scope.AllowsProperties:
                return PathOf(token) is { } property ? new PropertyExpr(property) { Position = place } : null;
            case "properties":
                Fail(token, $"`{token.Text}` has no meaning in {_scope.Name}: there is no event in hand. Use it inside `where`, as in did('Product Viewed', where {token.Text} = …), or write `traits.…`.");
                return null;
            case "score" when token.Segments.Count == 1:
                return RequireCustomer(token, "score") ? new ScoreExpr { Position = place } : null;
            case "lifecycle" when token.Segments.Count == 1:
                return RequireCustomer(token, "lifecycle") ? new LifecycleExpr { Position = place } : null;
            case "predicted" when token.Segments.Count > 1:
                return ReadPredicted(token);
            case "time" when Peek().IsWord("in") && Peek(1).IsWord("stage"):
                _at += 2;
                return RequireCustomer(token, "time in stage") ? new StageTimeExpr { Position = place } : null;
            default:
                FailUnknown(token);
                return null;
        }
    }

    private PredictedExpr? ReadPredicted(Token token)
    {
        var path = string.Join('.', token.Segments!);
        if (PredictedNumber.All.FirstOrDefault(number => number.Name == path) is not { } found)
        {
            var names = PredictedNumber.All.Select(number => number.Name).ToList();
            Fail(token, $"`{token.Text}` is not predicted: there are {string.Join(", ", names.Select(name => $"`{name}`"))}.", Suggest.For(path, names));
            return null;
        }

        return RequireCustomer(token, path) ? new PredictedExpr(found) { Position = new Place(token.Index) } : null;
    }

    private string? PathOf(Token token)
    {
        var path = string.Join('.', token.Segments!.Skip(1));
        if (path.Length <= Limits.ExpressionTextMax)
        {
            return path;
        }

        Fail(token, $"The path has {path.Length} characters; at most {Limits.ExpressionTextMax} are allowed.");
        return null;
    }

    private void FailUnknown(Token token)
    {
        var root = token.Segments![0];
        var rest = token.Text[root.Length..];
        if (token.Segments.Count > 1)
        {
            var roots = Suggest.For(root, Vocabulary.Values.Select(term => term.Name).Where(Names.IsPathRoot));
            Fail(token, $"`{root}` is unknown: paths begin with `traits.`, `group.` or `properties.`.", roots.Select(name => name + rest).ToList());
            return;
        }

        if (root.ToLowerInvariant() is "null" or "nil" or "none" or "undefined" or "empty")
        {
            Fail(token, $"There is no `{root}`: ask with `exists(traits.…)` or `not exists(traits.…)`.");
            return;
        }

        if (Vocabulary.Function(root) is { } function)
        {
            Fail(token, $"`{root}` is a function: write {function.Signature}, for example {function.Example}");
            return;
        }

        var names = Vocabulary.Values.Select(term => term.Name)
            .Concat(Vocabulary.Functions.Select(function => function.Name))
            .Concat(["true", "false", "not"]);
        var suggestions = Suggest.For(root, names);
        var hint = _scope.AllowsCustomer ? $"traits are written `traits.{root}`, texts in quotes: '{root}'" : $"properties are written `properties.{root}`, texts in quotes: '{root}'";
        if (_scope is { AllowsCustomer: true, AllowsProperties: true })
        {
            hint = $"properties of the event are written `properties.{root}`, traits `traits.{root}`, texts in quotes: '{root}'";
        }

        Fail(token, $"`{root}` is unknown: {hint}.", suggestions);
    }
}
