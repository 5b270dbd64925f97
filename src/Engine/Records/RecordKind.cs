namespace Triggers.Engine.Records;

/// <summary>What a record of the log is. Persisted: values are append-only and frozen by a test.</summary>
public enum RecordKind : byte
{
    /// <summary>Something a person did, from outside (Segment's calls) or forwarded by an absorbed customer.</summary>
    Event = 1,

    /// <summary>Time has passed for one customer. Carries nothing else.</summary>
    Timer = 2,

    /// <summary>What came of a message.</summary>
    Outcome = 3,

    /// <summary>To an anonymous (or absorbed) customer: you are the same person as another key.</summary>
    Link = 4,

    /// <summary>To the known customer: the state of a customer that it absorbs.</summary>
    TakeOver = 5,

    /// <summary>For a whole partition: something no customer can know alone.</summary>
    Fact = 6,

    /// <summary>A manual order for one customer: suppress, unsubscribe, erase.</summary>
    Command = 7,

    /// <summary>What the history before a version of the program adds to what it introduced.</summary>
    Fill = 8,

    /// <summary>Between a customer and a group: a call that named it, and what it tells its members.</summary>
    Group = 9,

    /// <summary>What models of purchases, fitted on all customers, say of one.</summary>
    Predicted = 12,
}

/// <summary>Properties of a record that are not its content. Persisted as a byte: append-only.</summary>
[Flags]
public enum RecordFlags : byte
{
    None = 0,

    /// <summary>Builds state and counts, triggers nothing (imports, <c>/v1/import</c>).</summary>
    Historical = 1,

    /// <summary>Came from another customer's key; its messageId, original <c>at</c> and occurredAt are kept.</summary>
    Forwarded = 2,

    /// <summary>The server made the messageId, so there is nothing to de-duplicate by.</summary>
    GeneratedId = 4,
}

/// <summary>The Segment call an event came from. Persisted: append-only.</summary>
public enum EventType : byte
{
    Track = 1,
    Page = 2,
    Screen = 3,
    Identify = 4,
    Group = 5,
    Alias = 6,
}

/// <summary>What a customer tells a group, and a group a customer. Persisted: append-only.</summary>
public enum GroupKind : byte
{
    /// <summary>To the group: this customer is a member, and called with these traits of yours.</summary>
    Joined = 1,

    /// <summary>To the group: a customer that is no member called with these traits of yours.</summary>
    Changed = 2,

    /// <summary>To the group: the customer with this hash is no member any more.</summary>
    Left = 3,

    /// <summary>To a member: the group's traits.</summary>
    Told = 4,

    /// <summary>To a member: the group was erased.</summary>
    Gone = 5,
}

/// <summary>What came of a message. Persisted: append-only.</summary>
public enum OutcomeKind : byte
{
    Sent = 1,
    Skipped = 2,
    Failed = 3,
    Bounced = 4,
    Opened = 5,
    Clicked = 6,
    Unsubscribed = 7,
    Complained = 8,
    Replied = 9,
}

/// <summary>What a fact says. Persisted: append-only.</summary>
public enum FactKind : byte
{
    /// <summary>From here on the program of this version is in force. Detail: none.</summary>
    ProgramActivated = 1,

    /// <summary>A campaign is paused by hand. Subject: campaign id.</summary>
    CampaignPaused = 2,

    /// <summary>A paused campaign goes on. Subject: campaign id.</summary>
    CampaignResumed = 3,

    /// <summary>Numbers that were measured over all customers; those told before hold no more. Number: of the measurement, ascending. Subject: the numbers.</summary>
    Measured = 4,
}

/// <summary>What a manual order asks for. Persisted: append-only.</summary>
public enum CommandKind : byte
{
    /// <summary>No message of any channel goes to this customer any more.</summary>
    Suppress = 1,
    Unsuppress = 2,

    /// <summary>The customer opts out of one channel (subject: channel id).</summary>
    Unsubscribe = 3,
    Resubscribe = 4,

    /// <summary>Everything known of the customer is forgotten. With a subject, once more: that key was disowned, and what it had handed over has come.</summary>
    Erase = 5,

    /// <summary>To be absorbed by another customer (subject: its key), whatever the rules say.</summary>
    Merge = 6,

    /// <summary>An anonymous customer that was merged stands alone from here on; the one that absorbed it (subject: the anonymous key) lets it go. Without a subject, to one that stands alone: it forgets of whom it was part.</summary>
    Split = 7,

    /// <summary>The customer is put on a static list (subject: its id).</summary>
    JoinList = 8,

    /// <summary>The customer is taken off a static list (subject: its id).</summary>
    LeaveList = 9,

    /// <summary>To a key that was asked to hand itself over, by a customer who is erased (subject: its key): the asking is forgotten, and what was handed over already is erased, too.</summary>
    Disown = 10,

    /// <summary>The answer of a key (subject) that was disowned and had not handed itself over: nothing of it is under way any more.</summary>
    Disowned = 11,
}
