using System.Globalization;
using Triggers.Engine.Definitions;
using Triggers.Engine.Expressions;
using Triggers.Engine.Expressions.Functions;
using Triggers.Engine.Segments.Keepings;

namespace Triggers.Engine.Programs;

/// <summary>Answers since when something has been in force without a break: what is newer than a customer is collecting for them.</summary>
internal sealed class ProgramHistory(IReadOnlyList<ProgramVersion> versions)
{
    private readonly Dictionary<ulong, Gap[]> _gaps = FindGaps(versions);
    private readonly Dictionary<string, ScoreGap> _scores = FindScoreGaps(versions);
    private readonly Dictionary<string, (string Reads, Expr Condition, int Since)> _segments = FindSegments(versions);

    private readonly Dictionary<string, (string Reads, int Since)> _grades = FindGrades(versions);

    private readonly Dictionary<ulong, (string Reads, int Since)> _watched = FindWatched(versions);

    private readonly Dictionary<ulong, (string Reads, int Since)> _scoreLines = FindScoreLines(versions);

    public IReadOnlyList<ProgramVersion> Versions => versions;

    /// <summary>What versions up to this one introduced has been filled from history.</summary>
    public int Filled { get; } = versions.Max(version => version.Fills);

    /// <summary>What was missed of a behaviour since it was last introduced, filled or not, in the order of the versions.</summary>
    public Gap[] GapsOf(ulong behaviour) => _gaps.GetValueOrDefault(behaviour, []);

    /// <summary>What a score whose points fade misses; version 0: nothing.</summary>
    /// <param name="scoreId">Empty: engagement.</param>
    public ScoreGap GapOf(string scoreId) => _scores.GetValueOrDefault(scoreId);

    /// <summary>The version with which a gap of another was filled; 0: none yet.</summary>
    public int FilledIn(int version) => versions.FirstOrDefault(each => each.Fills >= version)?.Version ?? 0;

    public int SegmentChangedIn(SegmentDefinition definition) => _segments[definition.Id].Since;

    public int GradesChangedIn(string scoreId) => _grades[scoreId].Since;

    /// <summary>The version since which a value that <c>previous(…)</c> looks back at has been watched with this meaning.</summary>
    public int WatchedSince(ulong key) => _watched[key].Since;

    /// <summary>The version since which campaigns have had customers cross a line of a score with this meaning.</summary>
    public int ScoreLineSince(ulong key) => _scoreLines[key].Since;

    /// <summary>What looks back at a value, each once.</summary>
    public static IEnumerable<PreviousExpr> Previous(DefinitionSet definitions) => Expressions(definitions).SelectMany(ExprWalk.All).OfType<PreviousExpr>().DistinctBy(previous => previous.WatchKey);

    public IEnumerable<string> FormerSegmentIds(DefinitionSet current)
    {
        var known = current.Segments.Select(segment => segment.Id).ToHashSet(StringComparer.Ordinal);
        return versions.SelectMany(version => version.Definitions.Segments).Select(segment => segment.Id).Where(id => !known.Contains(id)).Distinct(StringComparer.Ordinal);
    }

    /// <summary>Every condition of a campaign.</summary>
    public static IEnumerable<Expr> Of(CampaignDefinition campaign)
    {
        Expr?[] own = [campaign.Trigger.Where, campaign.Audience, campaign.Exit, campaign.Goal?.Where];
        return own.Concat(OfSteps(campaign.Steps)).OfType<Expr>();
    }

    private static Dictionary<ulong, Gap[]> FindGaps(IReadOnlyList<ProgramVersion> versions)
    {
        var gaps = new Dictionary<ulong, Gap[]>();
        Dictionary<ulong, Read> before = [];
        foreach (var version in versions)
        {
            Dictionary<ulong, Read> now = [];
            foreach (var aggregate in Expressions(version.Definitions).SelectMany(ExprWalk.All).OfType<AggregateExpr>())
            {
                var id = Lexicon.Identify(aggregate).Id;
                var window = Math.Max(CompiledBehaviour.LengthOf(aggregate.Window), now.TryGetValue(id, out var other) ? other.WindowMs : 0);
                now[id] = new Read(Vocabulary.Function(aggregate.Kind).Keeping.Widening, window, []);
            }

            foreach (var score in version.Definitions.Scores.Where(score => score.Scoring.WindowMs > 0))
            {
                now[CompiledScore.KeyOf(score.Id)] = new Read(Widening.FromOlder, score.Scoring.WindowMs, score.Scoring.Rules);
            }

            foreach (var (id, read) in now)
            {
                // Of what a version no longer reads the gaps stay known: entries of earlier ones go on.
                gaps[id] = before.TryGetValue(id, out var was) ? GapsAfter(was, gaps[id], read, version) : GapsOf(version);
            }

            before = now;
        }

        return gaps;
    }

