using System.Net;
using System.Text;

namespace Triggers.Runtime.Messages;

/// <summary>
/// Puts tracking into a mail's HTML without parsing it into a tree and printing it anew, which would break the conditional comments and odd markup
/// that mail needs: it walks the tags and replaces the values of <c>href</c> only. Comments, scripts and styles are passed over.
/// </summary>
internal static class HtmlLinks
{
    /// <param name="replace">Given a link (entities resolved), the one to put in its place; null: leave it.</param>
    /// <param name="pixel">Markup to put before the last <c>&lt;/body&gt;</c>, or at the end; empty: none.</param>
    public static string Rewrite(string html, Func<string, string?> replace, string pixel)
    {
        var result = new StringBuilder(html.Length + 1024);
        var copied = 0;
        var bodyEnd = -1;
        for (var at = html.IndexOf('<', StringComparison.Ordinal); at >= 0; at = at >= html.Length ? -1 : html.IndexOf('<', at))
        {
            if (html.AsSpan(at).StartsWith("<!--"))
            {
                at = After(html, "-->", at + 4);
                continue;
            }

            if (IsTag(html, at, "/body"))
            {
                result.Append(html, copied, at - copied);
                copied = at;
                bodyEnd = result.Length;
            }

            if (at + 1 >= html.Length || !char.IsAsciiLetter(html[at + 1]))
            {
                at++;
                continue;
            }

            var link = IsTag(html, at, "a") || IsTag(html, at, "area");
            var raw = RawTextElement(html, at);
            var tag = new TagReader(html, at);
            var seen = false;
            var tracked = true;
            (int Start, int Length) href = default;
            while (tag.NextAttribute(out var name, out var value))
            {
                if (!seen && html.AsSpan(name.Start, name.Length).Equals("href", StringComparison.OrdinalIgnoreCase))
                {
                    seen = true;
                    href = value;
                }

                tracked &= !(html.AsSpan(name.Start, name.Length).Equals("data-track", StringComparison.OrdinalIgnoreCase)
                    && html.AsSpan(value.Start, value.Length).Trim("\"'").Equals("off", StringComparison.OrdinalIgnoreCase));
            }

            if (link && tracked && href.Length > 0 && replace(Decode(html.AsSpan(href.Start, href.Length))) is { } target)
            {
                result.Append(html, copied, href.Start - copied).Append('"').Append(WebUtility.HtmlEncode(target)).Append('"');
                copied = href.Start + href.Length;
            }

            at = raw is null ? tag.At : html.IndexOf("</" + raw, tag.At, StringComparison.OrdinalIgnoreCase);
            if (at < 0)
            {
                break;
            }
        }

        result.Append(html, copied, html.Length - copied);
        if (pixel.Length > 0)
        {
            result.Insert(bodyEnd < 0 ? result.Length : bodyEnd, pixel);
        }

        return result.ToString();
    }

    /// <summary>An attribute's value as the browser sees it: without quotes, entities resolved, trimmed.</summary>
    private static string Decode(ReadOnlySpan<char> value) =>
        WebUtility.HtmlDecode((value.Length >= 2 && value[0] is '"' or '\'' ? value[1..^1] : value).Trim().ToString());

    private static bool IsTag(string html, int at, string name)
    {
        var end = at + 1 + name.Length;
        return html.AsSpan(at + 1).StartsWith(name, StringComparison.OrdinalIgnoreCase) && (end >= html.Length || html[end] is '>' or '/' || char.IsWhiteSpace(html[end]));
    }

    /// <summary>Elements whose content is text, not markup.</summary>
    private static string? RawTextElement(string html, int at)
    {
        foreach (var name in (ReadOnlySpan<string>)["script", "style", "title", "textarea", "xmp"])
        {
            if (IsTag(html, at, name))
            {
                return name;
            }
        }

        return null;
    }

    private static int After(string html, string mark, int from)
    {
        var at = html.IndexOf(mark, from, StringComparison.Ordinal);
        return at < 0 ? html.Length : at + mark.Length;
    }

    /// <summary>Reads the attributes of one tag as browsers do: a quote hides <c>&gt;</c>, values may be unquoted.</summary>
    private struct TagReader(string html, int start)
    {
        private int _at = NameEnd(html, start + 1);

        /// <summary>Behind the tag, once its attributes are read.</summary>
        public readonly int At => _at;

        public bool NextAttribute(out (int Start, int Length) name, out (int Start, int Length) value)
        {
            name = value = default;
            while (_at < html.Length && (char.IsWhiteSpace(html[_at]) || html[_at] == '/'))
            {
                _at++;
            }

            if (_at >= html.Length || html[_at] == '>')
            {
                _at = Math.Min(_at + 1, html.Length);
                return false;
            }

            var begin = _at++;
            while (_at < html.Length && !char.IsWhiteSpace(html[_at]) && html[_at] is not ('=' or '>' or '/'))
            {
                _at++;
            }

            name = (begin, _at - begin);
            var equals = _at;
            while (equals < html.Length && char.IsWhiteSpace(html[equals]))
            {
                equals++;
            }

            if (equals >= html.Length || html[equals] != '=')
            {
                return true;
            }

            _at = equals + 1;
            while (_at < html.Length && char.IsWhiteSpace(html[_at]))
            {
                _at++;
            }

            begin = _at;
            if (_at < html.Length && html[_at] is '"' or '\'')
            {
                var close = html.IndexOf(html[_at], _at + 1);
                if (close < 0)
                {
                    _at = html.Length;
                    return false;
                }

                _at = close + 1;
            }
            else
            {
                while (_at < html.Length && !char.IsWhiteSpace(html[_at]) && html[_at] != '>')
                {
                    _at++;
                }
            }

            value = (begin, _at - begin);
            return true;
        }

        private static int NameEnd(string html, int at)
        {
            while (at < html.Length && !char.IsWhiteSpace(html[at]) && html[at] is not ('>' or '/'))
            {
                at++;
            }

            return at;
        }
    }
}
