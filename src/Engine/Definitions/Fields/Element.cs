using System.Text.Json.Nodes;
using Triggers.Engine.Definitions.Yaml;
using Triggers.Engine.Text;

namespace Triggers.Engine.Definitions.Fields;

/// <summary>A map with known fields: what docs and editors need to know of it.</summary>
public interface IElement
{
    /// <summary>Its name in docs and schema: <c>goal</c>.</summary>
    string Id { get; }

    string Help { get; }

    IReadOnlyList<FieldSpec> Fields { get; }
}

/// <summary>A map with known fields, read into a definition. Unknown, doubled and missing fields are told here, once for all elements.</summary>
internal abstract class Element<T> : FieldType<T>, IElement
{
    public abstract string Id { get; }

    public abstract string Help { get; }

    public abstract IReadOnlyList<FieldSpec> Fields { get; }

    public override string Name => OneOf.Count > 0 ? $"a map with one of {string.Join(", ", OneOf)}" : $"a map of {string.Join(", ", Fields.Where(item => item.IsRequired).DefaultIfEmpty(Fields[0]).Select(item => item.Name))}{(Fields.Any(item => !item.IsRequired) ? ", …" : "")}";

    /// <summary>Exactly one of these fields must be there; empty: no such rule.</summary>
    public virtual IReadOnlyList<string> OneOf => [];

    protected abstract T Build(MapReader map);

    public override JsonObject Schema(SchemaScope scope) => scope.Define(Id, () => SchemaScope.Object(this, OneOf, scope));

    public override T Read(At at)
    {
        var map = at.Node as YamlMap;
        if (map is null)
        {
            at.Fail($"Expected {Name}, found {at.Node.Describe()}.");
        }

        var reader = new MapReader(at, map ?? new YamlMap(false, at.Node.Line, at.Node.Column), Fields);
        if (map is not null)
        {
            reader.CheckFields();
            CheckOneOf(at, map);
        }

        return Build(reader);
    }

    private void CheckOneOf(At at, YamlMap map)
    {
        var present = OneOf.Where(name => map.Find(name) is not null).ToList();
        if (OneOf.Count > 0 && present.Count != 1)
        {
            at.Fail(present.Count == 0 ? $"Expected one of the fields {string.Join(", ", OneOf)}." : $"Only one of the fields {string.Join(", ", present)} may stand here.");
        }
    }
}

/// <summary>Reads the fields of one map.</summary>
internal sealed class MapReader(At at, YamlMap map, IReadOnlyList<FieldSpec> fields)
{
    /// <summary>What other tools call our fields.</summary>
    private static readonly Dictionary<string, string> s_synonyms = new(StringComparer.Ordinal)
    {
        ["else"] = "otherwise", ["default"] = "otherwise", ["if"] = "when", ["condition"] = "when", ["filter"] = "where", ["timeout"] = "for", ["id"] = "campaign", ["enabled"] = "status", ["re-entry"] = "reentry",
    };

    public At At { get; } = at;

    public bool Has(FieldSpec field) => map.Find(field.Name) is not null;

    /// <summary>The field's value; the fallback when it is left out.</summary>
    public T Get<T>(Field<T> field, T fallback) => map.Find(field.Name) is { } node ? field.Type.Read(At.Child(field.Name, node)) : fallback;

    /// <summary>A required field (its absence was told already), or an optional one that may be null.</summary>
    public T? Get<T>(Field<T> field) => Get(field!, default!);

    /// <summary>Text of a required field.</summary>
    public string Text(Field<string> field) => Get(field, "");

    /// <summary>Where the field stands, for errors about its value.</summary>
    public At Place(FieldSpec field) => map.Find(field.Name) is { } node ? At.Child(field.Name, node) : At;

    public void CheckFields()
    {
        foreach (var (key, _) in map.Entries)
        {
            if (!fields.Any(field => string.Equals(field.Name, key.Value, StringComparison.Ordinal)))
            {
                FailUnknown(key);
            }
        }

        foreach (var field in fields)
        {
            if (field.IsRequired && map.Find(field.Name) is null)
            {
                At.Fail($"The field '{field.Name}' is missing ({field.TypeName}): {field.Help}");
            }
        }
    }

    private void FailUnknown(YamlScalar key)
    {
        var names = fields.Select(field => field.Name).ToList();
        var synonym = s_synonyms.GetValueOrDefault(key.Value.ToLowerInvariant());
        var suggestions = synonym is not null && names.Contains(synonym, StringComparer.Ordinal) ? [synonym] : Suggest.For(key.Value, names);
        var hint = map.IsFlow && key.Value.Any(c => c is '(' or ')' or '=' or '<' or '>')
            ? " Inside { } a comma ends a value: put the whole condition in double quotes, or on a line of its own."
            : $" Fields here: {string.Join(", ", names)}.";
        At.Child(key.Value, key).Fail($"There is no field '{key.Value}'.{Suggest.Phrase(suggestions)}{hint}");
    }
}
