using Triggers.Engine.Expressions;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Scoring;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Explanations;

/// <summary>An expression as reasons: one for each condition in it, joined as its canonical text joins them.</summary>
internal sealed class ConditionTree(Sight sight)
{
    public const string HistoryNeeded = "it is still collecting: its history has to be known far enough back";

    /// <summary>Segments that were opened: one that is mentioned twice is told once.</summary>
    private readonly HashSet<string> _opened = new(StringComparer.Ordinal);

    public ReasonNode Build(Expr expr, bool isNegated = false)
    {
        var text = Canonical.Of(expr);
        switch (expr)
        {
            case NotExpr not:
                return new ReasonNode(ReasonKinds.Not, text) { IsNegated = isNegated, Parts = [Build(not.Inner, !isNegated)] };
            case JunctionExpr junction:
                return new ReasonNode(junction.All ? ReasonKinds.All : ReasonKinds.Any, text) { IsNegated = isNegated, Parts = [.. junction.Items.Select(item => Build(item, isNegated))] };
            case SegmentExpr segment:
                var definition = sight.Program.Definitions.Segments.FirstOrDefault(item => item.Id == segment.Id);
                return new ReasonNode(ReasonKinds.Segment, text)
                {
                    IsNegated = isNegated,
                    Expression = expr,
                    Condition = sight.Condition(expr),
                    Parts = definition is not null && _opened.Add(segment.Id) ? [Build(definition.Condition, isNegated)] : [],
                };
            default:
                var meant = sight.Resolve(expr);
                return new ReasonNode(ReasonKinds.Condition, text)
                {
                    IsNegated = isNegated,
                    Expression = expr,
                    Condition = sight.Condition(expr),
                    Parts = !ReferenceEquals(meant, expr) && meant.Type == ValueType.Boolean ? [Build(meant, isNegated)] : [],
                };
        }
    }

    /// <summary>Finds the truth of a reason and all its parts; returns the first second at which time alone may change one of them.</summary>
    public static long Test(ReasonNode node, ref Evaluation evaluation)
    {
        var due = Instants.Never;
        foreach (var part in node.Parts)
        {
            due = Math.Min(due, Test(part, ref evaluation));
        }

        if (node.Condition is not null)
        {
            evaluation.Until = Instants.Never;
            node.Truth = node.Condition.Test(ref evaluation);
            due = Math.Min(due, evaluation.Until);
        }
        else if (node.Parts.Count > 0 && !node.IsFixed)
        {
            node.Truth = Join(node);
        }

        return due;
    }

    /// <summary>Joins the truths of rules that are no conditions, and the time at which one that alone stands in the way turns.</summary>
    public static void Settle(ReasonNode node)
    {
        node.Truth = Join(node);
        if (node.Parts.Where(part => part.Blocks).ToList() is [{ ChangesAt: < Instants.Never } only])
        {
            node.Changing(only.ChangesAt, only.Becomes);
        }
    }

    /// <summary>Says what each condition saw and, where it stands in the way, lacks.</summary>
    public void Describe(ReasonNode node, ref Evaluation evaluation)
    {
        foreach (var part in node.Parts)
        {
            Describe(part, ref evaluation);
        }

        if (node.Expression is not { } expr)
        {
            return;
        }

        node.Seen.AddRange(expr is OpenExpr open ? open.See(sight, ref evaluation) : sight.See(ValuesOf(expr), ref evaluation));
        if (node.Blocks)
        {
            node.Needed = node.Truth != Truth.Unknown ? Needs(node, expr, ref evaluation) : expr is OpenExpr unknown ? unknown.NeedsToBeKnown(sight, ref evaluation) : HistoryNeeded;
        }
    }

