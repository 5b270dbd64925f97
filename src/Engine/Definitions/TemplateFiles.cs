using System.Globalization;
using Triggers.Engine.Definitions.Fields;
using Triggers.Engine.Messages;
using Triggers.Engine.Text;

namespace Triggers.Engine.Definitions;

/// <summary>Puts the files of templates/ together: <c>id.subject.hbs</c>, <c>id.html.hbs</c>, <c>id.text.hbs</c>, or <c>id.json.hbs</c>.</summary>
internal sealed class TemplateFiles(LoadContext context)
{
    private const string Folder = "templates/";
    private static readonly string[] s_parts = ["subject", "html", "text", "json"];

    private readonly SortedDictionary<string, SortedDictionary<string, DefinitionFile>> _parts = new(StringComparer.Ordinal);

    /// <summary>false: the file is no template.</summary>
    public bool TryAdd(DefinitionFile file)
    {
        if (!file.Path.EndsWith(".hbs", StringComparison.Ordinal))
        {
            return false;
        }

        var names = file.Path[(file.Path.LastIndexOf('/') + 1)..].Split('.');
        if (!file.Path.StartsWith(Folder, StringComparison.Ordinal) || names.Length != 3 || file.Path.Count(c => c == '/') != 1)
        {
            Fail(file, "Templates are named templates/<id>.subject.hbs, .html.hbs and .text.hbs, or templates/<id>.json.hbs.");
        }
        else if (!s_parts.Contains(names[1], StringComparer.Ordinal))
        {
            Fail(file, $"'{names[1]}' is no part of a template: {string.Join(", ", s_parts)}.{Suggest.Phrase(Suggest.For(names[1], s_parts))}");
        }
        else if (IdType.Check(names[0]) is { } error)
        {
            Fail(file, error);
        }
        else
        {
            if (!_parts.TryGetValue(names[0], out var parts))
            {
                _parts[names[0]] = parts = new SortedDictionary<string, DefinitionFile>(StringComparer.Ordinal);
            }

            parts[names[1]] = file;
        }

        return true;
    }

    /// <summary>By id, ordinal.</summary>
    public IReadOnlyList<TemplateDefinition> Build() => _parts.Select(item => Build(item.Key, item.Value)).ToList();

    private TemplateDefinition Build(string id, SortedDictionary<string, DefinitionFile> parts)
    {
        var first = parts.Values.First();
        var isJson = parts.ContainsKey("json");
        if (isJson && parts.Count > 1)
        {
            Fail(parts["json"], $"A template is either a message (subject, html, text) or a JSON body: '{id}' has both.");
        }
        else if (!isJson && !parts.ContainsKey("subject"))
        {
            Fail(first, $"The template '{id}' has no subject: add templates/{id}.subject.hbs.");
        }
        else if (!isJson && parts.Count == 1)
        {
            Fail(first, $"The template '{id}' has a subject alone: add templates/{id}.html.hbs or {id}.text.hbs.");
        }

        // Each part with its name, so that moving text from one to the other changes the hash.
        var content = string.Concat(parts.Select(part => $"{part.Key}\0{part.Value.Text}\0"));
        var template = new TemplateDefinition(id, Text("subject").TrimEnd(), Text("html"), isJson ? Text("json") : Text("text"), Hash64.Of(content).ToString("x16", CultureInfo.InvariantCulture));

        // Checking compiles, which takes longer than all the rest of a version; whoever renders one of a saved version compiles it, and says what is wrong.
        var errors = context.IsSaved ? [] : TemplateRenderer.Check(template);
        errors = errors.Count > 0 || context.IsSaved ? errors : parts.SelectMany(part => TemplateNames.Check(part.Key, part.Value.Text)).ToList();
        foreach (var error in errors)
        {
            context.Errors.Add(parts.GetValueOrDefault(isJson ? "json" : error.Part, first).Path, error.Line, 1, "", error.Message);
        }

        return template;

        string Text(string part) => parts.TryGetValue(part, out var file) ? file.Text : "";
    }

    private void Fail(DefinitionFile file, string message) => context.Errors.Add(file.Path, 0, 0, "", message);
}
