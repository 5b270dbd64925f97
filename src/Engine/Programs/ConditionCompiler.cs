using Triggers.Engine.Expressions;
using Triggers.Engine.Expressions.Functions;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Segments.Keepings;
using Triggers.Engine.Text;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Programs;

/// <summary>What a condition reads: when one of these changes, it must be tested again.</summary>
internal sealed class Dependencies
{
    /// <summary>Of which every event matters.</summary>
    public HashSet<CompiledBehaviour> Behaviours { get; } = [];

    /// <summary>Of which only the events matter with which a count passes a number.</summary>
    public HashSet<(CompiledBehaviour Behaviour, CountThreshold Threshold)> Counts { get; } = [];

    public HashSet<ulong> Segments { get; } = [];

    /// <summary>Keys of static lists.</summary>
    public HashSet<ulong> Lists { get; } = [];

    public bool Traits { get; set; }

    /// <summary>Which group is the customer's, and its traits.</summary>
    public bool Groups { get; set; }

    /// <summary>Every change of the engagement score.</summary>
    public bool Score { get; set; }

    /// <summary>Numbers above 0 that the engagement score is compared with.</summary>
    public HashSet<double> ScoreLines { get; } = [];

    public HashSet<CompiledScore> Scores { get; } = [];

    public bool Lifecycle { get; set; }

    /// <summary>Numbers that are measured over all customers.</summary>
    public bool Measures { get; set; }

    /// <summary>What models of purchases tell the customer.</summary>
    public bool Predictions { get; set; }

    public void Include(Dependencies other)
    {
        Behaviours.UnionWith(other.Behaviours);
        Counts.UnionWith(other.Counts);
        ScoreLines.UnionWith(other.ScoreLines);
        Segments.UnionWith(other.Segments);
        Lists.UnionWith(other.Lists);
        Scores.UnionWith(other.Scores);
        Traits |= other.Traits;
        Groups |= other.Groups;
        Score |= other.Score;
        Lifecycle |= other.Lifecycle;
        Measures |= other.Measures;
        Predictions |= other.Predictions;
    }
}

/// <summary>Turns typed expressions into conditions, and registers every behaviour, trait and property that they name.</summary>
internal sealed class ConditionCompiler(Lexicon names, IReadOnlyDictionary<string, Expr> computedTraits, ScoreCompiler scores)
{
    /// <summary>In which events without a time zone of their own have their day; null: no days are counted.</summary>
    public ZoneOf? DayZone { get; private set; }

    /// <summary>Something reads what models of purchases say.</summary>
    public bool NeedsPredictions { get; set; }

    /// <summary>The customer's time zone: the trait <c>timezone</c>, else that of the newest event that named one.</summary>
    public ZoneOf CustomerZone(Dependencies uses)
    {
        var seen = names.SeenZone;
        uses.Behaviours.Add(seen);
        return new ZoneOf(Operand(new TraitExpr("timezone"), null, uses), seen);
    }

    /// <summary>What stands for an expression: a computed trait is what its definition says, wherever it is named.</summary>
    public Expr Resolve(Expr expr)
    {
        while ((expr is AnyExpr any ? any.Item : expr) is TraitExpr { OfGroup: false } trait && computedTraits.TryGetValue(trait.Path, out var value))
        {
            expr = value;
        }

        return expr;
    }

    /// <param name="plan">The event in hand, whose properties may be named; null: none.</param>
    public Condition Compile(Expr expr, EventPlan? plan, Dependencies uses)
    {
        switch (expr)
        {
            case LiteralExpr literal:
                return new ConstantCondition(literal.Value is { Type: ValueType.Boolean, Number: not 0 });
            case NotExpr not:
                return new NotCondition(Compile(not.Inner, plan, uses));
            case JunctionExpr junction:
                var items = junction.Items.Select(item => Compile(item, plan, uses)).ToArray();
                return junction.All ? new AllCondition(items) : new AnyCondition(items);
            case SegmentExpr segment:
                var key = Hash64.Of(segment.Id);
                uses.Segments.Add(key);
                return new MembershipCondition(key);
            case AggregateExpr { Kind: AggregateKind.Did } did:
                return Compare(did, CompareOp.GreaterOrEqual, 1, uses);
            case ExistsExpr exists:
                return new ExistsCondition(Operand(exists.Item, plan, uses));
            case InExpr membership:
                return In(membership, plan, uses);
            case CompareExpr compare:
                return Compare(compare with { Left = Resolve(compare.Left), Right = Resolve(compare.Right) }, plan, uses);
            case OpenExpr open:
                return open.Compile(new Compilation(this, plan, uses));
            default:
                return new TruthCondition(Operand(expr, plan, uses));
        }
    }

