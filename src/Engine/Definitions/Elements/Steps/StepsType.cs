using System.Text.Json.Nodes;
using Triggers.Engine.Definitions.Fields;
using Triggers.Engine.Definitions.Yaml;
using Triggers.Engine.Text;

namespace Triggers.Engine.Definitions.Elements.Steps;

/// <summary>A list of steps.</summary>
internal sealed class StepsType(int least = 0) : FieldType<IReadOnlyList<StepDefinition>>
{
    /// <summary>Every kind of step there is.</summary>
    public static IReadOnlyList<StepElement> Kinds { get; } = [new SendElement(), new WaitElement(), new WaitUntilElement(), new BranchElement(), new ExitElement()];

    public override string Name => "a list of steps";

    public override JsonObject Schema(SchemaScope scope)
    {
        var step = scope.Define("step", () => new JsonObject { ["anyOf"] = new JsonArray(Kinds.Select(kind => (JsonNode)kind.Schema(scope)).ToArray()) });
        return new JsonObject { ["type"] = "array", ["minItems"] = least, ["items"] = step };
    }

    public override IReadOnlyList<StepDefinition> Read(At at)
    {
        if (at.Node is not YamlList list)
        {
            at.Fail($"Expected {Name}, found {at.Node.Describe()}. Each begins with '- ', or they stand in [ ].");
            return [];
        }

        if (list.Items.Count < least)
        {
            at.Fail("Expected at least one step.");
        }

        return list.Items.Select((node, index) => ReadStep(at.Item(index, node))).OfType<StepDefinition>().ToList();
    }

    private static StepDefinition? ReadStep(At at)
    {
        var verbs = at.Node switch
        {
            YamlMap map => map.Entries.Select(entry => entry.Key.Value).ToList(),
            YamlScalar { IsEmpty: false } scalar => [scalar.Value],
            _ => [],
        };
        var kinds = Kinds.Where(kind => verbs.Contains(kind.Verb, StringComparer.Ordinal)).ToList();
        if (kinds.Count != 1)
        {
            FailVerb(at, verbs, kinds);
            return null;
        }

        if (at.Node is YamlMap)
        {
            return kinds[0].Read(at);
        }

        if (!kinds[0].IsBare)
        {
            at.Fail($"The step '{kinds[0].Verb}' needs more: {kinds[0].Fields[0].Help}");
            return null;
        }

        var bare = new YamlMap(false, at.Node.Line, at.Node.Column);
        bare.Add((YamlScalar)at.Node, at.Node);
        return kinds[0].Read(at with { Node = bare });
    }

    private static void FailVerb(At at, List<string> verbs, List<StepElement> kinds)
    {
        var all = Kinds.Select(kind => kind.Verb).ToList();
        if (kinds.Count > 1)
        {
            at.Fail($"One step does one thing, but this one has {string.Join(" and ", kinds.Select(kind => kind.Verb))}: make them steps of their own, each beginning with '- '.");
            return;
        }

        if (at.Node is YamlScalar { Value: var words } && Kinds.FirstOrDefault(kind => words.StartsWith(kind.Verb + " ", StringComparison.Ordinal)) is { } meant)
        {
            at.Fail($"Expected a step, found '{words}'. Write '{meant.Verb}: {words[meant.Verb.Length..].Trim()}'.");
            return;
        }

        var suggestions = verbs.SelectMany(verb => Suggest.For(verb, all)).Distinct(StringComparer.Ordinal).ToList();
        at.Fail($"Expected a step, found {(verbs.Count == 0 ? at.Node.Describe() : string.Join(", ", verbs.Select(verb => $"'{verb}'")))}.{Suggest.Phrase(suggestions)} Steps are {string.Join(", ", all)}.");
    }
}
