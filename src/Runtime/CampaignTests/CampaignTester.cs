using Microsoft.Extensions.Logging;
using Triggers.Engine.Campaigns;
using Triggers.Engine.Customers;
using Triggers.Engine.Definitions;
using Triggers.Engine.Expressions;
using Triggers.Engine.Scoring;
using Triggers.Runtime.Programs;
using Triggers.Runtime.Queries;
using Triggers.Storage;

namespace Triggers.Runtime.CampaignTests;

/// <summary>Runs tests of campaigns beside whatever else runs, a few at a time.</summary>
/// <param name="inForce">The version in force and its definitions.</param>
/// <param name="find">Reads a customer by id or key as a private copy; null: there is none.</param>
internal sealed class CampaignTester(
    IStore store, ProgramLibrary library, FactJournal journal, Func<(int Version, DefinitionSet Definitions)> inForce, Func<string, CancellationToken, Task<Customer?>> find, TestSender sender,
    TimeProvider time, ILogger log) : ICampaignTests, IDisposable
{
    private readonly SemaphoreSlim _few = new(Limits.TestsTogether);

    public async Task<TestAnswer> RunAsync(TestRequest request, CancellationToken cancellation)
    {
        var (version, current) = inForce();
        var definitions = request.Definitions ?? current;
        if (definitions.Campaigns.FirstOrDefault(campaign => campaign.Id == request.Campaign) is not { } campaign)
        {
            return TestAnswer.Refused(TestRefusal.Missing, $"There is no campaign '{request.Campaign}'{(request.Definitions is null ? "" : " in these definitions")}: they have {ListOf([.. definitions.Campaigns.Select(each => each.Id)], "none")}.");
        }

        if ((Invalid(request) ?? sender.Refuse(request, current.Sending)) is { } refused)
        {
            return refused;
        }

        if (!await _few.WaitAsync(Limits.TestPatienceMs, cancellation))
        {
            return TestAnswer.Refused(TestRefusal.Busy, $"{Limits.TestsTogether} other tests are running: try again in a moment.");
        }

        try
        {
            var customer = request.Customer is { } id ? await FindAsync(id, cancellation) : (null, null);
            return customer.Refused ?? await Task.Run(() => RunAsync(request, version, definitions, campaign, customer.Found, cancellation), cancellation);
        }
        finally
        {
            _few.Release();
        }
    }

    public void Dispose() => _few.Dispose();

    /// <summary>null: fine.</summary>
    private static TestAnswer? Invalid(TestRequest request)
    {
        if (request.Customer is null == request.Person is null)
        {
            return No("Name who goes through the test: 'customer' (the id or e-mail address of a customer), or 'person' (somebody made up, with their traits).");
        }

        if (request.Events.Count > Limits.TestMockEventsMax)
        {
            return No($"There are {request.Events.Count} events; a test takes at most {Limits.TestMockEventsMax}.");
        }

        if (request.SpanMs is <= 0 or > Limits.TestSpanMsMax)
        {
            return No($"The span {Duration.Format(request.SpanMs)} is not within 1s and {Duration.Format(Limits.TestSpanMsMax)}.");
        }

        foreach (var happens in request.Event is { } first ? [first, .. request.Events] : request.Events)
        {
            if (string.IsNullOrWhiteSpace(happens.Name) || happens.Name is "group" or "alias")
            {
                return No(string.IsNullOrWhiteSpace(happens.Name) ? "An event has no name." : $"A mock event cannot be a call '{happens.Name}': those concern more than one customer. Write a track event's name, or page, screen or identify.");
            }

            if (happens.AfterMs < 0 && request.Person is null)
            {
                return No($"Event '{happens.Name}' lies before the beginning: a customer's past is what it was. Only somebody made up has one that can be chosen.");
            }

            if (happens.AfterMs > request.SpanMs || happens.AfterMs < -Limits.TestSpanMsMax)
            {
                return No($"Event '{happens.Name}' lies outside of the test, which spans {Duration.Format(request.SpanMs)} after its beginning{(request.Person is null ? "" : $" and {Duration.Format(Limits.TestSpanMsMax)} before it")}.");
            }

            if (happens.Properties is { ValueKind: not System.Text.Json.JsonValueKind.Object })
            {
                return No($"'properties' of event '{happens.Name}' has to be a JSON object.");
            }
        }

        return request.Person?.Traits is { ValueKind: not System.Text.Json.JsonValueKind.Object } ? No("'traits' of the person has to be a JSON object.") : null;
    }

    private static TestAnswer No(string why) => TestAnswer.Refused(TestRefusal.Invalid, why);

    private async Task<(Customer? Found, TestAnswer? Refused)> FindAsync(string id, CancellationToken cancellation)
    {
        if (await find(id, cancellation) is { } exact)
        {
            return (exact, null);
        }

        var found = new Dictionary<string, Customer>(StringComparer.Ordinal);
        if (id.Contains('@'))
        {
            foreach (var hit in store.Search.Find(id, Limits.TestNamesakesMax).Where(hit => string.Equals(hit.Email, id, StringComparison.OrdinalIgnoreCase)))
            {
                if (await find(hit.CustomerKey, cancellation) is { } customer)
                {
                    found[customer.Key] = customer;
                }
            }
        }

        return found.Count switch
        {
            0 => (null, TestAnswer.Refused(TestRefusal.Missing, $"There is no customer '{id}'. Give an id or an e-mail address, or test with somebody made up ('person').")),
            1 => (found.Values.First(), null),
            _ => (null, No($"Several customers have the address {id}: {ListOf([.. found.Keys.Order(StringComparer.Ordinal)], "")}. Give the id of one.")),
        };
    }

    private async Task<TestAnswer> RunAsync(TestRequest request, int version, DefinitionSet definitions, CampaignDefinition campaign, Customer? customer, CancellationToken cancellation)
    {
        var live = definitions with { Campaigns = [.. definitions.Campaigns.Select(each => each.Id == campaign.Id ? Live(each) : each)] };
        var begin = Instants.Ceiling(time.GetUtcNow().ToUnixTimeMilliseconds());
        var all = request.Events.OrderBy(happens => happens.AfterMs).ToList();
        var subject = customer is null
            ? TestSubject.Of(request.Person!, [.. all.Where(happens => happens.AfterMs < 0)], live, journal.Measures, begin)
            : TestSubject.Of(customer, library.History(version), live, journal.Measures, store, begin, log, cancellation);
        List<MockEvent> others = [.. all.Where(happens => happens.AfterMs >= 0)];
        var first = request.Event ?? (campaign.Trigger.Kind == TriggerKind.Event ? Default(campaign) : null);
        List<string> notes = [.. subject.Notes];
        if (request.Event is null && first is { Properties: { } guessed })
        {
            notes.Add($"No event was given: {first.Name}{(guessed.GetRawText() is { Length: > 2 } properties ? $" {properties}" : "")} is what the trigger asks for.");
        }

        var run = new TestRun(subject, campaign, begin, request.SpanMs, enters: false);
        try
        {
            run.Go(first, others, cancellation);
            var isAnyway = request.Anyway && !run.HasEntered;
            if (isAnyway)
            {
                run.Dispose();
                run = new TestRun(subject, campaign, begin, request.SpanMs, enters: true);
                run.Go(first, others, cancellation);
            }

            if (run.IsCut)
            {
                notes.Add($"A test tells {Limits.TestItemsMax} items at most, and lives through {Limits.TestTurnsMax} instants: it was ended there.");
            }

            var items = await sender.ShowAsync(run.Items, live, request, cancellation);
            var entry = run.Entry is { } found ? ExplanationViews.Of(found, run.CustomerKey, isDecision: true, null, new ElementNames(live)) with { DefinitionsVersion = version } : null;
            return new TestAnswer(
                new TestReport(
                    campaign.Id, campaign.Status.ToString().ToLowerInvariant(), new Engine.Records.CustomerKey(run.CustomerKey).Id, subject.IsMock, Time(begin), Time(run.Now), run.Outcome,
                    Summarize(run, isAnyway, begin), isAnyway, entry, items, notes),
                TestRefusal.None,
                "");
        }
        finally
        {
            run.Dispose();
        }
    }

    /// <summary>Versions are told apart by their file's text, which is that of the one that is not live.</summary>
    private static CampaignDefinition Live(CampaignDefinition campaign) =>
        campaign.Status == CampaignStatus.Live ? campaign : campaign with { Status = CampaignStatus.Live, ContentHash = "" };

    private static MockEvent Default(CampaignDefinition campaign) =>
        new(0, campaign.Trigger.Subject, System.Text.Json.JsonElement.Parse(ExampleProperties.For(campaign.Trigger.Where)));

    private static string Summarize(TestRun run, bool isAnyway, long begin)
    {
        var after = Duration.Format(((run.Outcome == "inside" ? run.Now : run.End) - begin) / 1000 * 1000);
        var messages = run.Items.Count(item => item.Message is not null);
        var sends = messages switch { 0 => "no message", 1 => "1 message", _ => $"{messages} messages" };
        var how = isAnyway ? "Entered anyway" : "Entered";
        return run.Outcome switch
        {
            "completed" => $"{how}, completed after {after}: {sends}.",
            "exited" => $"{how}, left after {after}: {sends}.",
            "inside" => $"{how}, still inside after {after}: {sends}.",
            _ => $"Did not enter{(run.Entry?.InTheWay is { } first ? $": {(first.Needed.Length > 0 ? first.Needed : first.Text)}" : "")}.",
        };
    }

    private static string ListOf(IReadOnlyList<string> ids, string none) =>
        ids.Count == 0 ? none : string.Join(", ", ids.Take(Limits.TestNamesakesMax)) + (ids.Count > Limits.TestNamesakesMax ? ", …" : "");

    private static DateTimeOffset Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);
}
