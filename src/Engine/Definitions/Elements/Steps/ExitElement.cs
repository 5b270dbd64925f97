using System.Text.Json.Nodes;
using Triggers.Engine.Definitions.Fields;

namespace Triggers.Engine.Definitions.Elements.Steps;

/// <summary><c>exit</c>.</summary>
internal sealed class ExitElement : StepElement
{
    private static readonly Field<bool> s_exit = Field.Required("exit", new NothingType(), "Nothing: `exit` alone.");

    public override string Verb => "exit";

    public override bool IsBare => true;

    public override string Help => "Ends the run here.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [s_exit, s_id];

    protected override StepDefinition Build(MapReader map)
    {
        map.Get(s_exit, true);
        return new ExitStep(IdOf(map));
    }
}

/// <summary>A field that only has to be there.</summary>
internal sealed class NothingType : FieldType<bool>
{
    public override string Name => "nothing";

    public override JsonObject Schema(SchemaScope scope) => new() { ["type"] = new JsonArray("null", "boolean", "string") };

    public override bool Read(At at)
    {
        if (at.Node is not Yaml.YamlScalar { IsEmpty: true } and not Yaml.YamlScalar { Value: "true" or "exit" })
        {
            at.Fail($"Nothing stands behind `exit`, found {at.Node.Describe()}.");
        }

        return true;
    }
}
