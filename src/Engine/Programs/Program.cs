using Triggers.Engine.Campaigns;
using Triggers.Engine.Definitions;
using Triggers.Engine.Effects;
using Triggers.Engine.Measuring;
using Triggers.Engine.Programs.Json;

namespace Triggers.Engine.Programs;

/// <summary>
/// Definitions, compiled: indexed by event name so that an event touches only what mentions it. Immutable; shared by all loops.
/// Holds the current definitions and every earlier version of a campaign that may still have entries, since an entry runs the version it began with.
/// </summary>
public sealed class Program
{
    internal Program(ProgramVersion version, IReadOnlyList<ProgramVersion> history)
    {
        Version = version.Version;
        Definitions = version.Definitions;
        ActivatedAt = version.ActivatedAt;
        Zone = Conditions.Zones.Find(version.Definitions.Sending.TimeZone) ?? NodaTime.DateTimeZone.Utc;
        Stages = new Scoring.CompiledLifecycle(version.Definitions.Lifecycle, history.Select(each => each.Definitions.Lifecycle));
        new ProgramCompiler(this, history).Run();
    }

    public int Version { get; }

    public DefinitionSet Definitions { get; }

    /// <summary>ms since 1970 when this version came into force.</summary>
    public long ActivatedAt { get; }

    /// <summary>Versions, ascending, that introduced something of which not all is known yet: it waits to be filled from history.</summary>
    public IReadOnlyList<int> Unfilled { get; internal set; } = [];

    /// <summary>Ids of segments that read something of which not all is known yet, in dependency order.</summary>
    public IReadOnlyList<string> CollectingSegments { get; internal set; } = [];

    /// <summary>Ids of segments that look back beyond an instant at something that a version introduced: where a fill found nothing from before, they know of nothing from before.</summary>
    public IEnumerable<string> SegmentsLookingBeyond(long instant, int introducedIn, long now)
    {
        var found = new HashSet<int>(Behaviours.Where(behaviour => behaviour.TryFindGap(introducedIn, out _) && behaviour.LooksBeyond(instant, now)).SelectMany(behaviour => behaviour.Segments));
        found.UnionWith(LateScores.Where(late => late.Version == introducedIn).SelectMany(late => late.Segments));
        foreach (var segment in Segments)
        {
            if (found.Contains(segment.Index))
            {
                found.UnionWith(segment.Dependents);
            }
        }

        return Segments.Where(segment => segment.Id.Length > 0 && found.Contains(segment.Index)).Select(segment => segment.Id);
    }

    /// <summary>Anything at all looks back beyond an instant at what a version introduced.</summary>
    public bool LooksBeyond(long instant, int introducedIn, long now) =>
        Array.Exists(Behaviours, behaviour => behaviour.TryFindGap(introducedIn, out _) && behaviour.LooksBeyond(instant, now)) || Array.Exists(LateScores, late => late.Version == introducedIn);

    /// <summary>Customers' past purchases, which look back for ever, were first asked for by a version.</summary>
    public bool ArePurchasesIntroducedIn(int version) => Orders?.AreIntroducedIn(version) is true;

    /// <summary>What the definitions were compiled by: explanations compile parts of them again.</summary>
    internal ConditionCompiler Compiler { get; set; } = null!;

    internal EventIndex Events { get; set; } = new([]);

    /// <summary>Ascending by id.</summary>
    internal CompiledBehaviour[] Behaviours { get; set; } = [];

    /// <summary>In dependency order.</summary>
    internal CompiledSegment[] Segments { get; set; } = [];

    /// <summary>Scores beside engagement, in the order of the definitions.</summary>
    internal CompiledScore[] Scores { get; set; } = [];

    /// <summary>Lines of the grades of each score, from the highest down, by the score's id; engagement's under the empty one.</summary>
    internal Dictionary<string, GradeLine[]> GradeLines { get; } = new(StringComparer.Ordinal);

    /// <summary>In the order of the definitions.</summary>
    internal CompiledTrait[] ComputedTraits { get; set; } = [];

    /// <summary>By the hash of their id.</summary>
    internal Dictionary<ulong, CompiledSegment> SegmentsByKey { get; } = [];

    /// <summary>Size counters of segments that were taken out, by the hash of their id.</summary>
    internal Dictionary<ulong, Counter> FormerSegments { get; } = [];

    /// <summary>Segments that hold for, or move with time for, a customer of whom nothing is known: tested at a customer's first record.</summary>
    internal int[] InitialSegments { get; set; } = [];

    /// <summary>Segments that ask for a static list, by its key.</summary>
    internal Dictionary<ulong, int[]> ListSegments { get; } = [];

    internal int[] TraitSegments { get; set; } = [];

    /// <summary>Segments that ask for the customer's group.</summary>
    internal int[] GroupSegments { get; set; } = [];

    internal int[] ScoreSegments { get; set; } = [];

    /// <summary>Those of them that any points may change; the others stand in <see cref="ScoreThresholds"/>.</summary>
    internal int[] ScoreSegmentsOfAny { get; set; } = [];

