using Triggers.Engine.Expressions.Functions;
using Triggers.Engine.Expressions.Predicates;
using Triggers.Engine.Text;

namespace Triggers.Engine.Expressions.Parsing;

/// <summary>The cursor over the tokens, and how errors are told.</summary>
internal sealed partial class Grammar
{
    private static readonly string[] s_reserved = ["and", "or", "not", "in", "where", "within", "since", "entry", "true", "false", "contains", "starts", "ends", "with", "between", "matches", "ignoring", "older", "before", "after"];

    private static readonly (OperatorTerm Term, string[] Words)[] s_operators = Vocabulary.Operators.Select(term => (term, term.Text.Split(' '))).ToArray();

    private static readonly (PredicateTerm Term, string[] Words)[] s_predicates = Vocabulary.Predicates.Select(term => (term, term.Text.Split(' '))).ToArray();

    private static readonly (FunctionTerm Term, string[] Words)[] s_functions = Vocabulary.Functions.Select(term => (term, term.Name.Split(' '))).ToArray();

    private bool _broken;

    public Token Peek(int ahead = 0) => tokens[Math.Min(_at + ahead, tokens.Count - 1)];

    public Token Take() => tokens[Math.Min(_at++, tokens.Count - 1)];

    public bool TakeSymbol(string symbol)
    {
        var isThere = Peek().IsSymbol(symbol);
        _at += isThere ? 1 : 0;
        return isThere;
    }

    public void Fail(Token token, string message, IReadOnlyList<string>? suggestions = null, string expected = "")
    {
        _broken = true;
        errors.Add(new ExpressionError(token.Index, token.Text.Length, message, expected, token.Text, suggestions ?? []));
    }

    /// <summary>"Expected X, found Y.", with suggestions when Y is a word near one of the names.</summary>
    public void Expected(string what, Token found, IReadOnlyList<string> names, string more = "") =>
        Fail(found, $"Expected {what}, found {found.Describe()}.{more}", found.Kind == TokenKind.Word ? Suggest.For(found.Text, names) : [], what);

    public bool TakeWord(string word)
    {
        var isThere = Peek().IsWord(word);
        _at += isThere ? 1 : 0;
        return isThere;
    }

    private bool Expect(string symbol, string what)
    {
        if (TakeSymbol(symbol))
        {
            return true;
        }

        Expected(what, Peek(), []);
        return false;
    }

    private static bool IsReserved(string word) => Array.IndexOf(s_reserved, word) >= 0;

    private OperatorTerm? OperatorNext(out int length)
    {
        foreach (var (term, words) in s_operators)
        {
            length = 0;
            while (length < words.Length && (Peek(length).IsWord(words[length]) || Peek(length).IsSymbol(words[length])))
            {
                length++;
            }

            if (length == words.Length)
            {
                return term;
            }
        }

        length = 0;
        return null;
    }

    /// <summary>The predicate whose words stand so many tokens ahead.</summary>
    private PredicateTerm? PredicateNext(int ahead, out int length)
    {
        foreach (var (term, words) in s_predicates)
        {
            length = 0;
            while (length < words.Length && Peek(ahead + length).IsWord(words[length]))
            {
                length++;
            }

            if (length == words.Length)
            {
                return term;
            }
        }

        length = 0;
        return null;
    }

    /// <summary>The function whose name, of one word or more, stands here before a parenthesis.</summary>
    private FunctionTerm? FunctionNext(out int length)
    {
        foreach (var (term, words) in s_functions)
        {
            length = 0;
            while (length < words.Length && Peek(length).IsWord(words[length]))
            {
                length++;
            }

            if (length == words.Length && Peek(length).IsSymbol("("))
            {
                return term;
            }
        }

        length = 0;
        return null;
    }

    private bool IsOperatorNext() => OperatorNext(out _) is not null || Peek().IsWord("in") || PredicateNext(0, out _) is not null;

    private bool TryTakeOperator(out OperatorTerm? term)
    {
        term = OperatorNext(out var length);
        _at += length;
        var token = Peek();
        if (term is null && s_beginnings.TryGetValue(token.Text, out var wholes) && token.Kind == TokenKind.Word)
        {
            Expected(string.Join(" or ", wholes.Select(whole => $"`{whole}`")), token, [], token.IsWord("within") ? " A window stands inside the call, behind a comma: did('Signed In', within 7d)." : "");
        }

        return term is not null;
    }

    /// <summary>Something else follows a whole condition: mostly a misspelled operator or a missing <c>and</c>. Always true, to be used in conditions.</summary>
    private bool FailBehind(string expected)
    {
        var token = Peek();
        if (token.IsSymbol(")"))
        {
            Fail(token, "This `)` has no `(`.");
        }
        else if (token.Kind == TokenKind.Word && s_foreign.TryGetValue(token.Text.ToLowerInvariant(), out var instead))
        {
            Fail(token, instead);
        }
        else
        {
            var isComma = token.IsSymbol(",");
            var suggestions = token.Kind == TokenKind.Word ? Suggest.For(token.Text, s_joints.Keys).Select(word => s_joints[word]).ToList() : [];
            Fail(token, $"Expected {expected}, found {token.Describe()}.{(isComma ? " Conditions are joined by `and` or `or`, not by commas." : "")}", suggestions, expected);
        }

        return true;
    }

    /// <summary>Operators of several words, by the first one.</summary>
    private static readonly Dictionary<string, string[]> s_beginnings = Vocabulary.Operators.Select(term => term.Text).Concat(Vocabulary.Predicates.Select(term => term.Text))
        .Where(name => name.Contains(' '))
        .GroupBy(name => name.Split(' ')[0], StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);

    /// <summary>What may follow a value or condition, by its first word.</summary>
    private static readonly Dictionary<string, string> s_joints = Vocabulary.Operators.Select(term => term.Text).Concat(Vocabulary.Predicates.Select(term => term.Text)).Concat(["and", "or", "in", "ignoring case"])
        .Where(name => char.IsLetter(name[0]))
        .GroupBy(name => name.Split(' ')[0], StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);

    private static readonly Dictionary<string, string> s_foreign = new(StringComparer.Ordinal)
    {
        ["is"] = "Write `=` instead of `is`; to ask whether there is a value, `exists(traits.…)`.",
        ["equals"] = "Write `=` instead of `equals`.",
        ["like"] = "Write `contains`, `starts with`, `ends with` or `matches` instead of `like`.",
        ["regex"] = "Write `matches` instead of `regex`.",
        ["includes"] = "Write `contains` instead of `includes`.",
        ["startswith"] = "Write `starts with`.",
        ["endswith"] = "Write `ends with`.",
    };
}
