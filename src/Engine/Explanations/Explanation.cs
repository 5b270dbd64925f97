using Triggers.Engine.Customers;

namespace Triggers.Engine.Explanations;

/// <summary>Why a customer is, or is not, where they are: in a segment, in a campaign, or on either side of a decision. Shape and words: docs/explain.md.</summary>
public sealed record Explanation
{
    public required Explained Kind { get; init; }

    /// <summary>Id of the segment or campaign.</summary>
    public required string Id { get; init; }

    /// <summary>ms since 1970: everything below is as of then.</summary>
    public required long At { get; init; }

    /// <summary>Version of the definitions that was in force.</summary>
    public required int Version { get; init; }

    /// <summary>In a few words of a fixed list; of a decision, what was decided.</summary>
    public required string Outcome { get; init; }

    /// <summary>The reason the machine gave for its decision; empty: none, or there was no decision.</summary>
    public string Detail { get; init; } = "";

    /// <summary>The first thing that stood in the way, without its parts; null: nothing did.</summary>
    public Reason? InTheWay { get; init; }

    /// <summary>In the order in which the machine looks at them.</summary>
    public required IReadOnlyList<Reason> Checks { get; init; }

    /// <summary>What each send step of a campaign would come to, if it were reached.</summary>
    public IReadOnlyList<Reason> Messages { get; init; } = [];
}

/// <summary>What is explained.</summary>
public enum Explained : byte
{
    Segment = 1,
    Campaign = 2,
}

/// <summary>One thing that was looked at. Those of an expression mirror its canonical text, so that the parts of a part are what it is made of.</summary>
/// <param name="Kind">Of a fixed list: <see cref="ReasonKinds"/>.</param>
/// <param name="Text">The canonical text of a condition, or the rule in words.</param>
/// <param name="Seen">The values that it was judged by.</param>
/// <param name="Needed">What would have to happen for it not to stand in the way; empty: it does not.</param>
/// <param name="ChangesAt">ms since 1970: the second at which time alone turns it, if nothing else happens; null: it never does.</param>
/// <param name="Becomes">What it is from then on.</param>
public sealed record Reason(
    string Kind, string Text, ReasonTruth Truth, IReadOnlyList<SeenValue> Seen, string Needed, long? ChangesAt, ReasonTruth? Becomes, IReadOnlyList<Reason> Parts);

/// <summary>Whether a reason holds; collecting: its history is not known far enough back.</summary>
public enum ReasonTruth : byte
{
    False = 0,
    True = 1,
    Collecting = 2,
}

/// <param name="Text">What was looked at, as an expression names it.</param>
/// <param name="Value">As an expression would write it; <c>absent</c> where there is none.</param>
/// <param name="Note">What has to be known about it: that it is approximate, or still collected.</param>
public sealed record SeenValue(string Text, string Value, string Note = "");

/// <summary>The kinds of reasons, as the API names them.</summary>
public static class ReasonKinds
{
    /// <summary>Parts of an expression.</summary>
    public const string All = "all", Any = "any", Not = "not", Condition = "condition", Segment = "segment";

    /// <summary>On the way into a campaign, and inside.</summary>
    public const string Trigger = "trigger", Status = "status", EventAge = "event age", Reentry = "re-entry", Audience = "audience", Step = "step", Case = "case", Exit = "exit", Goal = "goal";

    /// <summary>On the way of a message.</summary>
    public const string Message = "message", Suppression = "suppression", Consent = "consent", Address = "address", Cap = "frequency cap", QuietHours = "quiet hours";
}