    private static Truth Join(ReasonNode node)
    {
        switch (node.Kind)
        {
            case ReasonKinds.Not:
                return node.Parts[0].Truth switch { Truth.True => Truth.False, Truth.False => Truth.True, _ => Truth.Unknown };
            case ReasonKinds.Any:
                return node.Parts.Any(part => part.Truth == Truth.True) ? Truth.True : node.Parts.Any(part => part.Truth == Truth.Unknown) ? Truth.Unknown : Truth.False;
            default:
                return node.Parts.Any(part => part.Truth == Truth.False) ? Truth.False : node.Parts.Any(part => part.Truth == Truth.Unknown) ? Truth.Unknown : Truth.True;
        }
    }

    private static IReadOnlyList<Expr> ValuesOf(Expr expr) => expr switch
    {
        CompareExpr compare => [compare.Left, compare.Right],
        InExpr membership => [membership.Item],
        ExistsExpr exists => [exists.Item],
        _ => [expr],
    };

    private string Needs(ReasonNode node, Expr expr, ref Evaluation evaluation)
    {
        var isNegated = node.IsNegated;
        switch (expr)
        {
            case OpenExpr open:
                return open.Needs(isNegated, sight, ref evaluation);
            case AggregateExpr { Kind: AggregateKind.Did } did:
                return Needs(did, isNegated ? CompareOp.Less : CompareOp.GreaterOrEqual, 1, ref evaluation)!;
            case CompareExpr { Right: LiteralExpr { Value: { Type: ValueType.Number or ValueType.Duration } line } } compare
                when sight.Resolve(compare.Left) is AggregateExpr aggregate && (isNegated ? Phrases.Opposite(compare.Op) : compare.Op) is { } op && Needs(aggregate, op, line.Number, ref evaluation) is { } lacks:
                return lacks;
            case CompareExpr { Right: LiteralExpr { Value: { Type: ValueType.Number } line } } compare
                when sight.Resolve(compare.Left) is OpenValueExpr value && (isNegated ? Phrases.Opposite(compare.Op) : compare.Op) is { } op && value.Needs(op, line.Number, sight, ref evaluation) is { } lacks:
                return lacks;
            case CompareExpr compare:
                return Needs(compare, isNegated, ref evaluation);
            case InExpr membership:
                return $"{Canonical.Of(membership.Item)} has to be {(isNegated ? "none" : "one")} of {string.Join(", ", membership.Values.Select(Canonical.Of))}";
            case ExistsExpr exists:
                return $"{Canonical.Of(exists.Item)} has to be {(isNegated ? "absent" : "there")}";
            case SegmentExpr segment:
                return $"has to {(isNegated ? "leave" : "enter")} segment {segment.Id}";
            case LiteralExpr:
                return "nothing can change it: it is a constant";
            default:
                return $"{Canonical.Of(expr)} has to be {(isNegated ? "anything but true" : "true")}";
        }
    }

    private string? Needs(AggregateExpr aggregate, CompareOp op, double line, ref Evaluation evaluation)
    {
        var view = sight.Look(aggregate, ref evaluation);
        return Vocabulary.Function(aggregate.Kind).Needs(aggregate, op, line, in view);
    }

    private string Needs(CompareExpr compare, bool isNegated, ref Evaluation evaluation)
    {
        var line = Canonical.Of(compare.Right) + (compare.IgnoresCase ? " ignoring case" : "");
        var left = sight.Read(compare.Left, ref evaluation);
        if (isNegated && compare.Op == CompareOp.NotEqual)
        {
            return $"{Canonical.Of(compare.Left)} has to be {line}, or absent";
        }

        if (isNegated)
        {
            return $"{Canonical.Of(compare.Left)} must not {Phrases.HasToBe(compare.Op, line)["has to ".Length..]}";
        }

        var text = $"{Canonical.Of(compare.Left)} {Phrases.HasToBe(compare.Op, line)}";
        return sight.Resolve(compare.Left) is ScoreExpr && compare is { Op: CompareOp.GreaterOrEqual or CompareOp.Greater, Right: LiteralExpr { Value: var wanted } } && wanted.Number > left.Number
            ? $"{text}: {Phrases.Number(wanted.Number - left.Number)} more points"
            : text;
    }
}
