using Triggers.Engine.Definitions;
using Triggers.Engine.Expressions;

namespace Triggers.Engine.Programs;

/// <summary>Answers since when something has been in force without a break: what is newer than a customer is collecting for them.</summary>
internal sealed class ProgramHistory(IReadOnlyList<ProgramVersion> versions)
{
    private readonly Dictionary<ulong, long> _introduced = FindIntroductions(versions);
    private readonly Dictionary<string, (string Reads, Expr Condition, int Since)> _segments = FindSegments(versions);

    private readonly Dictionary<string, (string Reads, int Since)> _grades = FindGrades(versions);

    public IReadOnlyList<ProgramVersion> Versions => versions;

    public long IntroducedAt(ulong behaviour) => _introduced.GetValueOrDefault(behaviour, long.MinValue);

    public int SegmentChangedIn(SegmentDefinition definition) => _segments[definition.Id].Since;

    public int GradesChangedIn(string scoreId) => _grades[scoreId].Since;

    public IEnumerable<string> FormerSegmentIds(DefinitionSet current)
    {
        var known = current.Segments.Select(segment => segment.Id).ToHashSet(StringComparer.Ordinal);
        return versions.SelectMany(version => version.Definitions.Segments).Select(segment => segment.Id).Where(id => !known.Contains(id)).Distinct(StringComparer.Ordinal);
    }

    private static Dictionary<ulong, long> FindIntroductions(IReadOnlyList<ProgramVersion> versions)
    {
        var introduced = new Dictionary<ulong, long>();
        HashSet<ulong> before = [];
        foreach (var version in versions)
        {
            HashSet<ulong> now = [];
            var windows = version.Definitions.Scores.Where(score => score.Scoring.WindowMs > 0).Select(score => CompiledScore.KeyOf(score.Id));
            foreach (var id in Expressions(version.Definitions).SelectMany(ExprWalk.All).OfType<AggregateExpr>().Select(aggregate => Lexicon.Identify(aggregate).Id).Concat(windows))
            {
                if (now.Add(id) && !before.Contains(id))
                {
                    introduced[id] = version.ActivatedAt;
                }
            }

            before = now;
        }

        return introduced;
    }

    private static Dictionary<string, (string Reads, Expr Condition, int Since)> FindSegments(IReadOnlyList<ProgramVersion> versions)
    {
        var segments = new Dictionary<string, (string Reads, Expr Condition, int Since)>(StringComparer.Ordinal);
        foreach (var version in versions)
        {
            var expansion = new Expansion(version.Definitions);
            var now = new Dictionary<string, (string Reads, Expr Condition, int Since)>(StringComparer.Ordinal);
            foreach (var segment in version.Definitions.Segments)
            {
                var reads = expansion.Reads(segment.Condition);
                now[segment.Id] = segments.TryGetValue(segment.Id, out var known) && known.Condition.Equals(segment.Condition) && known.Reads == reads
                    ? known
                    : (reads, segment.Condition, version.Version);
            }

            segments = now;
        }

        return segments;
    }

    private static Dictionary<string, (string Reads, int Since)> FindGrades(IReadOnlyList<ProgramVersion> versions)
    {
        var grades = new Dictionary<string, (string Reads, int Since)>(StringComparer.Ordinal);
        foreach (var version in versions)
        {
            var expansion = new Expansion(version.Definitions);
            grades = ScoreCompiler.All(version.Definitions).Select(score => (score.Id, Reads: expansion.ReadsOfGrades(score.Id)))
                .ToDictionary(score => score.Id, score => grades.TryGetValue(score.Id, out var known) && known.Reads == score.Reads ? known : (score.Reads, version.Version), StringComparer.Ordinal);
        }

        return grades;
    }

    private static IEnumerable<Expr> Expressions(DefinitionSet definitions)
    {
        foreach (var segment in definitions.Segments)
        {
            yield return segment.Condition;
        }

        foreach (var trait in definitions.ComputedTraits)
        {
            yield return trait.Value;
        }

        foreach (var rule in definitions.Scores.SelectMany(score => score.Scoring.Fit))
        {
            yield return rule.When;
        }

        foreach (var campaign in definitions.Campaigns)
        {
            Expr?[] own = [campaign.Trigger.Where, campaign.Audience, campaign.Exit, campaign.Goal?.Where];
            foreach (var expr in own.Concat(OfSteps(campaign.Steps)))
            {
                if (expr is not null)
                {
                    yield return expr;
                }
            }
        }
    }

    private static IEnumerable<Expr?> OfSteps(IReadOnlyList<StepDefinition> steps) => steps.SelectMany(step => step switch
    {
        WaitUntilStep wait => OfSteps(wait.Then).Concat(OfSteps(wait.Otherwise)).Append(wait.Where),
        BranchStep branch => branch.Cases.SelectMany(item => OfSteps(item.Then).Append(item.When)).Concat(OfSteps(branch.Otherwise)),
        _ => [],
    });
}
