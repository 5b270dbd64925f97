using Triggers.Engine.Campaigns;
using Triggers.Engine.Customers;
using Triggers.Engine.Definitions;
using Triggers.Engine.Effects;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Scoring;
using Triggers.Engine.Text;

namespace Triggers.Engine.Programs;

/// <summary>Compiles one program: once per version of the definitions, off the hot path.</summary>
internal sealed class ProgramCompiler(Program program, IReadOnlyList<ProgramVersion> history)
{
    private readonly Lexicon _names = new();
    private readonly ProgramHistory _history = new(history);

    public void Run()
    {
        var traits = program.Definitions.ComputedTraits;
        var conditions = new ConditionCompiler(_names, traits.ToDictionary(trait => trait.Id, trait => trait.Value, StringComparer.Ordinal));
        CompileSegments(conditions);
        program.ComputedTraits = [.. traits.Select(trait => new CompiledTrait(trait, conditions.Operand(trait.Value, null, new Dependencies())))];
        CompileScoring(conditions);
        new CampaignCompiler(program, _names, conditions).Run(_history);
        foreach (var source in program.Definitions.Sources)
        {
            program.SourceCurrencies[Hash64.Of(source.Id)] = source.Currency;
        }

        program.Behaviours = [.. _names.Behaviours];
        foreach (var behaviour in program.Behaviours)
        {
            behaviour.IntroducedAt = _history.IntroducedAt(behaviour.Id);
        }

        _names.IsComplete = true;
        program.Compiler = conditions;
        program.TraitPaths = _names.TraitPaths;
        program.PropertyCount = _names.PropertyCount;
        program.Events = new EventIndex(_names.Plans);
        FindInitialSegments();
    }

    private void CompileSegments(ConditionCompiler conditions)
    {
        var definitions = program.Definitions.Segments;
        var segments = new CompiledSegment[definitions.Count];
        var uses = new Dependencies[definitions.Count];
        for (var i = 0; i < segments.Length; i++)
        {
            uses[i] = new Dependencies();
            var definition = definitions[i];
            segments[i] = new CompiledSegment(definition, Hash64.Of(definition.Id), i, new Counter($"segment/{definition.Id}/size"))
            {
                Condition = conditions.Compile(definition.Condition, null, uses[i]),
                ChangedIn = _history.SegmentChangedIn(definition),
            };
            program.SegmentsByKey.Add(segments[i].Key, segments[i]);
        }

        for (var i = 0; i < segments.Length; i++)
        {
            foreach (var other in uses[i].Segments.Where(program.SegmentsByKey.ContainsKey).Select(key => program.SegmentsByKey[key]))
            {
                if (other.Index >= i)
                {
                    throw new InvalidOperationException($"Segment '{segments[i].Id}' stands before '{other.Id}', which it mentions: definitions give segments in dependency order.");
                }

                other.Dependents = [.. other.Dependents, i];
                segments[i].ChangedIn = Math.Max(segments[i].ChangedIn, other.ChangedIn);
            }

            foreach (var behaviour in uses[i].Behaviours)
            {
                behaviour.Segments = [.. behaviour.Segments, i];
            }
        }

        program.Segments = segments;
        program.TraitSegments = Indices(uses, item => item.Traits);
        program.ScoreSegments = Indices(uses, item => item.Score);
        program.LifecycleSegments = Indices(uses, item => item.Lifecycle);
        foreach (var id in _history.FormerSegmentIds(program.Definitions))
        {
            program.FormerSegments[Hash64.Of(id)] = new Counter($"segment/{id}/size");
        }
    }

    private void CompileScoring(ConditionCompiler conditions)
    {
        foreach (var rule in program.Definitions.Scoring.Rules)
        {
            var plan = _names.Plan(rule.EventName);
            var where = rule.Where is null ? null : conditions.Compile(rule.Where, plan, new Dependencies());
            var text = string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{rule.EventName}\n{(rule.Where is null ? "" : Expressions.Canonical.Of(rule.Where))}\n{rule.Points:R}");
            plan.ScoreRules = [.. plan.ScoreRules, new CompiledScoreRule(Hash64.Of(text), where, rule.Points, rule.CapPerDay ?? 0)];
        }
    }

    /// <summary>Tests every segment once for a customer of whom nothing is known, so that a new customer costs what it does, not what there is.</summary>
    private void FindInitialSegments()
    {
        var blank = Customer.Blank();
        var initial = new List<int>();
        foreach (var segment in program.Segments)
        {
            var evaluation = new Evaluation { Customer = blank, Program = program, Properties = [], Text = new Json.JsonText(), Until = Instants.Never };
            if (segment.Condition.Holds(ref evaluation))
            {
                blank.SetSegment(Customer.FindSegment(blank.Segments, segment.Key), segment.Key, Truth.True, 0, Instants.Never);
                initial.Add(segment.Index);
            }
            else if (evaluation.Until != Instants.Never)
            {
                initial.Add(segment.Index);
            }
        }

        program.InitialSegments = [.. initial];
    }

    private static int[] Indices(Dependencies[] uses, Func<Dependencies, bool> uses1) =>
        [.. Enumerable.Range(0, uses.Length).Where(index => uses1(uses[index]))];
}
