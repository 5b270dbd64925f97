using System.Text.Json.Nodes;
using Triggers.Engine.Definitions.Yaml;

namespace Triggers.Engine.Definitions.Fields;

/// <summary>How a value is written: reads and checks it, and tells editors and docs its shape.</summary>
internal abstract class FieldType<T>
{
    /// <summary>In words, for docs and "expected …" messages.</summary>
    public abstract string Name { get; }

    public abstract JsonObject Schema(SchemaScope scope);

    /// <summary>The value; whatever stands in for it after an error was added.</summary>
    public abstract T Read(At at);
}

/// <summary>A type written as a single value.</summary>
internal abstract class ScalarType<T> : FieldType<T>
{
    /// <summary>Stands in for a value that could not be read.</summary>
    protected abstract T Fallback { get; }

    /// <summary>null: fine; otherwise what is wrong, as whole sentences.</summary>
    protected abstract string? Parse(At at, string text, out T value);

    public override T Read(At at)
    {
        if (at.Node is not YamlScalar scalar || scalar.IsEmpty)
        {
            at.Fail($"Expected {Name}, found {at.Node.Describe()}.");
            return Fallback;
        }

        if (Parse(at, scalar.Value, out var value) is { } error)
        {
            at.Fail(error);
            return Fallback;
        }

        return value;
    }
}

/// <summary>A list in the order of the file.</summary>
internal sealed class ListType<T>(FieldType<T> item, string name, int least = 0) : FieldType<IReadOnlyList<T>>
{
    public override string Name => name;

    public override JsonObject Schema(SchemaScope scope) => new() { ["type"] = "array", ["minItems"] = least, ["items"] = item.Schema(scope) };

    public override IReadOnlyList<T> Read(At at)
    {
        if (at.Node is not YamlList list)
        {
            at.Fail($"Expected {Name}, found {at.Node.Describe()}. Items of a list begin with '- ', or stand in [ ].");
            return [];
        }

        if (list.Items.Count < least)
        {
            at.Fail($"Expected at least {least} in {Name}.");
        }

        return list.Items.Select((node, index) => item.Read(at.Item(index, node))).ToList();
    }
}

/// <summary>A map whose keys are names the author gives.</summary>
internal sealed class MapType<T>(FieldType<string> key, FieldType<T> value, string name) : FieldType<IReadOnlyList<KeyValuePair<string, T>>>
{
    public override string Name => name;

    public override JsonObject Schema(SchemaScope scope) => new() { ["type"] = "object", ["propertyNames"] = key.Schema(scope), ["additionalProperties"] = value.Schema(scope) };

    public override IReadOnlyList<KeyValuePair<string, T>> Read(At at)
    {
        if (at.Node is not YamlMap map)
        {
            at.Fail($"Expected {Name}, found {at.Node.Describe()}.");
            return [];
        }

        return map.Entries.Select(entry => KeyValuePair.Create(key.Read(at.Child(entry.Key.Value, entry.Key)), value.Read(at.Child(entry.Key.Value, entry.Value)))).ToList();
    }
}

/// <summary>A short form as a single value, a long one as a map.</summary>
internal sealed class ShortOrLong<T>(FieldType<T> brief, FieldType<T> full) : FieldType<T>
{
    public override string Name => $"{brief.Name}, or {full.Name}";

    public override JsonObject Schema(SchemaScope scope) => new() { ["anyOf"] = new JsonArray(brief.Schema(scope), full.Schema(scope)) };

    public override T Read(At at) => at.Node is YamlMap ? full.Read(at) : brief.Read(at);
}

/// <summary>A value made from another type's.</summary>
internal sealed class Mapped<TFrom, T>(FieldType<TFrom> inner, Func<TFrom, T> map) : FieldType<T>
{
    public override string Name => inner.Name;

    public override JsonObject Schema(SchemaScope scope) => inner.Schema(scope);

    public override T Read(At at) => map(inner.Read(at));
}
