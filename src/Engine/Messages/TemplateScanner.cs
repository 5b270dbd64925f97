using System.Collections.Frozen;

namespace Triggers.Engine.Messages;

/// <summary>
/// Finds what the template library would notice only while rendering, in a branch that a test may never take, or without saying where: helpers
/// that do not exist, blocks left open, and forms that are not part of our templates.
/// </summary>
internal static class TemplateScanner
{
    private static readonly FrozenSet<string> Blocks = new[] { "if", "unless", "each", "with" }.ToFrozenSet(StringComparer.Ordinal);

    /// <param name="names">Told of blocks and paths; null: what values are named is not looked at.</param>
    public static void Check(string part, string source, List<TemplateError> errors, TemplateNames? names = null)
    {
        var open = new Stack<(string Name, int Line)>();
        var at = 0;
        while ((at = source.IndexOf("{{", at, StringComparison.Ordinal)) >= 0)
        {
            var escaped = at > 0 && source[at - 1] == '\\';
            var start = at;
            var close = FindClose(source, ref at);
            var line = Line(source, start);
            if (close < 0)
            {
                errors.Add(new TemplateError(part, line, "'{{' has no matching '}}'."));
                return;
            }

            if (!escaped && source.AsSpan(start).StartsWith("{{{{"))
            {
                errors.Add(new TemplateError(part, line, "Raw blocks ('{{{{') are not part of templates."));
                return;
            }

            if (!escaped && source[at] != '!')
            {
                var raw = source.AsSpan(start).StartsWith("{{{");
                if (raw != source.AsSpan(close).StartsWith("}}}"))
                {
                    errors.Add(new TemplateError(part, line, raw ? "'{{{' needs '}}}' at its end." : "'}}}' closes a '{{': put a space before the last brace."));
                    return;
                }

                CheckTag(part, line, source.AsSpan(at, close - at).Trim("~"), open, errors, names);
            }

            at = close + 2;
        }

        foreach (var (name, line) in open)
        {
            errors.Add(new TemplateError(part, line, $"Block '#{name}' is never closed: '{{{{/{name}}}}}' is missing."));
        }
    }

    /// <summary>Moves <paramref name="at"/> to the first character inside, and gives the index of the closing braces.</summary>
    private static int FindClose(string source, ref int at)
    {
        at += 2;
        if (source.AsSpan(at).StartsWith("!--") || source.AsSpan(at).StartsWith("~!--"))
        {
            at += source[at] == '~' ? 1 : 0;
            var end = source.IndexOf("--", at + 3, StringComparison.Ordinal);
            return end < 0 ? -1 : source.IndexOf("}}", end, StringComparison.Ordinal);
        }

        while (at < source.Length && (source[at] is '~' or '{'))
        {
            at++;
        }

        if (at == source.Length)
        {
            return -1;
        }

        var quote = '\0';
        for (var i = at; i + 1 < source.Length; i++)
        {
            var c = source[i];
            if (quote != '\0')
            {
                quote = c == quote ? '\0' : quote;
            }
            else if (c is '"' or '\'' && source[at] != '!')
            {
                quote = c;
            }
            else if (c == '}' && source[i + 1] == '}')
            {
                return i;
            }
        }

        return -1;
    }

