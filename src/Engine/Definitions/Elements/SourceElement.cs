using Triggers.Engine.Definitions.Fields;

namespace Triggers.Engine.Definitions.Elements;

/// <summary>One entry of sources.yaml, still without its id.</summary>
internal sealed class SourceElement : Element<SourceDefinition>
{
    private static readonly Field<string> s_name = Field.Optional("name", Types.Text, "How people call it.", "made from the id");
    private static readonly Field<string> s_writeKey = Field.Required("writeKey", Types.Text, "The key that the site's SDK is set up with. Unique.");
    private static readonly Field<string> s_currency = Field.Optional("currency", new CurrencyType(), "Currency of amounts in events that name none.", "USD");

    public override string Id => "source";

    public override string Help => "A site or app that streams events.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [s_name, s_writeKey, s_currency];

    protected override SourceDefinition Build(MapReader map)
    {
        var key = map.Text(s_writeKey);
        if (key.Any(c => char.IsWhiteSpace(c) || c is ':' or '/'))
        {
            map.Place(s_writeKey).Fail($"The write key '{key}' cannot hold blanks, colons or slashes: it travels in addresses and headers.");
        }

        return new SourceDefinition("", key, map.Get(s_name, ""), map.Get(s_currency, "USD"));
    }
}

/// <summary>Three capital letters of ISO 4217.</summary>
internal sealed class CurrencyType : ScalarType<string>
{
    public override string Name => "a currency code such as USD or EUR";

    protected override string Fallback => "USD";

    public override System.Text.Json.Nodes.JsonObject Schema(SchemaScope scope) => new() { ["type"] = "string", ["pattern"] = "^[A-Z]{3}$" };

    protected override string? Parse(At at, string text, out string value)
    {
        value = text;
        return text.Length == 3 && text.All(char.IsAsciiLetterUpper) ? null : $"Expected {Name}, found '{text}'.";
    }
}
