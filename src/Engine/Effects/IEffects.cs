using System.Globalization;
using Triggers.Engine.Records;
using Triggers.Engine.Text;

namespace Triggers.Engine.Effects;

/// <summary>
/// Where the machine puts what it wants done. The runtime's implementations gather a commit, or compare a replay with one.
/// Order of calls is the order of effects, and part of the record's checksum.
/// </summary>
public interface IEffects
{
    /// <summary>Adds to a counter. Counters are exact folds of committed effects.</summary>
    void Count(Counter counter, long delta);

    /// <summary>A message is decided: it goes to the outbox.</summary>
    void Send(MessageDecision message);

    /// <summary>Messages of this customer that are not yet handed to their channel are not to be sent. Campaign null: all of the customer's.</summary>
    void CancelUnsent(string customerKey, string? campaign, string? channel, string reason);

    /// <summary>Records for other customers; written into this batch, appended in the same commit.</summary>
    RecordBatch Records { get; }

    /// <summary>What support people search by has changed. Null values: absent.</summary>
    void Index(string customerKey, string? email, string? name);

    /// <summary>Points were earned, before any decay. Nothing is kept of it: only whoever tells the past listens.</summary>
    /// <param name="instant">ms since 1970, a whole second: when the event happened.</param>
    void Earn(double points, long instant)
    {
    }

    /// <summary>A branch went one way. Nothing is kept of it: only whoever tells the past listens.</summary>
    /// <param name="customerKey">UTF-8; valid during the call.</param>
    /// <param name="number">Which of its cases, from 1; 0: none held.</param>
    void Branch(ReadOnlySpan<byte> customerKey, long at, string campaign, string stepId, int number)
    {
    }

    /// <summary>Something was decided about the customer that a person may ask about: feeds the live view and timelines. As a <see cref="Decision"/>, of which few are kept.</summary>
    /// <param name="customerKey">UTF-8; valid during the call.</param>
    void Decide(ReadOnlySpan<byte> customerKey, DecisionKind kind, long at, string subject, string detail);
}

/// <summary>A name under which the engine counts, e.g. <c>campaign/welcome/sent</c>. Compare by reference: a program holds one instance a name.</summary>
public sealed class Counter(string name)
{
    public string Name { get; } = name;

    /// <summary>Of the name: the same in every process.</summary>
    public ulong Hash { get; } = Hash64.Of(name);

    public override string ToString() => Name;
}

/// <summary>A message that is to leave. Its id is deterministic: the same decision has the same id in every replay.</summary>
/// <param name="MessageId">16 bytes as 32 hex digits: hash of customer key, campaign, entry number and step.</param>
/// <param name="Data">UTF-8 JSON that templates see: <c>{"traits":{…},"group":{…},"event":{"name","properties"},"customer":{"id","anonymous"}}</c>, at most 64 KiB.</param>
/// <param name="DecidedAt">ms since 1970; the record's <c>at</c> or the due instant.</param>
public sealed record MessageDecision(
    string MessageId,
    string CustomerKey,
    string Campaign,
    int CampaignVersion,
    string StepId,
    string Channel,
    string Template,
    string Address,
    byte[] Data,
    long DecidedAt,
    long ExpiresAt);

/// <summary>Persisted nowhere; shown as text.</summary>
public enum DecisionKind : byte
{
    SegmentEntered = 1,
    SegmentExited = 2,
    LifecycleChanged = 3,
    CampaignEntered = 4,
    CampaignNotEntered = 5,
    CampaignExited = 6,
    CampaignCompleted = 7,
    MessageDecided = 8,
    MessageSkipped = 9,
    Converted = 10,
    Merged = 11,
    MergeRefused = 12,
    OptedOut = 13,
    Suppressed = 14,
    Erased = 15,
    GradeChanged = 16,

    /// <summary>Told by <see cref="IEffects.Branch"/>.</summary>
    BranchTaken = 17,
}

/// <param name="Subject">Segment, campaign or score id, lifecycle stage, other key, by kind.</param>
/// <param name="Detail">Reason, step, template or grade; empty if none.</param>
public readonly record struct Decision(DecisionKind Kind, string CustomerKey, long At, string Subject, string Detail)
{
    /// <summary>Which way a branch went, in words.</summary>
    /// <param name="number">Of the case, from 1; 0: none held.</param>
    public static string BranchDetail(string stepId, int number) => number == 0 ? $"step {stepId}: otherwise" : string.Create(CultureInfo.InvariantCulture, $"step {stepId}: case {number}");
}
