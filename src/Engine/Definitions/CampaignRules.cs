using Triggers.Engine.Definitions.Fields;
using Triggers.Engine.Definitions.Yaml;

namespace Triggers.Engine.Definitions;

/// <summary>What must hold among the steps of one campaign.</summary>
internal static class CampaignRules
{
    public static void CheckSteps(At at, CampaignDefinition campaign)
    {
        var place = at.Child("steps", (at.Node as YamlMap)?.Find("steps") ?? at.Node);
        var steps = All(campaign.Steps).ToList();
        if (steps.Count > Limits.CampaignStepsMax)
        {
            place.Fail($"The campaign has {steps.Count} steps; at most {Limits.CampaignStepsMax} are allowed.");
        }

        foreach (var twin in steps.GroupBy(step => step.Id, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            place.Fail($"{twin.Count()} steps have the id '{twin.Key}': ids must differ within a campaign.");
        }
    }

    /// <summary>Every step, nested ones included, in the order of the file.</summary>
    public static IEnumerable<StepDefinition> All(IEnumerable<StepDefinition> steps) => steps.SelectMany(step => All(Nested(step)).Prepend(step));

    private static IEnumerable<StepDefinition> Nested(StepDefinition step) => step switch
    {
        WaitUntilStep wait => wait.Then.Concat(wait.Otherwise),
        BranchStep branch => branch.Cases.SelectMany(way => way.Then).Concat(branch.Otherwise),
        _ => [],
    };
}
