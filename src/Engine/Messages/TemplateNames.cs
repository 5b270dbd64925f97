using Triggers.Engine.Text;

namespace Triggers.Engine.Messages;

/// <summary>
/// Finds values in a template that can only ever be empty, because nothing of that name is given to templates. What lies in a customer's traits, a group or an event's properties
/// is theirs, and so is whatever <c>#each</c> and <c>#with</c> stand on: there every name may be.
/// </summary>
internal sealed class TemplateNames(string part, List<TemplateError> errors)
{
    /// <summary>What a template is given, and what each of these holds: null, anything; nothing, it is a text.</summary>
    private static readonly (string Name, string[]? Holds)[] s_given =
    [
        ("traits", null), ("group", null), ("event", ["name", "properties"]), ("customer", ["id", "anonymous"]), ("campaign", []), ("messageId", []), (UnsubscribeUrl, []),
    ];

    private static readonly string[] s_own = ["@root", "@index", "@first", "@last", "@key", "@value"];

    private const string UnsubscribeUrl = "unsubscribeUrl";

    /// <summary>Of each block that is open: whether names in it are looked up in something else than around it.</summary>
    private readonly Stack<bool> _blocks = new();

    private readonly string[] _names = [.. s_given.Select(given => given.Name).Where(name => part != "json" || name != UnsubscribeUrl)];

    /// <param name="part"><c>subject</c>, <c>html</c>, <c>text</c> or <c>json</c>.</param>
    /// <param name="source">Without errors of other kinds.</param>
    public static IReadOnlyList<TemplateError> Check(string part, string source)
    {
        var errors = new List<TemplateError>();
        TemplateScanner.Check(part, source, errors, new TemplateNames(part, errors));
        return errors;
    }

    public void Open(string block) => _blocks.Push(block is "each" or "with");

    /// <summary>The other branch of a block stands on what is around it.</summary>
    public void Else()
    {
        if (_blocks.TryPop(out _))
        {
            _blocks.Push(false);
        }
    }

    public void Close() => _blocks.TryPop(out _);

    /// <param name="word">An argument, or what is written: a path, a text, a number or a named argument.</param>
    public void Path(ReadOnlySpan<char> word, int line)
    {
        var equals = word.IndexOf('=');
        var path = equals > 0 && word[..equals].IndexOfAny("\"'[") < 0 ? word[(equals + 1)..] : word;
        if (path.IsEmpty || path[0] is '"' or '\'' or '-' || char.IsAsciiDigit(path[0]) || path is "true" or "false" or "null" or "undefined" || path.Contains("..", StringComparison.Ordinal))
        {
            return;
        }

        var segments = Segments(path);
        if (path[0] == '@')
        {
            CheckOwn(segments, line);
            return;
        }

        // In a block that stands on something else nothing is known of the names, and how far '../' leads is left to whoever writes it.
        if (!_blocks.Contains(true))
        {
            CheckGiven(segments is ["this", ..] ? segments[1..] : segments, line);
        }
    }

    private void CheckOwn(List<string> segments, int line)
    {
        if (!s_own.Contains(segments[0], StringComparer.Ordinal))
        {
            Fail(line, $"Nothing is called '{segments[0]}' in a template.{Suggest.Phrase(Suggest.For(segments[0], s_own))} Names with '@' are {string.Join(", ", s_own)}.");
        }
        else if (segments[0] == "@root")
        {
            CheckGiven(segments[1..], line);
        }
    }

    private void CheckGiven(List<string> segments, int line)
    {
        if (segments.Count == 0)
        {
            return;
        }

        if (!_names.Contains(segments[0], StringComparer.Ordinal))
        {
            var given = string.Join(", ", _names);
            Fail(line, segments[0] == UnsubscribeUrl
                ? $"'{UnsubscribeUrl}' is given to e-mail alone: in a webhook's body it is always empty."
                : $"A template is given nothing called '{segments[0]}', so this is always empty.{Meant(segments)} It is given {given}; what is known of the customer is in traits.");
            return;
        }

        var holds = s_given.First(given => given.Name == segments[0]).Holds;
        if (holds is null || segments.Count == 1 || holds.Contains(segments[1], StringComparer.Ordinal))
        {
            return;
        }

        Fail(line, holds.Length == 0
            ? $"'{segments[0]}' is a text, and has no '{segments[1]}': this is always empty."
            : $"'{segments[0]}' has no '{segments[1]}', so this is always empty.{Suggest.Phrase(Suggest.For(segments[1], holds))} It has {string.Join(" and ", holds)}.");
    }

    /// <summary>A name near one that is given; otherwise, for one alone, where such a thing would be.</summary>
    private string Meant(List<string> segments)
    {
        var near = Suggest.For(segments[0], _names);
        return Suggest.Phrase(near.Count > 0 ? near
            : segments[0] == "properties" ? [string.Join('.', ["event", .. segments])]
            : segments.Count == 1 ? [$"traits.{segments[0]}", $"event.properties.{segments[0]}"]
            : []);
    }

    private void Fail(int line, string message) => errors.Add(new TemplateError(part, line, message));

    /// <summary>The names of a path, without the brackets of those that stand in some.</summary>
    private static List<string> Segments(ReadOnlySpan<char> path)
    {
        var segments = new List<string>();
        var start = 0;
        var isInBrackets = false;
        for (var i = 0; i <= path.Length; i++)
        {
            var isEnd = i == path.Length || (!isInBrackets && (path[i] is '.' or '/'));
            isInBrackets = i < path.Length && (path[i] == '[' || (isInBrackets && path[i] != ']'));
            if (isEnd)
            {
                Add(path[start..i]);
                start = i + 1;
            }
        }

        return segments;

        void Add(ReadOnlySpan<char> segment)
        {
            if (!segment.IsEmpty)
            {
                segments.Add(segment is ['[', .., ']'] ? segment[1..^1].ToString() : segment.ToString());
            }
        }
    }
}
