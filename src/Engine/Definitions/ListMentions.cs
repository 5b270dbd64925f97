using Triggers.Engine.Expressions;
using Triggers.Engine.Expressions.Functions;
using Triggers.Engine.Programs;

namespace Triggers.Engine.Definitions;

/// <summary>Which static lists definitions ask for, and where: the lists themselves are no part of them.</summary>
public static class ListMentions
{
    /// <summary>Each once, in the order of the definitions.</summary>
    public static IReadOnlyList<ListMention> In(DefinitionSet definitions)
    {
        var found = new List<ListMention>();
        foreach (var segment in definitions.Segments)
        {
            Add("segment", segment.Id, [segment.Condition]);
        }

        foreach (var trait in definitions.ComputedTraits)
        {
            Add("computed trait", trait.Id, [trait.Value]);
        }

        foreach (var score in definitions.Scores)
        {
            Add("score", score.Id, score.Scoring.Fit.Select(rule => rule.When));
        }

        foreach (var campaign in definitions.Campaigns)
        {
            Add("campaign", campaign.Id, ProgramHistory.Of(campaign));
        }

        return [.. found.Distinct()];

        void Add(string kind, string id, IEnumerable<Expr> expressions) =>
            found.AddRange(expressions.SelectMany(ExprWalk.All).OfType<ListExpr>().Select(list => new ListMention(list.Id, kind, id)));
    }
}

/// <param name="Kind">Of the element that asks: segment, computed trait, score, campaign.</param>
/// <param name="Id">Of that element.</param>
public readonly record struct ListMention(string List, string Kind, string Id);
