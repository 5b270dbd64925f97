using System.Text.Json.Nodes;

namespace Triggers.Engine.Definitions.Fields;

/// <summary>The list of addresses and domains that messages of a test may go to.</summary>
internal sealed class TestAddressesType : FieldType<IReadOnlyList<string>>
{
    private static readonly ListType<string> s_list = new(new Item(), "a list of e-mail addresses and domains such as [ qa@example.com, '@example.com' ]");

    public override string Name => s_list.Name;

    public override JsonObject Schema(SchemaScope scope)
    {
        var schema = s_list.Schema(scope);
        schema["maxItems"] = Limits.TestAddressesMax;
        return schema;
    }

    public override IReadOnlyList<string> Read(At at)
    {
        var items = s_list.Read(at);
        if (items.Count > Limits.TestAddressesMax)
        {
            at.Fail($"There are {items.Count} test addresses; at most {Limits.TestAddressesMax} are allowed. A domain such as '@example.com' stands for all of its addresses.");
        }

        return items;
    }

    private sealed class Item : ScalarType<string>
    {
        public override string Name => "an e-mail address or a domain such as '@example.com'";

        protected override string Fallback => "";

        public override JsonObject Schema(SchemaScope scope) => new() { ["type"] = "string", ["pattern"] = "^[^@\\s]*@[A-Za-z0-9.-]+$", ["maxLength"] = 254 };

        protected override string? Parse(At at, string text, out string value)
        {
            value = text.Trim();
            return TestAddresses.Check(value);
        }
    }
}
