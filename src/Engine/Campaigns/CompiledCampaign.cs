using Triggers.Engine.Definitions;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;

namespace Triggers.Engine.Campaigns;

/// <summary>One version of a campaign. Entries run the version they began with; triggers are those of the version in force.</summary>
internal sealed class CompiledCampaign(CampaignDefinition definition, ulong key, int version, CampaignCounters counters)
{
    public CampaignDefinition Definition { get; } = definition;

    public string Id => Definition.Id;

    /// <summary>Hash of the campaign's id: the key of its entries.</summary>
    public ulong Key { get; } = key;

    /// <summary>The program version in which this content came into force: what entries remember.</summary>
    public int Version { get; } = version;

    /// <summary>The latest program version with this content: messages take their templates from it.</summary>
    public int LastVersion { get; set; } = version;

    /// <summary>The program version since which it has looked for this trigger, in this status, without a break.</summary>
    public int LooksSince { get; set; } = version;

    public CampaignCounters Counters { get; } = counters;

    /// <summary>In force now; otherwise only earlier entries run it.</summary>
    public bool IsCurrent { get; set; }

    public Condition? Where { get; set; }

    public Condition? Audience { get; set; }

    public Condition? Exit { get; set; }

    public CompiledGoal? Goal { get; set; }

    public Instruction[] Instructions { get; set; } = [];

    /// <summary>Index of the first instruction, or <see cref="Instruction.Completed"/>.</summary>
    public int First { get; set; } = Instruction.Completed;

    /// <summary>Index of a step by its key; −2: this version has no such step.</summary>
    public int Find(ulong stepKey)
    {
        for (var i = 0; i < Instructions.Length; i++)
        {
            if (Instructions[i].StepKey == stepKey)
            {
                return i;
            }
        }

        return -2;
    }
}

/// <param name="ValueSlot">Property slot of the worth; −1: none.</param>
internal sealed record CompiledGoal(EventPlan Plan, Condition? Where, int ValueSlot, int CurrencySlot, long WithinMs);

/// <summary>All versions of one campaign that the program still knows.</summary>
internal sealed class CampaignFamily(string id, CampaignCounters counters)
{
    public string Id { get; } = id;

    public CampaignCounters Counters { get; } = counters;

    /// <summary>Ascending by version.</summary>
    public List<CompiledCampaign> Versions { get; } = [];

    /// <summary>The version in force; null: the campaign was taken out.</summary>
    public CompiledCampaign? Current { get; set; }

    public CompiledCampaign? Find(int version)
    {
        foreach (var item in Versions)
        {
            if (item.Version == version)
            {
                return item;
            }
        }

        return null;
    }
}
