using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using HandlebarsDotNet;
using Triggers.Engine.Definitions;

namespace Triggers.Engine.Messages;

/// <summary>
/// Turns a template and a customer's data into the text that leaves. The same template and data give the same text everywhere: no culture, clock
/// or .NET member is reachable from a template. Values are HTML-escaped in the HTML part only; what is missing renders as nothing.
/// </summary>
public sealed class TemplateRenderer
{
    /// <summary>Compiled templates kept. Reloads leave old versions behind; at the limit all are dropped and compiled again as they are needed.</summary>
    public const int CachedTemplatesMax = 1_000;

    /// <summary>A rendered part is at most this long: nested loops over a large trait must not eat the memory of the server.</summary>
    public const int PartCharsMax = 1 << 20;

    /// <summary>Longest subject; mail clients show far less.</summary>
    public const int SubjectCharsMax = 400;

    private static readonly IHandlebars Html = TemplateHelpers.CreateEnvironment(escape: true);
    private static readonly IHandlebars Plain = TemplateHelpers.CreateEnvironment(escape: false);

    private readonly ConcurrentDictionary<(string Id, string ContentHash), Compiled> _compiled = new();

    /// <param name="data">UTF-8 JSON object that the template sees.</param>
    /// <param name="variables">Further values at the top level, such as <c>unsubscribeUrl</c>; they win over the data.</param>
    public RenderResult Render(TemplateDefinition template, ReadOnlySpan<byte> data, IReadOnlyDictionary<string, string>? variables = null)
    {
        if (!TemplateData.TryRead(data, out var model, out var problem))
        {
            return new RenderResult(null, $"template {template.Id}: the message's data is not a JSON object: {problem}");
        }

        if (variables is not null)
        {
            foreach (var (name, value) in variables)
            {
                model[name] = value;
            }
        }

        var compiled = Find(template);
        if (compiled.Errors.Count > 0)
        {
            return new RenderResult(null, $"template {template.Id}: {compiled.Errors[0]}");
        }

        try
        {
            return new RenderResult(
                new RenderedTemplate(OneLine(compiled.Subject.Render(model)), compiled.Html.Render(model), compiled.Text.Render(model)),
                "");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Helpers of ours do not throw; what comes here is a template that the library accepts and cannot run, or one that writes too much.
            return new RenderResult(null, $"template {template.Id}: {FirstLine(e.Message)}");
        }
    }

    /// <summary>Every error that can be known without a customer: syntax, helpers that do not exist, partials.</summary>
    public static IReadOnlyList<TemplateError> Check(TemplateDefinition template) => Compile(template).Errors;

    private Compiled Find(TemplateDefinition template)
    {
        if (template.ContentHash.Length == 0)
        {
            return Compile(template);
        }

        var key = (template.Id, template.ContentHash);
        if (_compiled.TryGetValue(key, out var compiled))
        {
            return compiled;
        }

        if (_compiled.Count >= CachedTemplatesMax)
        {
            _compiled.Clear();
        }

        return _compiled.GetOrAdd(key, Compile(template));
    }

    private static Compiled Compile(TemplateDefinition template)
    {
        var errors = new List<TemplateError>();
        return new Compiled(
            CompilePart(Plain, "subject", template.Subject, errors),
            CompilePart(Html, "html", template.Html, errors),
            CompilePart(Plain, "text", template.Text, errors),
            errors);
    }

    private static Part CompilePart(IHandlebars environment, string part, string source, List<TemplateError> errors)
    {
        if (source.Length == 0)
        {
            return default;
        }

        var before = errors.Count;
        TemplateScanner.Check(part, source, errors);
        if (errors.Count > before)
        {
            return default;
        }

        try
        {
            return new Part(environment.Compile(new StringReader(source)));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            errors.Add(new TemplateError(part, LineOf(e.Message), FirstLine(e.Message)));
            return default;
        }
    }

    /// <summary>A header is one line: whatever could begin another one becomes a space.</summary>
    private static string OneLine(string subject)
    {
        var text = new StringBuilder(subject.Length);
        foreach (var c in subject)
        {
            var breaks = char.IsControl(c) || c is '\u2028' or '\u2029';
            if (!breaks)
            {
                text.Append(c);
            }
            else if (text.Length > 0 && text[^1] != ' ')
            {
                text.Append(' ');
            }
        }

        var line = text.ToString().Trim();
        if (line.Length <= SubjectCharsMax)
        {
            return line;
        }

        var end = char.IsHighSurrogate(line[SubjectCharsMax - 1]) ? SubjectCharsMax - 1 : SubjectCharsMax;
        return line[..end];
    }

    private static string FirstLine(string message)
    {
        var end = message.AsSpan().IndexOfAny('\r', '\n');
        return end < 0 ? message : message[..end];
    }

    /// <summary>The library ends its messages with <c>Occured at: line:column</c>.</summary>
    private static int LineOf(string message)
    {
        const string mark = "Occured at: ";
        var at = message.LastIndexOf(mark, StringComparison.Ordinal);
        if (at < 0)
        {
            return 1;
        }

        var rest = message.AsSpan(at + mark.Length);
        var end = rest.IndexOf(':');
        return end > 0 && int.TryParse(rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var line) ? Math.Max(line, 1) : 1;
    }

    private sealed record Compiled(Part Subject, Part Html, Part Text, List<TemplateError> Errors);

    private readonly struct Part(HandlebarsTemplate<TextWriter, object, object> template)
    {
        public string Render(Dictionary<string, object?> model)
        {
            if (template is null)
            {
                return "";
            }

            using var writer = new BoundedWriter(PartCharsMax);
            template(writer, model, null!);
            return writer.ToString();
        }
    }
}

/// <summary>A template's parts with a customer's values filled in.</summary>
public sealed record RenderedTemplate(string Subject, string Html, string Text);

/// <summary>The rendered parts, or why there are none; never both.</summary>
public readonly record struct RenderResult(RenderedTemplate? Content, string Error);

/// <summary>What is wrong in a template, so that validation can point at the file of that part.</summary>
/// <param name="Part"><c>subject</c>, <c>html</c> or <c>text</c>.</param>
/// <param name="Line">1-based, within the part.</param>
public sealed record TemplateError(string Part, int Line, string Message)
{
    public override string ToString() => $"{Part}, line {Line.ToString(CultureInfo.InvariantCulture)}: {Message}";
}
