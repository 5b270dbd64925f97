using System.Text.Json;
using Triggers.Engine.Definitions;
using Triggers.Runtime.Queries;

namespace Triggers.Runtime.CampaignTests;

/// <summary>Tests of campaigns: one person goes through one campaign in virtual time, in memory. Docs: docs/test.md.</summary>
public interface ICampaignTests
{
    Task<TestAnswer> RunAsync(TestRequest request, CancellationToken cancellation);
}

/// <param name="Definitions">What is tested; null: what is in force.</param>
/// <param name="Customer">Who goes through it, as they are now: id, key or e-mail address; null: <paramref name="Person"/>.</param>
/// <param name="Event">What the person does at the beginning; null: the event that the trigger asks for, or nothing where it asks for none.</param>
/// <param name="Events">What else they do.</param>
/// <param name="SpanMs">Of virtual time at most.</param>
/// <param name="Anyway">They enter even where trigger, re-entry or audience would keep them out.</param>
/// <param name="SendTo">Where mails of the test really go; null: nowhere.</param>
/// <param name="SendWebhooks">Whether webhooks of the test are really called.</param>
public sealed record TestRequest(
    DefinitionSet? Definitions, string Campaign, string? Customer, TestPerson? Person, MockEvent? Event, IReadOnlyList<MockEvent> Events, long SpanMs, bool Anyway, string? SendTo, bool SendWebhooks);

/// <summary>Somebody made up.</summary>
/// <param name="Id">null: one that is given.</param>
/// <param name="Traits">A JSON object; null: none.</param>
/// <param name="Lists">Static lists that they are on.</param>
public sealed record TestPerson(string? Id, JsonElement? Traits, IReadOnlyList<string> Lists);

/// <param name="AfterMs">From the beginning of the test; below 0, of somebody made up: before it.</param>
/// <param name="Name">Of a track event, or page, screen, identify, group.</param>
/// <param name="Properties">A JSON object (of an identify: traits); null: none.</param>
public sealed record MockEvent(long AfterMs, string Name, JsonElement? Properties);

public enum TestRefusal
{
    None = 0,

    /// <summary>There is no such campaign or customer.</summary>
    Missing = 1,

    /// <summary>Something that was asked for cannot be done.</summary>
    Invalid = 2,

    /// <summary>Messages of a test may not go there.</summary>
    NoTestAddress = 3,

    /// <summary>Others run: in a moment.</summary>
    Busy = 4,
}

/// <param name="Why">What is wrong and what to do, as sentences; empty: the report is there.</param>
public sealed record TestAnswer(TestReport? Report, TestRefusal Refusal, string Why)
{
    public static TestAnswer Refused(TestRefusal refusal, string why) => new(null, refusal, why);
}

/// <summary>What a test came to. camelCase in JSON.</summary>
/// <param name="Status">Of the campaign as it is written: draft, live, paused, archived. A test runs it as if it were live.</param>
/// <param name="Customer">The id; of somebody made up, theirs.</param>
/// <param name="Mock">Somebody made up.</param>
/// <param name="EndedAt">As far as virtual time went.</param>
/// <param name="Outcome">completed, exited, inside, not entered.</param>
/// <param name="Summary">The outcome as a sentence.</param>
/// <param name="Anyway">Something would have kept them out: <paramref name="Entry"/> says what.</param>
/// <param name="Entry">What was looked at on the way in.</param>
/// <param name="Items">What happened, in its order.</param>
/// <param name="Notes">What there is to know about the test itself.</param>
public sealed record TestReport(
    string Campaign, string Status, string Customer, bool Mock, DateTimeOffset StartedAt, DateTimeOffset EndedAt, string Outcome, string Summary, bool Anyway, ExplanationView? Entry,
    IReadOnlyList<TestItem> Items, IReadOnlyList<string> Notes);

/// <param name="After">Since the beginning, such as 45m.</param>
/// <param name="Kind">event, customer, entered, not entered, wait, wait until, branch, held, message, skipped, converted, exited, completed.</param>
/// <param name="Step">Of the campaign; null: none.</param>
/// <param name="Title">In words.</param>
/// <param name="Detail">A reason, the way taken, when a wait ends; empty: none.</param>
/// <param name="Why">What was looked at, where there was something to decide.</param>
public sealed record TestItem(DateTimeOffset At, string After, string Kind, string? Step, string Title, string Detail, IReadOnlyList<ReasonView> Why, TestMessage? Message);

/// <param name="Address">Whose it would be in earnest.</param>
/// <param name="Error">Why it cannot be rendered; empty: it can.</param>
/// <param name="SentTo">Where it was sent as a test; null: nowhere.</param>
/// <param name="Outcome">What came of that, or why it was not sent; null: nobody asked for it.</param>
public sealed record TestMessage(string Channel, string Template, string Address, string Subject, string Html, string Text, string Error, string? SentTo, string? Outcome);
