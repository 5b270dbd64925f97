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
        var scores = new ScoreCompiler(program, _names);
        var conditions = new ConditionCompiler(_names, traits.ToDictionary(trait => trait.Id, trait => trait.Value, StringComparer.Ordinal), scores);
        CompileSegments(conditions, scores);
        foreach (var score in program.Scores)
        {
            scores.Use(score.Definition.Id, conditions, new Dependencies());
        }

        program.ComputedTraits = [.. traits.Select(trait => new CompiledTrait(trait, conditions.Operand(trait.Value, null, new Dependencies())))];
        program.Orders = program.Definitions.Orders is { } orders ? new CompiledOrders(orders, conditions) : null;
        scores.CompileRules(conditions);
        new CampaignCompiler(program, _names, conditions).Run(_history);
        foreach (var source in program.Definitions.Sources)
        {
            program.SourceCurrencies[Hash64.Of(source.Id)] = source.Currency;
        }

        program.QuietZone = program.Definitions.Sending.QuietHours is null ? null : conditions.CustomerZone(new Dependencies());
        program.Lines = [.. _names.Lines];
        program.Behaviours = [.. _names.Behaviours];
        for (var index = 0; index < program.Behaviours.Length; index++)
        {
            program.Behaviours[index].Index = index;
        }

        scores.FindLate(_history);
        FindGaps();
        _names.IsComplete = true;
        program.Compiler = conditions;
        program.NeedsPredictions = conditions.NeedsPredictions;
        program.SeenZone = _names.UsedZone;
        program.DayZone = conditions.DayZone;
        program.TraitPaths = _names.TraitPaths;
        program.GroupPaths = _names.GroupPaths;
        program.PropertyCount = _names.PropertyCount;
        program.Events = new EventIndex(_names.Plans);
        FindInitialSegments();
    }

    /// <summary>What is not known yet, and what has become known: who reads that is evaluated anew.</summary>
    private void FindGaps()
    {
        var unfilled = new SortedSet<int>();
        var collecting = new HashSet<int>();
        foreach (var behaviour in program.Behaviours)
        {
            behaviour.Miss(_history.GapsOf(behaviour.Id), _history.Filled);
            unfilled.UnionWith(behaviour.Gaps.Select(gap => gap.Version).Where(version => version > _history.Filled));
            collecting.UnionWith(behaviour.MissingBefore > long.MinValue ? behaviour.Segments : []);
            var filledIn = behaviour.Gaps.Length == 0 ? 0 : behaviour.Gaps.Max(gap => _history.FilledIn(gap.Version));
            foreach (var index in behaviour.Segments)
            {
                program.Segments[index].ChangedIn = Math.Max(program.Segments[index].ChangedIn, filledIn);
            }
        }

        foreach (var late in program.LateScores)
        {
            _ = !late.IsFilled && unfilled.Add(late.Version);
            collecting.UnionWith(late is { IsFilled: false, IsNew: true } ? late.Segments : []);
            foreach (var index in late.Segments)
            {
                program.Segments[index].ChangedIn = Math.Max(program.Segments[index].ChangedIn, _history.FilledIn(late.Version));
            }
        }

        foreach (var segment in program.Segments)
        {
            foreach (var index in segment.Dependents)
            {
                program.Segments[index].ChangedIn = Math.Max(program.Segments[index].ChangedIn, segment.ChangedIn);
                _ = collecting.Contains(segment.Index) && collecting.Add(index);
            }
        }

        program.CollectingSegments = [.. program.Segments.Where(segment => segment.Id.Length > 0 && collecting.Contains(segment.Index)).Select(segment => segment.Id)];
        program.Unfilled = [.. unfilled];
    }

    private void CompileSegments(ConditionCompiler conditions, ScoreCompiler scores)
    {
        foreach (var previous in ProgramHistory.Previous(program.Definitions))
        {
            conditions.Previous(previous, new Dependencies());
        }

        var parts = new List<Part>();
        foreach (var watch in _names.Watches)
        {
            parts.Add(new Part("", watch.Key, watch.Condition, watch.Uses, _history.WatchedSince(watch.Key), null) { Watch = watch });
            program.Watched.UnionWith([watch.Key, watch.Former]);
        }

        foreach (var definition in program.Definitions.Segments)
        {
            var uses = new Dependencies();
            parts.Add(new Part(definition.Id, Hash64.Of(definition.Id), conditions.Compile(definition.Condition, null, uses), uses, _history.SegmentChangedIn(definition), null));
        }

        parts.AddRange(scores.CompileLines(conditions).Select(item => new Part("", item.Line.Key, item.Condition, item.Uses, _history.GradesChangedIn(item.Line.ScoreId), item.Line)));
        parts.AddRange(ScoreCompiler.CompileCrossed(program.Definitions, conditions)
            .Select(item => new Part("", item.Line.Key, item.Condition, item.Uses, _history.ScoreLineSince(item.Line.Key), null) { Crossed = item.Line }));
        var sorted = InOrder(parts);
        program.Segments = new CompiledSegment[sorted.Count];
        for (var i = 0; i < sorted.Count; i++)
        {
            Add(sorted[i], i);
        }

        program.TraitSegments = Indices(sorted, uses => uses.Traits);
        program.GroupSegments = Indices(sorted, uses => uses.Groups);
        program.ScoreSegments = Indices(sorted, uses => uses.Score || uses.ScoreLines.Count > 0);
        program.ScoreSegmentsOfAny = Indices(sorted, uses => uses.Score);
        program.ScoreThresholds = [.. Indices(sorted, uses => !uses.Score).SelectMany(index => sorted[index].Uses.ScoreLines.Select(line => new ScoreThreshold(index, line)))];
        program.LifecycleSegments = Indices(sorted, uses => uses.Lifecycle);
        program.PredictedSegments = Indices(sorted, uses => uses.Predictions);
        program.MeasuredSegments = Indices(sorted, uses => uses.Measures);
        foreach (var id in _history.FormerSegmentIds(program.Definitions))
        {
            program.FormerSegments[Hash64.Of(id)] = new Counter($"segment/{id}/size");
        }
    }

    private void Add(Part part, int index)
    {
        var segment = new CompiledSegment(part.Id, part.Key, index)
        {
            Condition = part.Condition,
            ChangedIn = part.ChangedIn,
            Size = part is { Line: null, Watch: null, Crossed: null } ? new Counter($"segment/{part.Id}/size") : null,
            Grade = part.Line,
            Watch = part.Watch,
            Crossed = part.Crossed,
        };
        program.Segments[index] = segment;
        program.SegmentsByKey.Add(part.Key, segment);
        foreach (var key in part.Uses.Segments)
        {
            if (program.SegmentsByKey.TryGetValue(key, out var other))
            {
                other.Dependents = [.. other.Dependents, index];
                segment.ChangedIn = Math.Max(segment.ChangedIn, other.ChangedIn);
            }
        }

        foreach (var behaviour in part.Uses.Behaviours)
        {
            behaviour.Segments = [.. behaviour.Segments, index];
            behaviour.SegmentsOfAny = [.. behaviour.SegmentsOfAny, index];
        }

        foreach (var counts in part.Uses.Counts.Where(item => !part.Uses.Behaviours.Contains(item.Behaviour)).GroupBy(item => item.Behaviour))
        {
            counts.Key.Segments = [.. counts.Key.Segments, index];
            counts.Key.Thresholds = [.. counts.Key.Thresholds, .. counts.Select(item => item.Threshold with { Segment = index })];
        }

        foreach (var list in part.Uses.Lists)
        {
            program.ListSegments[list] = [.. program.ListSegments.GetValueOrDefault(list, []), index];
        }

        foreach (var score in part.Uses.Scores)
        {
            score.Segments = [.. score.Segments, index];
        }
    }

    /// <summary>Each behind those that it mentions, otherwise as they stand. Without recursion: a chain of 10,000 segments is legal.</summary>
    private static List<Part> InOrder(List<Part> parts)
    {
        var byKey = parts.ToDictionary(part => part.Key);
        var sorted = new List<Part>(parts.Count);
        var done = new HashSet<ulong>();
        var stack = new Stack<(Part Part, IEnumerator<ulong> Next)>();
        foreach (var part in parts)
        {
            Push(part);
            while (stack.TryPeek(out var top))
            {
                if (!top.Next.MoveNext())
                {
                    sorted.Add(stack.Pop().Part);
                }
                else if (byKey.TryGetValue(top.Next.Current, out var mentioned))
                {
                    Push(mentioned);
                }
            }
        }

        return sorted;

        void Push(Part part)
        {
            if (done.Add(part.Key))
            {
                stack.Push((part, part.Uses.Segments.GetEnumerator()));
            }
        }
    }

    /// <summary>What becomes a segment of the program, once its place is known.</summary>
    private sealed record Part(string Id, ulong Key, Condition Condition, Dependencies Uses, int ChangedIn, GradeLine? Line)
    {
        public CompiledWatch? Watch { get; init; }

        public ScoreLine? Crossed { get; init; }
    }

    /// <summary>Tests every segment once for a customer of whom nothing is known, so that a new customer costs what it does, not what there is.</summary>
    private void FindInitialSegments()
    {
        var blank = Customer.Blank(program);
        var initial = new SortedSet<int>();
        foreach (var segment in program.Segments)
        {
            var evaluation = new Evaluation { Customer = blank, Program = program, Properties = [], Text = new Json.JsonText(), Until = Instants.Never };
            var truth = segment.Condition.Test(ref evaluation);
            if (truth != Truth.False || evaluation.Until != Instants.Never)
            {
                blank.SetSegment(Customer.FindSegment(blank.Segments, segment.Key), segment.Key, truth, 0, Instants.Never);
                initial.Add(segment.Index);
            }

            if (truth != Truth.False)
            {
                // A new customer begins outside all segments: for one that stays outside of this one, no change would have these tested.
                initial.UnionWith(segment.Dependents);
            }
        }

        program.InitialSegments = [.. initial];
    }

    private static int[] Indices(List<Part> parts, Func<Dependencies, bool> uses) =>
        [.. Enumerable.Range(0, parts.Count).Where(index => uses(parts[index].Uses))];
}
