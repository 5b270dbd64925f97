using System.Text.Json;
using Triggers.Engine.Definitions;

namespace Triggers.Engine.Tests.Definitions;

public sealed class SchemaTests
{
    [Fact]
    public void There_is_one_schema_per_kind_of_file_and_every_reference_in_it_leads_somewhere()
    {
        var schemas = JsonSchema.Generate();

        Assert.Equal("sources segments traits scoring value sending identity plan campaign", string.Join(' ', schemas.Select(schema => schema.Id)));
        foreach (var schema in schemas)
        {
            using var document = JsonDocument.Parse(schema.Json);
            var root = document.RootElement;
            Assert.Equal("https://json-schema.org/draft/2020-12/schema", root.GetProperty("$schema").GetString());
            var definitions = root.GetProperty("$defs").EnumerateObject().Select(item => "#/$defs/" + item.Name).ToHashSet(StringComparer.Ordinal);
            Assert.All(References(root), reference => Assert.Contains(reference, definitions));
        }
    }

    [Fact]
    public void The_schema_of_campaigns_knows_every_field_with_its_help()
    {
        using var document = JsonDocument.Parse(JsonSchema.Generate().Single(schema => schema.Id == "campaign").Json);

        var campaign = document.RootElement.GetProperty("$defs").GetProperty("campaign");

        Assert.Equal(JsonValueKind.False, campaign.GetProperty("additionalProperties").ValueKind);
        Assert.Equal("campaign trigger steps", string.Join(' ', campaign.GetProperty("required").EnumerateArray().Select(item => item.GetString())));
        Assert.All(
            DefinitionElements.All.Single(element => element.Id == "campaign").Fields,
            field => Assert.StartsWith(field.Help, campaign.GetProperty("properties").GetProperty(field.Name).GetProperty("description").GetString()));
    }

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(item => item.NameEquals("$ref") ? [item.Value.GetString()!] : References(item.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
