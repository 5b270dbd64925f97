using Triggers.Engine.Definitions;
using Triggers.Engine.Expressions;
using Triggers.Engine.Expressions.Functions;
using Triggers.Engine.Segments.Keepings;

namespace Triggers.Engine.Programs;

/// <summary>Answers since when something has been in force without a break: what is newer than a customer is collecting for them.</summary>
internal sealed class ProgramHistory
{
    private readonly IReadOnlyList<ProgramVersion> _versions;
    private readonly List<(ProgramVersion Version, VersionReads Reads)> _changes = [];
    private readonly Dictionary<ulong, Gap[]> _gaps;
    private readonly Dictionary<string, ScoreGap> _scores;
    private readonly Dictionary<string, (string Reads, Expr Condition, int Since)> _segments;
    private readonly Dictionary<string, (string Reads, int Since)> _grades;
    private readonly Dictionary<ulong, (string Reads, int Since)> _watched;
    private readonly Dictionary<ulong, (string Reads, int Since)> _scoreLines;

    public ProgramHistory(IReadOnlyList<ProgramVersion> versions)
    {
        _versions = versions;
        foreach (var version in versions)
        {
            // A version in which nothing changed but templates has the reads of the one before it, and adds nothing to what follows.
            if (VersionReads.Of(version.Definitions) is var reads && (_changes.Count == 0 || !ReferenceEquals(_changes[^1].Reads, reads)))
            {
                _changes.Add((version, reads));
            }
        }

        Filled = versions.Max(version => version.Fills);
        _gaps = FindGaps();
        _scores = FindScoreGaps();
        _segments = FindSegments();
        _grades = Since(StringComparer.Ordinal, reads => reads.Grades);
        _watched = Since(EqualityComparer<ulong>.Default, reads => reads.Watched);
        _scoreLines = Since(EqualityComparer<ulong>.Default, reads => reads.ScoreLines);
    }

    public IReadOnlyList<ProgramVersion> Versions => _versions;

    /// <summary>What versions up to this one introduced has been filled from history.</summary>
    public int Filled { get; }

    /// <summary>What was missed of a behaviour since it was last introduced, filled or not, in the order of the versions.</summary>
    public Gap[] GapsOf(ulong behaviour) => _gaps.GetValueOrDefault(behaviour, []);

    /// <summary>What a score whose points fade misses; version 0: nothing.</summary>
    /// <param name="scoreId">Empty: engagement.</param>
    public ScoreGap GapOf(string scoreId) => _scores.GetValueOrDefault(scoreId);

    /// <summary>The version with which a gap of another was filled; 0: none yet.</summary>
    public int FilledIn(int version) => _versions.FirstOrDefault(each => each.Fills >= version)?.Version ?? 0;

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
        return _changes.SelectMany(change => change.Reads.Segments).Select(segment => segment.Id).Where(id => !known.Contains(id)).Distinct(StringComparer.Ordinal);
    }

    /// <summary>Every condition of a campaign.</summary>
    public static IEnumerable<Expr> Of(CampaignDefinition campaign)
    {
        Expr?[] own = [campaign.Trigger.Where, campaign.Audience, campaign.Exit, campaign.Goal?.Where];
        return own.Concat(OfSteps(campaign.Steps)).OfType<Expr>();
    }

    private Dictionary<ulong, Gap[]> FindGaps()
    {
        var gaps = new Dictionary<ulong, Gap[]>();
        Dictionary<ulong, VersionReads.Behaviour> before = [];
        foreach (var (version, reads) in _changes)
        {
            foreach (var (id, read) in reads.Behaviours)
            {
                // Of what a version no longer reads the gaps stay known: entries of earlier ones go on.
                gaps[id] = before.TryGetValue(id, out var was) ? GapsAfter(was, gaps[id], read, version) : GapsOf(version);
            }

            before = reads.Behaviours;
        }

        return gaps;
    }

    /// <summary>Nobody was there before the first version: it misses nothing.</summary>
    private static Gap[] GapsOf(ProgramVersion version) => version.ActivatedAt == 0 ? [] : [new Gap(version.Version, version.ActivatedAt, version.ActivatedAt, IsWhole: true)];

    private static Gap[] GapsAfter(VersionReads.Behaviour was, Gap[] gaps, VersionReads.Behaviour read, ProgramVersion version)
    {
        if (!read.Rules.SequenceEqual(was.Rules))
        {
            return GapsOf(version);
        }

        return read.WindowMs <= was.WindowMs || read.Widening == Widening.Nothing ? gaps
            : read.Widening == Widening.Everything || was.WindowMs == 0 ? GapsOf(version)
            : [.. gaps, new Gap(version.Version, version.ActivatedAt, version.ActivatedAt - was.WindowMs, IsWhole: false)];
    }

    private Dictionary<string, ScoreGap> FindScoreGaps()
    {
        var gaps = new Dictionary<string, ScoreGap>(StringComparer.Ordinal);
        Dictionary<string, ScoringDefinition> before = [];
        foreach (var (version, reads) in _changes)
        {
            foreach (var (id, scoring) in reads.Fading)
            {
                var isNew = !before.TryGetValue(id, out var was);
                if (isNew || scoring.HalfLifeMs != was!.HalfLifeMs || !scoring.Rules.SequenceEqual(was.Rules))
                {
                    gaps[id] = version.ActivatedAt == 0 ? default : new ScoreGap(version.Version, version.ActivatedAt, isNew);
                }
            }

            before = reads.Fading;
        }

        return gaps;
    }

    private Dictionary<string, (string Reads, Expr Condition, int Since)> FindSegments()
    {
        var segments = new Dictionary<string, (string Reads, Expr Condition, int Since)>(StringComparer.Ordinal);
        foreach (var (version, all) in _changes)
        {
            var now = new Dictionary<string, (string Reads, Expr Condition, int Since)>(all.Segments.Length, StringComparer.Ordinal);
            foreach (var (id, condition, reads) in all.Segments)
            {
                now[id] = segments.TryGetValue(id, out var known) && known.Condition.Equals(condition) && known.Reads == reads ? known : (reads, condition, version.Version);
            }

            segments = now;
        }

        return segments;
    }

    /// <summary>The version since which each has read what the last one reads.</summary>
    private Dictionary<TKey, (string Reads, int Since)> Since<TKey>(IEqualityComparer<TKey> comparer, Func<VersionReads, (TKey Key, string Reads)[]> what)
        where TKey : notnull
    {
        var since = new Dictionary<TKey, (string Reads, int Since)>(comparer);
        foreach (var (version, all) in _changes)
        {
            var before = since;
            since = what(all).ToDictionary(item => item.Key, item => before.TryGetValue(item.Key, out var known) && known.Reads == item.Reads ? known : (item.Reads, version.Version), comparer);
        }

        return since;
    }

    /// <summary>Whatever definitions read of customers.</summary>
    public static IEnumerable<Expr> Expressions(DefinitionSet definitions)
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
}

/// <summary>What a behaviour does not know of customers who were there before it was looked for, or so far back.</summary>
/// <param name="Version">Of the program that introduced the behaviour, or a longer window over it.</param>
/// <param name="At">When that version came into force, ms since 1970.</param>
/// <param name="Until">The last instant that is missing, ms since 1970; of whatever came since nothing is.</param>
/// <param name="IsWhole">Nothing before is known; otherwise totals are, and only instants are missing.</param>
internal readonly record struct Gap(int Version, long At, long Until, bool IsWhole);
