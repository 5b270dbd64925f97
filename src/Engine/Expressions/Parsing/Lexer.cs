using System.Globalization;
using System.Text;

namespace Triggers.Engine.Expressions.Parsing;

/// <summary>Cuts an expression into tokens. Stops at the first character that cannot be one and says what to write.</summary>
internal sealed class Lexer(string text, List<ExpressionError> errors)
{
    private static readonly string[] s_symbols = ["<=", ">=", "!=", "=", "<", ">", "(", ")", "[", "]", ",", "%"];

    private static readonly (string Text, string Instead)[] s_foreign =
    [
        ("==", "Equality is written with one sign: `=`."), ("&&", "Write `and` instead of `&&`."), ("||", "Write `or` instead of `||`."),
        ("<>", "Write `!=` instead of `<>`."), ("!", "Write `not` instead of `!`."), ("&", "Write `and` instead of `&`."), ("|", "Write `or` instead of `|`."),
        ("≥", "Write `>=` instead of `≥`."), ("≤", "Write `<=` instead of `≤`."), ("≠", "Write `!=` instead of `≠`."),
        ("‘", "Write straight quotes: '…' or \"…\"."), ("’", "Write straight quotes: '…' or \"…\"."), ("“", "Write straight quotes: '…' or \"…\"."), ("”", "Write straight quotes: '…' or \"…\"."),
        ("`", "Texts stand in '…' or \"…\"."), ("+", "Expressions do no arithmetic: let the site send the result as a property."),
        ("*", "Expressions do no arithmetic: let the site send the result as a property."), ("/", "Expressions do no arithmetic: let the site send the result as a property."),
        ("-", "Expressions do no arithmetic; a minus stands only before a number, without a blank."),
        (".", "A dot stands only inside a path, as in `traits.address.city`, or between the digits of a number."),
        ("{", "Lists stand in [ ], groups in ( )."), ("}", "Lists stand in [ ], groups in ( )."), (";", "An expression is one condition: join conditions by `and` or `or`."),
    ];

    private int _at;

    /// <summary>All tokens and an End, or null when an error was added.</summary>
    public List<Token>? Read()
    {
        var tokens = new List<Token>();
        while (true)
        {
            while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            {
                _at++;
            }

            if (_at == text.Length)
            {
                tokens.Add(new Token(TokenKind.End, _at, ""));
                return tokens;
            }

            var token = Next();
            if (token is null)
            {
                return null;
            }

            tokens.Add(token);
        }
    }

    private Token? Next()
    {
        var first = text[_at];
        if (first is '\'' or '"')
        {
            return ReadText();
        }

        if (char.IsAsciiDigit(first) || (first == '-' && _at + 1 < text.Length && char.IsAsciiDigit(text[_at + 1])))
        {
            return ReadNumber();
        }

        if (char.IsLetter(first) || first is '_' or '$')
        {
            return ReadWord();
        }

        if (first == '.' && _at > 0 && IsNameChar(text[_at - 1]))
        {
            return Fail(_at, 1, "Expected a name after the dot, as in `traits.address.city`. A name with other characters stands in brackets: traits['post code'].");
        }

        foreach (var (sign, instead) in s_foreign)
        {
            if (text.AsSpan(_at).StartsWith(sign, StringComparison.Ordinal) && !(sign == "!" && text.AsSpan(_at).StartsWith("!=", StringComparison.Ordinal)))
            {
                return Fail(_at, sign.Length, instead);
            }
        }

        foreach (var symbol in s_symbols)
        {
            if (text.AsSpan(_at).StartsWith(symbol, StringComparison.Ordinal))
            {
                _at += symbol.Length;
                return new Token(TokenKind.Symbol, _at - symbol.Length, symbol);
            }
        }

        return Fail(_at, 1, $"The character `{first}` has no meaning here.");
    }