    private Condition In(InExpr membership, EventPlan? plan, Dependencies uses)
    {
        Operand[] values = [.. membership.Values.Select(value => new LiteralOperand(value.Value))];
        var item = Resolve(membership.Item);
        if (item is ScoreExpr)
        {
            // Each knows when time carries the score over its value.
            return new AnyCondition([.. membership.Values.Select(value => Compare(new CompareExpr(CompareOp.Equal, item, value), plan, uses))]);
        }

        return item is AnyExpr any
            ? new Compilation(this, plan, uses).Elements(any, new MembershipTest(values, membership.IgnoresCase))
            : new InCondition(Operand(item, plan, uses), values, membership.IgnoresCase);
    }

    private Condition Compare(CompareExpr compare, EventPlan? plan, Dependencies uses)
    {
        var (op, left, right) = (compare.Op, compare.Left, compare.Right);
        if (left is AnyExpr any)
        {
            return new Compilation(this, plan, uses).Elements(any, new CompareTest(op, Operand(right, plan, uses), compare.IgnoresCase));
        }

        if ((right is ScoreExpr && left is not ScoreExpr) || (right is AggregateExpr or OpenValueExpr && left is LiteralExpr))
        {
            (op, left, right) = (Mirror(op), right, left);
        }

        if (left is ScoreExpr score && right is not ScoreExpr)
        {
            return score.Id.Length == 0 ? Score(op, Operand(right, plan, uses), uses) : new NamedScoreCondition(scores.Use(score.Id, this, uses), op, Operand(right, plan, uses));
        }

        if (right is LiteralExpr { Value: { Type: ValueType.Number or ValueType.Duration } line } && left is AggregateExpr { Kind: not AggregateKind.Did } aggregate)
        {
            return Compare(aggregate, op, line.Number, uses);
        }

        if (right is LiteralExpr { Value: { Type: ValueType.Number } constant } && left is OpenValueExpr value)
        {
            return value.Compare(new Compilation(this, plan, uses), op, constant.Number);
        }

        if (left is StageTimeExpr && right is LiteralExpr { Value: { Type: ValueType.Duration } length })
        {
            uses.Lifecycle = true;
            return new StageTimeCondition(op, (long)length.Number);
        }

        return new CompareCondition(op, Operand(left, plan, uses), Operand(right, plan, uses), compare.IgnoresCase);
    }

    private Condition Compare(AggregateExpr aggregate, CompareOp op, double line, Dependencies uses)
    {
        var reads = new Dependencies();
        var behaviour = Behaviour(aggregate, reads);
        var condition = Vocabulary.Function(aggregate.Kind).Compare(behaviour, aggregate.Window, op, line);
        if (behaviour.Keeping is InstantsKeeping && condition is CountCondition { Least: { } least } && aggregate.Window.Kind != WindowKind.SinceEntry)
        {
            uses.Counts.Add((behaviour, new CountThreshold(-1, least, CompiledBehaviour.LengthOf(aggregate.Window))));
        }
        else
        {
            uses.Include(reads);
        }

        return condition;
    }

    private static ScoreCondition Score(CompareOp op, Operand line, Dependencies uses)
    {
        if (line is LiteralOperand { Number: > 0 and var number })
        {
            uses.ScoreLines.Add(number);
        }
        else
        {
            uses.Score = true;
        }

        return new ScoreCondition(op, line);
    }

