using System.Globalization;
using Triggers.Engine.Definitions;
using Triggers.Engine.Expressions;
using Triggers.Engine.Text;

namespace Triggers.Engine.Programs;

/// <summary>
/// The line of a score that a campaign has customers cross: a segment that nobody sees, entered at one value of the score and left below another. Its state goes by the campaign and
/// the line that triggers, so whoever is over it stays so when only the line to come back over changes.
/// </summary>
/// <param name="ScoreId">Empty: engagement.</param>
/// <param name="From">Over it from here on.</param>
/// <param name="Until">Over it until below this.</param>
internal sealed record ScoreLine(string CampaignId, TriggerKind Kind, string ScoreId, double From, double Until)
{
    public ulong Key { get; } = Hash64.Of(string.Create(
        CultureInfo.InvariantCulture, $"score line\n{CampaignId}\n{(Kind == TriggerKind.ScoreAbove ? "above" : "below")}\n{ScoreId}\n{(Kind == TriggerKind.ScoreAbove ? From : Until):R}"));

    public Expr Score => new ScoreExpr { Id = ScoreId };

    /// <summary>null: no trigger of a score, or one of engagement that needs no state: without a line to come back over, and not for those who are found to be over it.</summary>
    public static ScoreLine? Of(CampaignDefinition campaign) => campaign.Trigger switch
    {
        { Subject.Length: 0, Until: null, FromHistory: false } => null,
        { Kind: TriggerKind.ScoreAbove } trigger => new ScoreLine(campaign.Id, trigger.Kind, trigger.Subject, trigger.Line, trigger.Until ?? trigger.Line),
        { Kind: TriggerKind.ScoreBelow } trigger => new ScoreLine(campaign.Id, trigger.Kind, trigger.Subject, trigger.Until ?? trigger.Line, trigger.Line),
        _ => null,
    };

    public static IEnumerable<ScoreLine> In(DefinitionSet definitions) => definitions.Campaigns.Select(Of).OfType<ScoreLine>();
}
