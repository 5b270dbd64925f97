using Triggers.Engine.Expressions;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Scoring;

namespace Triggers.Engine.Explanations;

/// <summary>A reason while it is found out: tested now, then again at each instant at which time may have turned it.</summary>
internal sealed class ReasonNode(string kind, string text)
{
    public string Kind { get; } = kind;

    public string Text { get; } = text;

    /// <summary>It is in nobody's way when it is false: it stands behind a <c>not</c>.</summary>
    public bool IsNegated { get; init; }

    /// <summary>What is tested; null: its parts decide, or it is a rule without any.</summary>
    public Condition? Condition { get; init; }

    /// <summary>Its truth was set once for all: its parts only say more about it.</summary>
    public bool IsFixed { get; init; }

    /// <summary>The condition in words of the language, for what it sees and lacks; null: a rule.</summary>
    public Expr? Expression { get; init; }

    public IReadOnlyList<ReasonNode> Parts { get; init; } = [];

    public List<SeenValue> Seen { get; } = [];

    public string Needed { get; set; } = "";

    public Truth Truth { get; set; }

    public long ChangesAt { get; set; } = Instants.Never;

    public Truth Becomes { get; set; }

    /// <summary>Keeps a customer from where they would be, as far as it goes.</summary>
    public bool Blocks => Truth != (IsNegated ? Truth.False : Truth.True);

    /// <summary>What time does to a rule that is no condition.</summary>
    public ReasonNode Changing(long at, Truth becomes)
    {
        (ChangesAt, Becomes) = (at, becomes);
        return this;
    }

    public Reason ToReason(bool withParts = true) => new(
        Kind,
        Text,
        (ReasonTruth)Truth,
        Seen,
        Blocks ? Needed : "",
        ChangesAt == Instants.Never ? null : ChangesAt,
        ChangesAt == Instants.Never ? null : (ReasonTruth)Becomes,
        withParts ? [.. Parts.Select(part => part.ToReason())] : []);

    /// <summary>The first reason in this one that has to turn; a rule of parts is not one itself.</summary>
    public ReasonNode FirstInTheWay()
    {
        foreach (var part in Parts)
        {
            if (part.Blocks)
            {
                return part.FirstInTheWay();
            }
        }

        return this;
    }
}
