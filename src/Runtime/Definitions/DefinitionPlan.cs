using Triggers.Engine.Definitions;

namespace Triggers.Runtime.Definitions;

/// <summary>What other files would change: which of them, and which elements read otherwise. Ordered by kind and id.</summary>
public sealed record DefinitionPlan(IReadOnlyList<DefinitionChange> Files, IReadOnlyList<DefinitionChange> Elements)
{
    public static DefinitionPlan Between(IReadOnlyList<DefinitionFile> before, IReadOnlyList<DefinitionFile> after, DefinitionSet current, DefinitionSet wanted) => new(
        Compare("file", before.ToDictionary(file => file.Path, file => file.Text, StringComparer.Ordinal), after.ToDictionary(file => file.Path, file => file.Text, StringComparer.Ordinal)),
        [
            .. Compare("campaign", current.Campaigns.ToDictionary(item => item.Id, item => item.ContentHash, StringComparer.Ordinal), wanted.Campaigns.ToDictionary(item => item.Id, item => item.ContentHash, StringComparer.Ordinal)),
            .. Compare("identity", RulesOf(current), RulesOf(wanted)),
            .. Compare("plan", PlannedOf(current), PlannedOf(wanted)),
            .. Compare("segment", SegmentsOf(current), SegmentsOf(wanted)),
            .. Compare("source", current.Sources.ToDictionary(item => item.Id, item => item.ToString(), StringComparer.Ordinal), wanted.Sources.ToDictionary(item => item.Id, item => item.ToString(), StringComparer.Ordinal)),
            .. Compare("template", current.Templates.ToDictionary(item => item.Id, item => item.ContentHash, StringComparer.Ordinal), wanted.Templates.ToDictionary(item => item.Id, item => item.ContentHash, StringComparer.Ordinal)),
            .. Compare("trait", TraitsOf(current), TraitsOf(wanted)),
        ]);

    private static Dictionary<string, string> SegmentsOf(DefinitionSet definitions) =>
        definitions.Segments.ToDictionary(item => item.Id, item => Engine.Expressions.Canonical.Of(item.Condition), StringComparer.Ordinal);

    /// <summary>The parts of identity.yaml; what is not written is as the defaults say.</summary>
    private static Dictionary<string, string> RulesOf(DefinitionSet definitions)
    {
        var rules = definitions.Identity;
        return new(StringComparer.Ordinal)
        {
            ["devices"] = $"{rules.DevicesEver} {rules.DevicesRecently} {rules.DevicesWithinMs}",
            ["people"] = $"{rules.MergesPeople} {rules.PeopleEver}",
            ["never"] = string.Join('\n', rules.Never),
        };
    }

    /// <summary>Events of the tracking plan by name; what holds for those that it does not name stands under <c>(unplanned)</c>.</summary>
    private static Dictionary<string, string> PlannedOf(DefinitionSet definitions)
    {
        var planned = (definitions.Plan?.Events ?? []).ToDictionary(item => item.Name, item => System.Text.Json.JsonSerializer.Serialize(item), StringComparer.Ordinal);
        if (definitions.Plan is { } plan)
        {
            planned["(unplanned)"] = plan.Unplanned.ToString();
        }

        return planned;
    }

    private static Dictionary<string, string> TraitsOf(DefinitionSet definitions) =>
        definitions.ComputedTraits.ToDictionary(item => item.Id, item => Engine.Expressions.Canonical.Of(item.Value), StringComparer.Ordinal);

    private static List<DefinitionChange> Compare(string kind, Dictionary<string, string> before, Dictionary<string, string> after)
    {
        var changes = new List<DefinitionChange>();
        foreach (var id in before.Keys.Union(after.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (was, will) = (before.GetValueOrDefault(id), after.GetValueOrDefault(id));
            if (was != will)
            {
                changes.Add(new DefinitionChange(kind, id, was is null ? "added" : will is null ? "removed" : "changed"));
            }
        }

        return changes;
    }
}

/// <param name="Kind"><c>file</c>, <c>campaign</c>, <c>identity</c> (a part of identity.yaml), <c>plan</c> (an event of it), <c>segment</c>, <c>source</c>, <c>template</c> or <c>trait</c>.</param>
/// <param name="Change"><c>added</c>, <c>changed</c> or <c>removed</c>.</param>
public sealed record DefinitionChange(string Kind, string Id, string Change);

/// <summary>Somebody else brought other definitions into force meanwhile.</summary>
public sealed class DefinitionsMovedException(int expected, int version)
    : Exception($"Version {version} of the definitions is in force, not {expected}: somebody changed them meanwhile. Look at what they changed, then try again.");