    private static void CheckTag(string part, int line, ReadOnlySpan<char> tag, Stack<(string Name, int Line)> open, List<TemplateError> errors, TemplateNames? names)
    {
        tag = tag.Trim();
        if (tag.IsEmpty)
        {
            errors.Add(new TemplateError(part, line, "'{{}}' names nothing."));
            return;
        }

        switch (tag[0])
        {
            case '>' or '*':
            case '#' when tag.Length > 1 && (tag[1] is '>' or '*'):
                errors.Add(new TemplateError(part, line, "Partials and inline blocks ('{{>', '{{#>', '{{#*') are not part of templates; write the content out."));
                return;
            case '&':
                errors.Add(new TemplateError(part, line, "'{{&' is not part of templates; '{{{' writes a value without escaping."));
                return;
            case '^' when tag.Length > 1:
                errors.Add(new TemplateError(part, line, "'{{^' is not part of templates; use '{{#unless'."));
                return;
            case '/':
                var closed = tag[1..].Trim().ToString();
                if (open.Count == 0 || open.Pop().Name != closed)
                {
                    errors.Add(new TemplateError(part, line, $"'{{{{/{closed}}}}}' closes a block that is not open here."));
                }

                names?.Close();
                return;
            case '#':
                var opened = new WordReader(tag[1..]);
                CheckCall(part, line, ref opened, isBlock: true, depth: 0, errors, names);
                open.Push((new WordReader(tag[1..]).Read().ToString(), line));
                names?.Open(open.Peek().Name);
                if (open.Count == Limits.TemplateDepthMax + 1)
                {
                    errors.Add(TooDeep(part, line, "Blocks"));
                }

                return;
            case '^':
                names?.Else();
                return;
            default:
                var words = new WordReader(tag);
                CheckCall(part, line, ref words, isBlock: false, depth: 0, errors, names);
                return;
        }
    }

    /// <summary>A name followed by an argument is a call of a helper; alone it is a value.</summary>
    private static void CheckCall(string part, int line, ref WordReader words, bool isBlock, int depth, List<TemplateError> errors, TemplateNames? names)
    {
        if (depth > Limits.TemplateDepthMax)
        {
            // Not looked into: this recurses, too.
            errors.Add(TooDeep(part, line, "Calls in parentheses"));
            words = default;
            return;
        }

        var name = words.Read();
        if (name is "else")
        {
            names?.Else();
        }

        var (arguments, isParameter) = (0, false);
        while (true)
        {
            var word = words.Read();
            if (word.IsEmpty || word is ")")
            {
                break;
            }

            if (word is "(")
            {
                CheckCall(part, line, ref words, isBlock: false, depth + 1, errors, names);
            }
            else if (!isParameter && word is not ("as" or "|"))
            {
                // What follows 'else' is a block's name first.
                names?.Path(name is "else" && arguments == 0 ? [] : word, line);
            }

            if (word is "as" or "|")
            {
                isParameter |= word is "|";
                continue;
            }

            arguments++;
        }

        var text = name.ToString();
        var known = isBlock ? Blocks.Contains(text) : TemplateHelpers.Names.Contains(text) || text is "lookup" or "else";
        if (known || text.Length == 0)
        {
            return;
        }

        if (arguments == 0 && depth == 0 && !isBlock)
        {
            names?.Path(name, line);
            return;
        }

        errors.Add(new TemplateError(
            part,
            line,
            isBlock
                ? $"There is no block '#{text}'. Blocks are: {string.Join(", ", Blocks.Order(StringComparer.Ordinal))}."
                : $"There is no helper '{text}'. Helpers are: {string.Join(", ", TemplateHelpers.Names.Order(StringComparer.Ordinal))}."));
    }

    private static TemplateError TooDeep(string part, int line, string what) => new(part, line, $"{what} stand more than {Limits.TemplateDepthMax} levels inside each other.");

    private static int Line(string source, int at) => source.AsSpan(0, at).Count('\n') + 1;

    private ref struct WordReader(ReadOnlySpan<char> text)
    {
        private ReadOnlySpan<char> _rest = text;

        /// <summary>The next word, text in quotes, or parenthesis; empty at the end.</summary>
        public ReadOnlySpan<char> Read()
        {
            _rest = _rest.TrimStart();
            if (_rest.IsEmpty)
            {
                return _rest;
            }

            var end = _rest[0] is '(' or ')' or '|' ? 1 : End(_rest);
            var word = _rest[..end];
            _rest = _rest[end..];
            return word;
        }

        private static int End(ReadOnlySpan<char> text)
        {
            var close = '\0';
            for (var i = 0; i < text.Length; i++)
            {
                var c = text[i];
                if (close != '\0')
                {
                    close = c == close ? '\0' : close;
                }
                else if (c is '"' or '\'')
                {
                    close = c;
                }
                else if (c == '[')
                {
                    close = ']';
                }
                else if (char.IsWhiteSpace(c) || c is '(' or ')')
                {
                    return i;
                }
            }

            return text.Length;
        }
    }
}
