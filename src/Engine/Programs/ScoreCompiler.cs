using System.Globalization;
using Triggers.Engine.Definitions;
using Triggers.Engine.Expressions;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Text;

namespace Triggers.Engine.Programs;

/// <summary>Compiles scores: the rules by which events earn, the points for what a customer is, and the lines of grades.</summary>
internal sealed class ScoreCompiler
{
    private readonly Program _program;
    private readonly Lexicon _names;
    private readonly Dictionary<string, CompiledScore> _scores = new(StringComparer.Ordinal);
    private readonly HashSet<CompiledScore> _hasFit = [];

    public ScoreCompiler(Program program, Lexicon names)
    {
        (_program, _names) = (program, names);
        foreach (var definition in program.Definitions.Scores)
        {
            var score = new CompiledScore(definition);
            _scores.Add(definition.Id, score);
            if (score.Window is not null)
            {
                score.Window.AddWindow(score.Length);
                names.Add(score.Window);
            }
        }

        program.Scores = [.. _scores.Values];
        foreach (var (id, scoring) in All(program.Definitions))
        {
            program.GradeLines.Add(id, [.. scoring.Grades.Select(grade => new GradeLine(id, grade))]);
        }
    }

    /// <summary>Engagement, under the empty id, and the others.</summary>
    public static IEnumerable<(string Id, ScoringDefinition Scoring)> All(DefinitionSet definitions) =>
        definitions.Scores.Select(score => (score.Id, score.Scoring)).Prepend(("", definitions.Scoring));

    public GradeLine[] LinesOf(string id) => _program.LinesOf(id);

    /// <summary>A score that somebody reads, who then reads all that it does.</summary>
    public CompiledScore Use(string id, ConditionCompiler conditions, Dependencies uses)
    {
        if (!_scores.TryGetValue(id, out var score))
        {
            throw new ArgumentException($"There is no score '{id}': validation must refuse it.", nameof(id));
        }

        if (_hasFit.Add(score))
        {
            score.Fit = [.. score.Definition.Scoring.Fit.Select(rule => (conditions.Compile(rule.When, null, score.Uses), rule.Points))];
            score.Uses.Scores.Add(score);
            if (score.Window is not null)
            {
                score.Uses.Behaviours.Add(score.Window);
            }
        }

        uses.Include(score.Uses);
        return score;
    }

    /// <summary>The lines of grades, as the conditions of segments that nobody sees.</summary>
    public IEnumerable<(GradeLine Line, Condition Condition, Dependencies Uses)> CompileLines(ConditionCompiler conditions)
    {
        foreach (var line in _program.GradeLines.Values.SelectMany(lines => lines))
        {
            var uses = new Dependencies();
            yield return (line, new HeldCondition(line.Key, Over(line.Grade.From), Over(line.Grade.Until)), uses);

            Condition Over(double value) => conditions.Compile(new CompareExpr(CompareOp.GreaterOrEqual, new ScoreExpr { Id = line.ScoreId }, new LiteralExpr(Value.Of(value))), null, uses);
        }
    }

    /// <summary>Finds those that are newer than customers who may be there.</summary>
    public void FindLate(ProgramHistory history)
    {
        foreach (var (id, scoring) in All(_program.Definitions))
        {
            if (scoring.WindowMs == 0 && history.GapOf(id) is { Version: > 0 } gap)
            {
                var score = _scores.GetValueOrDefault(id);
                var late = new LateScore(score, gap, scoring.HalfLifeMs, gap.Version <= history.Filled, score?.Segments ?? _program.ScoreSegments);
                _program.LateScores = [.. _program.LateScores, late];
                _program.LateEngagement = score is null ? late : _program.LateEngagement;
                score?.Late = late;
            }
        }
    }

    /// <summary>Lines that campaigns have customers cross, likewise.</summary>
    public static IEnumerable<(ScoreLine Line, Condition Condition, Dependencies Uses)> CompileCrossed(DefinitionSet definitions, ConditionCompiler conditions)
    {
        foreach (var line in ScoreLine.In(definitions))
        {
            var uses = new Dependencies();
            yield return (line, new HeldCondition(line.Key, Over(line.From), Over(line.Until)), uses);

            Condition Over(double value) => conditions.Compile(new CompareExpr(CompareOp.GreaterOrEqual, line.Score, new LiteralExpr(Value.Of(value))), null, uses);
        }
    }

    public void CompileRules(ConditionCompiler conditions)
    {
        foreach (var (id, scoring) in All(_program.Definitions))
        {
            // Engagement's ids are as they were when there was no other score.
            var prefix = id.Length == 0 ? "" : $"score('{id}')\n";
            foreach (var rule in scoring.Rules)
            {
                var plan = _names.Plan(rule.EventName);
                var where = rule.Where is null ? null : conditions.Compile(rule.Where, plan, new Dependencies());
                var times = rule.TimesPath is null ? "" : "\n" + rule.TimesPath;
                var text = string.Create(CultureInfo.InvariantCulture, $"{prefix}{rule.EventName}\n{(rule.Where is null ? "" : Canonical.Of(rule.Where))}\n{rule.Points:R}{times}");
                plan.ScoreRules =
                [
                    .. plan.ScoreRules,
                    new CompiledScoreRule(
                        Hash64.Of(text),
                        _scores.GetValueOrDefault(id),
                        where,
                        rule.Points,
                        rule.TimesPath is null ? -1 : _names.Property(plan, rule.TimesPath),
                        rule.CapPerDay ?? 0,
                        rule.Group is null ? null : new CompiledScoreGroup(Hash64.Of($"{prefix}group\n{rule.Group.Id}"), rule.Group.CapPerDay)),
                ];
            }
        }
    }
}