    private Token? ReadNumber()
    {
        var start = _at++;
        SkipDigits();
        var isWhole = true;
        if (Peek(0) == '.' && char.IsAsciiDigit(Peek(1)))
        {
            isWhole = false;
            _at++;
            SkipDigits();
        }

        if (Peek(0) is 'e' or 'E' && (char.IsAsciiDigit(Peek(1)) || (Peek(1) is '+' or '-' && char.IsAsciiDigit(Peek(2)))))
        {
            isWhole = false;
            _at += 2;
            SkipDigits();
        }

        var letters = _at;
        while (char.IsLetterOrDigit(Peek(0)) || Peek(0) == '_')
        {
            _at++;
        }

        var written = text[start.._at];
        if (_at > letters)
        {
            return isWhole && Duration.TryParse(written, out _)
                ? new Token(TokenKind.Duration, start, written, written)
                : Fail(start, written.Length, Duration.Explain(written));
        }

        var number = double.Parse(written, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(number) ? new Token(TokenKind.Number, start, written, "", number + 0.0) : Fail(start, written.Length, $"The number {written} is too large.");
    }

    private Token? ReadWord()
    {
        var start = _at;
        var segments = new List<string>();
        while (true)
        {
            var from = _at;
            while (IsNameChar(Peek(0)))
            {
                _at++;
            }

            segments.Add(text[from.._at]);
            if (Names.IsNumber(segments[^1]))
            {
                return Fail(from, _at - from, $"There are no places in lists; `any(…)` asks every element, as in any(properties.products.price) > 100. A name made of digits stands in brackets: ['{segments[^1]}'].");
            }

            while (Names.IsPathRoot(segments[0]) && Peek(0) == '[' && Peek(1) is '\'' or '"')
            {
                if (!ReadQuotedSegment(segments))
                {
                    return null;
                }
            }

            if (Peek(0) != '.' || !IsNameChar(Peek(1)))
            {
                return new Token(TokenKind.Word, start, text[start.._at], Segments: segments);
            }

            _at++;
        }
    }

    private bool ReadQuotedSegment(List<string> segments)
    {
        var open = _at++;
        var name = ReadText();
        if (name is null)
        {
            return false;
        }

        if (name.Value.Length == 0 || name.Value.Contains('.'))
        {
            Fail(open, _at - open, name.Value.Length == 0 ? "A name in [ ] cannot be empty." : "A name that contains a dot cannot be addressed: have the site send it under another name.");
            return false;
        }

        if (Peek(0) != ']')
        {
            Fail(_at, 0, $"Expected `]` after {name.Text}.");
            return false;
        }

        _at++;
        segments.Add(name.Value);
        return true;
    }

    private Token? ReadText()
    {
        var start = _at;
        var quote = text[_at++];
        var value = new StringBuilder();
        while (true)
        {
            var c = Peek(0);
            if (c == '\0' && _at >= text.Length)
            {
                return Fail(start, text.Length - start, $"This text has no closing {quote}.");
            }

            _at++;
            if (c == quote)
            {
                return value.Length <= Limits.ExpressionTextMax
                    ? new Token(TokenKind.Text, start, text[start.._at], value.ToString())
                    : Fail(start, _at - start, $"This text has {value.Length} characters; at most {Limits.ExpressionTextMax} are allowed.");
            }

            if (c != '\\')
            {
                value.Append(c);
            }
            else if (!ReadEscape(value))
            {
                return null;
            }
        }
    }

    private bool ReadEscape(StringBuilder value)
    {
        var c = Peek(0);
        _at++;
        switch (c)
        {
            case '\'' or '"' or '\\':
                value.Append(c);
                return true;
            case 'n':
                value.Append('\n');
                return true;
            case 'r':
                value.Append('\r');
                return true;
            case 't':
                value.Append('\t');
                return true;
            case 'u' when _at + 4 <= text.Length && ushort.TryParse(text.AsSpan(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code):
                value.Append((char)code);
                _at += 4;
                return true;
            default:
                Fail(_at - 2, Math.Min(2, text.Length - _at + 2), @"After \ in a text stands one of \' \"" \\ \n \r \t \uXXXX; write \\ for a backslash.");
                return false;
        }
    }

    private void SkipDigits()
    {
        while (char.IsAsciiDigit(Peek(0)))
        {
            _at++;
        }
    }

    private char Peek(int ahead) => _at + ahead < text.Length ? text[_at + ahead] : '\0';

    private static bool IsNameChar(char c) => Names.IsNameChar(c);

    private Token? Fail(int index, int length, string message)
    {
        errors.Add(new ExpressionError(index, length, message, "", text.Substring(index, Math.Min(length, text.Length - index)), []));
        return null;
    }
}
