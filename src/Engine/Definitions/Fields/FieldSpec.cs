using System.Text.Json.Nodes;

namespace Triggers.Engine.Definitions.Fields;

/// <summary>A field that describes itself once: validation, JSON schema, docs and forms all read this.</summary>
/// <param name="Default">What holds when it is left out, as docs say it; empty: nothing.</param>
public abstract record FieldSpec(string Name, string Help, bool IsRequired, string Default)
{
    /// <summary>The type in words.</summary>
    public abstract string TypeName { get; }

    /// <summary>JSON Schema of the value.</summary>
    internal abstract JsonObject Schema(SchemaScope scope);
}

/// <inheritdoc />
internal sealed record Field<T>(string Name, FieldType<T> Type, string Help, bool IsRequired, string Default) : FieldSpec(Name, Help, IsRequired, Default)
{
    public override string TypeName => Type.Name;

    internal override JsonObject Schema(SchemaScope scope) => Type.Schema(scope);
}

internal static class Field
{
    public static Field<T> Required<T>(string name, FieldType<T> type, string help) => new(name, type, help, true, "");

    public static Field<T> Optional<T>(string name, FieldType<T> type, string help, string defaultsTo = "") => new(name, type, help, false, defaultsTo);
}
