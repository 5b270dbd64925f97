using Triggers.Engine.Definitions.Fields;
using Triggers.Engine.Definitions.Yaml;

namespace Triggers.Engine.Definitions;

/// <summary>What must hold among the steps of one campaign.</summary>
internal static class CampaignRules
{
    public static void CheckSteps(At at, CampaignDefinition campaign)
    {
        var count = All(campaign.Steps).Count();
        if (count > Limits.CampaignStepsMax)
        {
            at.Child("steps", (at.Node as YamlMap)?.Find("steps") ?? at.Node).Fail($"The campaign has {count} steps; at most {Limits.CampaignStepsMax} are allowed.");
        }

        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var place in at.Context.StepPlaces.Where(place => place.Id.Length > 0 && !ids.Add(place.Id)))
        {
            place.At.Fail($"Another step has the id '{place.Id}' already: ids must differ within a campaign.");
        }

        at.Context.StepPlaces.Clear();
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
