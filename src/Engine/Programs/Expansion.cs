using System.Globalization;
using System.Text;
using Triggers.Engine.Definitions;
using Triggers.Engine.Expressions;

namespace Triggers.Engine.Programs;

/// <summary>What an expression means beside its own text, in one version of the definitions: when that changes, the expression has changed.</summary>
internal sealed class Expansion(DefinitionSet definitions)
{
    private readonly Dictionary<string, Expr> _traits = definitions.ComputedTraits.ToDictionary(trait => trait.Id, trait => trait.Value, StringComparer.Ordinal);

    private readonly Dictionary<string, ScoringDefinition> _scores = ScoreCompiler.All(definitions).ToDictionary(score => score.Id, score => score.Scoring, StringComparer.Ordinal);

    /// <summary>As a text that is equal in two versions if the meaning is.</summary>
    public string Reads(Expr expr)
    {
        var text = new StringBuilder();
        Add(text, expr);
        return text.ToString();
    }

    /// <summary>As <see cref="Reads(Expr)"/>, for the lines of a score's grades.</summary>
    public string ReadsOfGrades(string scoreId)
    {
        var text = new StringBuilder();
        Add(text, scoreId);
        return text.AppendJoin('\n', _scores[scoreId].Grades).ToString();
    }

    private void Add(StringBuilder text, string scoreId)
    {
        if (_scores.TryGetValue(scoreId, out var scoring))
        {
            text.Append(CultureInfo.InvariantCulture, $"score {scoreId} {scoring.HalfLifeMs} {scoring.WindowMs}\n");
            foreach (var rule in scoring.Fit)
            {
                text.Append(CultureInfo.InvariantCulture, $"{rule.Points:R} {Canonical.Of(rule.When)}\n");
                Add(text, rule.When);
            }
        }
    }

    private void Add(StringBuilder text, Expr expr)
    {
        foreach (var node in ExprWalk.All(expr))
        {
            if (node is TraitExpr { OfGroup: false } trait && _traits.TryGetValue(trait.Path, out var value))
            {
                text.Append(trait.Path).Append(": ").Append(Canonical.Of(value)).Append('\n');
                Add(text, value);
            }
            else if (node is ScoreExpr score)
            {
                Add(text, score.Id);
            }
            else if (node is LifecycleExpr)
            {
                text.AppendJoin(',', definitions.Lifecycle.Names).Append('\n');
            }
            else if (node is OpenExpr { UsesZone: true })
            {
                text.Append(definitions.Sending.TimeZone).Append('\n');
            }
        }
    }
}