    /// <summary>Nobody was there before the first version: it misses nothing.</summary>
    private static Gap[] GapsOf(ProgramVersion version) => version.ActivatedAt == 0 ? [] : [new Gap(version.Version, version.ActivatedAt, version.ActivatedAt, IsWhole: true)];

    private static Gap[] GapsAfter(Read was, Gap[] gaps, Read read, ProgramVersion version)
    {
        if (!read.Rules.SequenceEqual(was.Rules))
        {
            return GapsOf(version);
        }

        return read.WindowMs <= was.WindowMs || read.Widening == Widening.Nothing ? gaps
            : read.Widening == Widening.Everything || was.WindowMs == 0 ? GapsOf(version)
            : [.. gaps, new Gap(version.Version, version.ActivatedAt, version.ActivatedAt - was.WindowMs, IsWhole: false)];
    }

    private static Dictionary<string, ScoreGap> FindScoreGaps(IReadOnlyList<ProgramVersion> versions)
    {
        var gaps = new Dictionary<string, ScoreGap>(StringComparer.Ordinal);
        Dictionary<string, ScoringDefinition> before = [];
        foreach (var version in versions)
        {
            var now = ScoreCompiler.All(version.Definitions).Where(score => score.Scoring.WindowMs == 0).ToDictionary(score => score.Id, score => score.Scoring, StringComparer.Ordinal);
            foreach (var (id, scoring) in now)
            {
                var isNew = !before.TryGetValue(id, out var was);
                if (isNew || scoring.HalfLifeMs != was!.HalfLifeMs || !scoring.Rules.SequenceEqual(was.Rules))
                {
                    gaps[id] = version.ActivatedAt == 0 ? default : new ScoreGap(version.Version, version.ActivatedAt, isNew);
                }
            }

            before = now;
        }

        return gaps;
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

    private static Dictionary<ulong, (string Reads, int Since)> FindWatched(IReadOnlyList<ProgramVersion> versions)
    {
        var watched = new Dictionary<ulong, (string Reads, int Since)>();
        foreach (var version in versions)
        {
            var expansion = new Expansion(version.Definitions);
            watched = Previous(version.Definitions).Select(previous => (previous.WatchKey, Reads: expansion.Reads(previous.Value)))
                .ToDictionary(item => item.WatchKey, item => watched.TryGetValue(item.WatchKey, out var known) && known.Reads == item.Reads ? known : (item.Reads, version.Version));
        }

        return watched;
    }

    private static Dictionary<ulong, (string Reads, int Since)> FindScoreLines(IReadOnlyList<ProgramVersion> versions)
    {
        var lines = new Dictionary<ulong, (string Reads, int Since)>();
        foreach (var version in versions)
        {
            var expansion = new Expansion(version.Definitions);
            lines = ScoreLine.In(version.Definitions).Select(line => (line.Key, Reads: string.Create(CultureInfo.InvariantCulture, $"{line.From:R} {line.Until:R}\n{expansion.Reads(line.Score)}")))
                .ToDictionary(item => item.Key, item => lines.TryGetValue(item.Key, out var known) && known.Reads == item.Reads ? known : (item.Reads, version.Version));
        }

        return lines;
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

        foreach (var expr in definitions.Orders?.Expressions ?? [])
        {
            yield return expr;
        }

        foreach (var rule in definitions.Scores.SelectMany(score => score.Scoring.Fit))
        {
            yield return rule.When;
        }

        foreach (var campaign in definitions.Campaigns)
        {
            foreach (var expr in Of(campaign))
            {
                yield return expr;
            }
        }
    }

    private static IEnumerable<Expr?> OfSteps(IReadOnlyList<StepDefinition> steps) => steps.SelectMany(step => step switch
    {
        WaitUntilStep wait => OfSteps(wait.Then).Concat(OfSteps(wait.Otherwise)).Append(wait.Where),
        BranchStep branch => branch.Cases.SelectMany(item => OfSteps(item.Then).Append(item.When)).Concat(OfSteps(branch.Otherwise)),
        _ => [],
    });

    /// <param name="WindowMs">The longest window; 0: none.</param>
    /// <param name="Rules">Of a score, by which it counts.</param>
    private sealed record Read(Widening Widening, long WindowMs, IReadOnlyList<ScoreRule> Rules);
}

/// <summary>What a behaviour does not know of customers who were there before it was looked for, or so far back.</summary>
/// <param name="Version">Of the program that introduced the behaviour, or a longer window over it.</param>
/// <param name="At">When that version came into force, ms since 1970.</param>
/// <param name="Until">The last instant that is missing, ms since 1970; of whatever came since nothing is.</param>
/// <param name="IsWhole">Nothing before is known; otherwise totals are, and only instants are missing.</param>
internal readonly record struct Gap(int Version, long At, long Until, bool IsWhole);