    public Operand Operand(Expr expr, EventPlan? plan, Dependencies uses)
    {
        switch (Resolve(expr))
        {
            case LiteralExpr literal:
                return new LiteralOperand(literal.Value);
            case TraitExpr { OfGroup: true } trait:
                uses.Groups = true;
                return trait.Path == "id" ? new GroupIdOperand() : new GroupTraitOperand(names.GroupTrait(trait.Path));
            case TraitExpr trait:
                uses.Traits = true;
                return new TraitOperand(names.Trait(trait.Path));
            case PropertyExpr property when plan is not null:
                return new PropertyOperand(names.Property(plan, property.Path));
            case ScoreExpr { Id.Length: > 0 } score:
                return new NamedScoreOperand(scores.Use(score.Id, this, uses));
            case ScoreExpr:
                uses.Score = true;
                return new ScoreOperand();
            case GradeExpr grade:
                uses.Segments.UnionWith(scores.LinesOf(grade.Id).Select(line => line.Key));
                return new GradeOperand(scores.LinesOf(grade.Id));
            case StageTimeExpr:
                uses.Lifecycle = true;
                return new StageTimeOperand();
            case LifecycleExpr:
                uses.Lifecycle = true;
                return new LifecycleOperand();
            case AggregateExpr { Kind: not AggregateKind.Did } aggregate:
                return Vocabulary.Function(aggregate.Kind).Operand(Behaviour(aggregate, uses), aggregate.Window);
            case OpenValueExpr value:
                return value.Compile(new Compilation(this, plan, uses));
            case OpenExpr { Type: not ValueType.Boolean } open:
                return open.CompileValue(new Compilation(this, plan, uses));
            case PropertyExpr property:
                throw new ArgumentException($"properties.{property.Path} stands where no event is in hand: validation must refuse it.", nameof(expr));
            case var other:
                return new ConditionOperand(Compile(other, plan, uses));
        }
    }

    /// <summary>Whether a number is above a line that all customers together have.</summary>
    public Condition Above(Expr number, CompiledLine line, Dependencies uses)
    {
        uses.Measures = true;
        var other = new LineOperand(line.Key);
        switch (Resolve(number))
        {
            case ScoreExpr { Id.Length: > 0 } score:
                return new NamedScoreCondition(scores.Use(score.Id, this, uses), CompareOp.Greater, other);
            case ScoreExpr:
                return Score(CompareOp.Greater, other, uses);
            default:
                return new CompareCondition(CompareOp.Greater, Ordered(number, uses), other, ignoresCase: false);
        }
    }

    /// <summary>A number as customers are ordered by it: of a time since something, the instant, so that the latest are the greatest.</summary>
    public Operand Ordered(Expr number, Dependencies uses)
    {
        number = Resolve(number);
        return Ordering.IsTime(number) && number is AggregateExpr since ? new InstantOperand(Behaviour(since, uses), since.Window) : Operand(number, null, uses);
    }

    /// <summary>What a value was before: from here on it is watched.</summary>
    public Operand Previous(PreviousExpr previous, Dependencies uses)
    {
        names.Watch(previous.WatchKey, () =>
        {
            var own = new Dependencies();
            return new CompiledWatch(previous.WatchKey, previous.FormerKey, new WatchCondition(Operand(previous.Value, null, own)), own);
        });
        uses.Segments.Add(previous.WatchKey);
        return new FormerOperand(previous.FormerKey);
    }

    /// <summary>The line of a share of all customers by a number.</summary>
    public CompiledLine Line(ulong key, string text, TopExpr top) => names.Line(key, () => new CompiledLine(
        key, text, top.Among is null ? Canonical.Of(top.Number) : $"{Canonical.Of(top.Number)}, among {Canonical.Of(top.Among)}", top.Percent, Ordered(top.Number, new Dependencies()),
        top.Among is null ? null : Compile(top.Among, null, new Dependencies())));

    public CompiledBehaviour Behaviour(AggregateExpr aggregate, Dependencies uses)
    {
        var behaviour = names.Behaviour(aggregate, out var isNew);
        if (isNew)
        {
            var plan = names.Plan(aggregate.EventName);
            plan.Behaviours = [.. plan.Behaviours, behaviour];
            behaviour.Where = aggregate.Where is null ? null : Compile(aggregate.Where, plan, new Dependencies());
            behaviour.ValueSlot = aggregate.ValuePath is null ? -1 : names.Property(plan, aggregate.ValuePath);
            DayZone ??= behaviour.Keeping is DaysKeeping ? CustomerZone(new Dependencies()) : null;
        }

        behaviour.AddWindow(aggregate.Window);
        uses.Behaviours.Add(behaviour);
        return behaviour;
    }

    private static CompareOp Mirror(CompareOp op) => op switch
    {
        CompareOp.Less => CompareOp.Greater,
        CompareOp.LessOrEqual => CompareOp.GreaterOrEqual,
        CompareOp.Greater => CompareOp.Less,
        CompareOp.GreaterOrEqual => CompareOp.LessOrEqual,
        _ => op,
    };
}