    internal ScoreThreshold[] ScoreThresholds { get; set; } = [];

    internal int[] LifecycleSegments { get; set; } = [];

    /// <summary>Segments that read what models of purchases tell the customer.</summary>
    internal int[] PredictedSegments { get; set; } = [];

    /// <summary>Something in the definitions reads what models of purchases say: customers are told it.</summary>
    public bool NeedsPredictions { get; internal set; }

    /// <summary>Segments that build on what is measured over all customers.</summary>
    internal int[] MeasuredSegments { get; set; } = [];

    /// <summary>Ids of values that are kept for <c>previous(…)</c>.</summary>
    internal HashSet<ulong> Watched { get; } = [];

    /// <summary>What is to be measured over all customers, ascending by key.</summary>
    internal CompiledLine[] Lines { get; set; } = [];

    /// <summary>null: nothing says what an order is.</summary>
    internal CompiledOrders? Orders { get; set; }

    /// <summary>What was measured over all customers, as of a place in the log: the one thing here that is not of the definitions.</summary>
    public Measures Measures { get; private set; } = Measures.None;

    internal Scoring.CompiledLifecycle Stages { get; }

    /// <summary>Time zone of customers of whom none is known.</summary>
    internal NodaTime.DateTimeZone Zone { get; }

    /// <summary>Under whose id the time zone of the newest event that named one is kept; null: nothing asks for it.</summary>
    internal CompiledBehaviour? SeenZone { get; set; }

    /// <summary>In which events without a time zone of their own have their day; null: no days are counted.</summary>
    internal Conditions.ZoneOf? DayZone { get; set; }

    /// <summary>By whose clock hours are quiet; null: none are.</summary>
    internal Conditions.ZoneOf? QuietZone { get; set; }

    /// <summary>Scores whose rules are newer than some customers.</summary>
    internal LateScore[] LateScores { get; set; } = [];

    /// <summary>That of engagement, if it is one of them.</summary>
    internal LateScore? LateEngagement { get; set; }

    internal PathSet TraitPaths { get; set; } = new();

    internal PathSet GroupPaths { get; set; } = new();

    internal int PropertyCount { get; set; }

    /// <summary>Campaigns in force, by id, ordinal.</summary>
    internal CompiledCampaign[] Campaigns { get; set; } = [];

    internal Dictionary<ulong, CampaignFamily> Families { get; } = [];

    /// <summary>Campaigns triggered by the score, by inactivity: indices into <see cref="Campaigns"/>.</summary>
    internal int[] ScoreCampaigns { get; set; } = [];

    internal int[] InactivityCampaigns { get; set; } = [];

    internal Dictionary<ulong, string> SourceCurrencies { get; } = [];

    /// <param name="history">Every version up to the one to run, ascending; the last is in force.</param>
    public static Program Compile(IReadOnlyList<ProgramVersion> history)
    {
        return new Program(history[^1], history);
    }

    /// <summary>Some segment builds on what is measured over all customers.</summary>
    public bool HasMeasuredSegments => MeasuredSegments.Length > 0;

    /// <summary>The lines that are to be measured over all customers, ascending by key.</summary>
    public IReadOnlyList<LineToMeasure> LinesToMeasure => [.. Lines.Select(line => new LineToMeasure(line.Key, line.Text, line.Percent))];

    /// <summary>The same program with other measures.</summary>
    public Program With(Measures measures)
    {
        if (ReferenceEquals(measures, Measures))
        {
            return this;
        }

        var program = (Program)MemberwiseClone();
        program.Measures = measures;
        return program;
    }

    /// <summary>The behaviour whose state an id is: its own, or that of one of its places.</summary>
    internal CompiledBehaviour? FindBehaviour(ulong id)
    {
        int low = 0, high = Behaviours.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var other = Behaviours[middle].Id;
            if (other == id)
            {
                return Behaviours[middle];
            }

            (low, high) = other < id ? (middle + 1, high) : (low, middle - 1);
        }

        return high >= 0 && id - Behaviours[high].Id <= (ulong)Behaviours[high].Keeping.Places ? Behaviours[high] : null;
    }

    internal CompiledScore? FindScore(ulong key)
    {
        foreach (var score in Scores)
        {
            if (score.Key == key)
            {
                return score;
            }
        }

        return null;
    }

    internal GradeLine[] LinesOf(string scoreId) => GradeLines.GetValueOrDefault(scoreId, []);

    internal CampaignFamily? Family(ulong key) => Families.GetValueOrDefault(key);
}

/// <param name="Text">As an expression says it.</param>
/// <param name="Percent">The share of customers above it.</param>
public readonly record struct LineToMeasure(ulong Key, string Text, double Percent);

/// <param name="ActivatedAt">ms since 1970 when it came into force: elements it introduces are collecting for customers known before.</param>
/// <param name="Fills">With it, everything that versions up to this one introduced is known of every customer; 0: it brings no history.</param>
public sealed record ProgramVersion(int Version, DefinitionSet Definitions, long ActivatedAt, int Fills = 0);
