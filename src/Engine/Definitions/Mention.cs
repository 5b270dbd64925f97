using Triggers.Engine.Expressions;

namespace Triggers.Engine.Definitions;

/// <summary>Kinds of definitions that expressions name.</summary>
internal enum MentionKind
{
    Segment,
    Trait,
    Score,

    /// <summary>What models of purchases say: there are none without value.yaml.</summary>
    Prediction,
}

/// <summary>A definition by its kind and id, as an expression names it.</summary>
internal readonly record struct Mention(MentionKind Kind, string Id)
{
    /// <summary>What a node names; null: nothing that could be a definition. A trait may be one that sites send.</summary>
    public static Mention? Of(Expr node) => node switch
    {
        SegmentExpr segment => new Mention(MentionKind.Segment, segment.Id),
        TraitExpr { OfGroup: false } trait => new Mention(MentionKind.Trait, trait.Path.Split('.')[0]),
        ScoreExpr { Id.Length: > 0 } score => new Mention(MentionKind.Score, score.Id),
        GradeExpr { Id.Length: > 0 } grade => new Mention(MentionKind.Score, grade.Id),
        PredictedExpr predicted => new Mention(MentionKind.Prediction, predicted.Number.Name),
        _ => null,
    };

    /// <summary>Whether a field of a file belongs to this definition.</summary>
    public bool Holds(string file, string field) => Kind switch
    {
        MentionKind.Segment => file == "segments.yaml" && field.Split('.')[0] == Id,
        MentionKind.Score => file == "scoring.yaml" && field.StartsWith($"scores.{Id}.", StringComparison.Ordinal),
        MentionKind.Prediction => file == "value.yaml",
        _ => file == "traits.yaml" && field.Split('.')[0] == Id,
    };

    public override string ToString() => $"{Kind.ToString().ToLowerInvariant()} {Id}";
}
