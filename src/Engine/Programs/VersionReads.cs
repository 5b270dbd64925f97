using System.Globalization;
using System.Runtime.CompilerServices;
using Triggers.Engine.Definitions;
using Triggers.Engine.Expressions;
using Triggers.Engine.Expressions.Functions;
using Triggers.Engine.Segments.Keepings;

namespace Triggers.Engine.Programs;

/// <summary>
/// What the definitions of one version read of customers, as far as the history of programs asks for it. Found once: every later version's program is compiled from
/// all versions before it, of which there are thousands after some years.
/// </summary>
internal sealed class VersionReads
{
    private static readonly ConditionalWeakTable<DefinitionSet, VersionReads> s_known = [];

    private VersionReads(DefinitionSet definitions)
    {
        var expansion = new Expansion(definitions);
        Behaviours = BehavioursOf(definitions);
        Fading = ScoreCompiler.All(definitions).Where(score => score.Scoring.WindowMs == 0).ToDictionary(score => score.Id, score => score.Scoring, StringComparer.Ordinal);
        Segments = [.. definitions.Segments.Select(segment => (segment.Id, segment.Condition, expansion.Reads(segment.Condition)))];
        Grades = [.. ScoreCompiler.All(definitions).Select(score => (score.Id, expansion.ReadsOfGrades(score.Id)))];
        Watched = [.. ProgramHistory.Previous(definitions).Select(previous => (previous.WatchKey, expansion.Reads(previous.Value)))];
        ScoreLines = [.. ScoreLine.In(definitions).Select(line => (line.Key, string.Create(CultureInfo.InvariantCulture, $"{line.From:R} {line.Until:R}\n{expansion.Reads(line.Score)}")))];
    }

    /// <summary>By the behaviours' ids.</summary>
    public Dictionary<ulong, Behaviour> Behaviours { get; }

    /// <summary>Scores whose points fade; by id, engagement's is empty.</summary>
    public Dictionary<string, ScoringDefinition> Fading { get; }

    public (string Id, Expr Condition, string Reads)[] Segments { get; }

    public (string Id, string Reads)[] Grades { get; }

    public (ulong Key, string Reads)[] Watched { get; }

    public (ulong Key, string Reads)[] ScoreLines { get; }

    public static VersionReads Of(DefinitionSet definitions) => s_known.GetValue(definitions, static each => new VersionReads(each));

    private static Dictionary<ulong, Behaviour> BehavioursOf(DefinitionSet definitions)
    {
        var found = new Dictionary<ulong, Behaviour>();
        foreach (var aggregate in ProgramHistory.Expressions(definitions).SelectMany(ExprWalk.All).OfType<AggregateExpr>())
        {
            var id = Lexicon.Identify(aggregate).Id;
            var window = Math.Max(CompiledBehaviour.LengthOf(aggregate.Window), found.TryGetValue(id, out var other) ? other.WindowMs : 0);
            found[id] = new Behaviour(Vocabulary.Function(aggregate.Kind).Keeping.Widening, window, []);
        }

        foreach (var score in definitions.Scores.Where(score => score.Scoring.WindowMs > 0))
        {
            found[CompiledScore.KeyOf(score.Id)] = new Behaviour(Widening.FromOlder, score.Scoring.WindowMs, score.Scoring.Rules);
        }

        return found;
    }

    /// <param name="WindowMs">The longest window; 0: none.</param>
    /// <param name="Rules">Of a score, by which it counts.</param>
    public sealed record Behaviour(Widening Widening, long WindowMs, IReadOnlyList<ScoreRule> Rules);
}
