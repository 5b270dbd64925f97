using System.Text;
using System.Text.Json;
using Triggers.Engine.Definitions;
using Triggers.Engine.Records;
using Triggers.Runtime.Definitions;
using Triggers.Runtime.Ingest;
using Triggers.Runtime.Live;
using Triggers.Runtime.Operations;
using Triggers.Runtime.Queries;
using Triggers.Runtime.Fills;
using Triggers.Runtime.Simulations;
using Triggers.Runtime.Replays;
using Triggers.Storage;

namespace Triggers.Web.Tests.Support;

/// <summary>An ingest that remembers, and refuses when told to.</summary>
public sealed class FakeIngest : IIngest
{
    private readonly Lock _lock = new();

    public List<SeenEvent> Events { get; } = [];

    public List<(string Source, string Reason, string Payload)> Rejected { get; } = [];

    public List<ImportMark> Marks { get; } = [];

    public AppendResult Answer { get; set; } = AppendResult.Ok(1);

    /// <summary>Append only, without decoding: for measurements.</summary>
    public bool IsBlind { get; set; }

    public ValueTask<AppendResult> AppendAsync(RecordBatch records, ImportMark? mark = null, CancellationToken cancellation = default)
    {
        if (IsBlind)
        {
            return ValueTask.FromResult(Answer);
        }

        lock (_lock)
        {
            if (Answer.IsOk)
            {
                Events.AddRange(SeenEvent.AllOf(records));
                if (mark is not null)
                {
                    Marks.Add(mark);
                }
            }
        }

        return ValueTask.FromResult(Answer);
    }

    public void Reject(string source, string reason, ReadOnlySpan<byte> payload)
    {
        lock (_lock)
        {
            Rejected.Add((source, reason, Encoding.UTF8.GetString(payload)));
        }
    }
}

/// <summary>Says what it is told to.</summary>
public sealed class FakeOperations : IOperations
{
    public HealthReport Health { get; set; } = new(HealthStatus.Ready, []);

    public Func<int> CountViewers { get; set; } = () => 0;

    public List<(PlacementOrder Order, string? Node)> Orders { get; } = [];

    public Task PlaceAsync(PlacementOrder order, string? node, CancellationToken cancellation)
    {
        if (node == "only")
        {
            throw new PlacementRefusedException("No other silo would be left to take its partitions.");
        }

        Orders.Add((order, node));
        return Task.CompletedTask;
    }

    public Task<OperationsView> ViewAsync(CancellationToken cancellation) => Task.FromResult(
        new OperationsView(DateTimeOffset.UnixEpoch, Health.Status, [], new StoreView("sqlite", "taking", "", new Dictionary<string, long>(), 0, 0, []), new SendingView(false, null, 0, []), 3, []));
}

/// <summary>Answers with nothing but the period; the customer "nobody" is unknown, and "busy" is another simulation.</summary>
public sealed class FakeSimulations : ISimulations
{
    public List<SimulationRequest> Asked { get; } = [];

    public Task<SimulationReport?> RunAsync(SimulationRequest request, CancellationToken cancellation)
    {
        Asked.Add(request);
        return request.Customer == "busy" ? throw new SimulationBusyException() : Task.FromResult(request.Customer == "nobody" ? null : new SimulationReport(
            request.From ?? DateTimeOffset.UnixEpoch, request.To ?? DateTimeOffset.UnixEpoch, null, 7, 3, request.Share, 0.1, [], [], new Dictionary<string, long>(), 0));
    }

    public SimulationProgress? Progress { get; set; }

    public Task<SegmentPreviewReport> PreviewAsync(IReadOnlyList<DefinitionFile> files, string condition, bool exact, CancellationToken cancellation) =>
        condition == "busy" ? throw new SimulationBusyException()
        : Task.FromResult(exact ? new SegmentPreviewReport(condition, [], 10_000, 2_468, 10_000, 2_468, 2_468, 2_468, true, [], 2) : new SegmentPreviewReport(condition, [], 1_000, 250, 10_000, 2_500, 2_240, 2_780, false, ["u:ada"], 0.1));
}

public sealed class FakeFills : IFills
{
    public IReadOnlyList<FillView> List() => [new FillView(2, FillStates.Filling, 12.5, 10, 4, 100, 50, 7, DateTimeOffset.UnixEpoch, null, null, ["high-intent"], null)];
}

public sealed class FakeDefinitions : IDefinitions
{
    public int Version { get; set; } = 3;

    public DefinitionSet Current { get; set; } = new()
    {
        Sources = [new SourceDefinition("shop-web", "shop-web-key", "Shop"), new SourceDefinition("shop-app", "Shop-App", "App", "EUR")],
    };

    public ReloadResult Next { get; set; } = new(true, true, 4, []);

    public DefinitionSet At(int version) => Current;

    public Task<ReloadResult> ReloadAsync(CancellationToken cancellation) => Task.FromResult(Next);

    public string Folder() => FolderStates.Same;

    public Task<ApplyResult> ApplyAsync(IReadOnlyList<DefinitionFile> files, int? expected, bool dryRun, CancellationToken cancellation) =>
        expected is { } from && from != Version ? throw new DefinitionsMovedException(from, Version)
        : Task.FromResult(DefinitionLoader.Load(files) is { Definitions: null, Errors: var errors }
            ? new ApplyResult(false, false, Version, new DefinitionPlan([], []), errors)
            : new ApplyResult(true, !dryRun, dryRun ? Version : Version + 1, new DefinitionPlan([.. files.Select(file => new DefinitionChange("file", file.Path, "added"))], []), []));
}

public sealed class FakeFeed : ILiveFeed
{
    private static readonly LiveRates Rates = new(1.5, 0.5, 0, 0, false);
    private long _version;

    public event Action<LiveDelta>? Changed;

    public int SnapshotsTaken;

    public LiveSnapshot Snapshot()
    {
        Interlocked.Increment(ref SnapshotsTaken);
        return new LiveSnapshot(Interlocked.Read(ref _version), new Dictionary<string, long> { ["events/total"] = Interlocked.Read(ref _version) }, Rates, []);
    }

    public void Publish(int padding = 0)
    {
        var version = Interlocked.Increment(ref _version);
        var feed = padding == 0 ? Array.Empty<FeedItem>() : [new FeedItem(DateTimeOffset.UnixEpoch, "campaign-entered", "ann", "welcome", new string('x', padding))];
        Changed?.Invoke(new LiveDelta(version, new Dictionary<string, long> { ["events/total"] = version }, Rates, feed));
    }
}

public sealed class FakeCommands : ICommands
{
    public List<(string MessageId, OutcomeKind Kind, string Detail)> Outcomes { get; } = [];

    public List<string> Orders { get; } = [];

    public bool Fails { get; set; }

    public Task<bool> SuppressAsync(string customerId, bool suppressed, CancellationToken cancellation) => Order($"suppress {customerId} {suppressed}", customerId);

    public Task<bool> EraseGroupAsync(string groupId, CancellationToken cancellation) => Order($"erase group {groupId}", groupId);

    /// <summary>Called with the customer key.</summary>
    public Action<string> Erased { get; set; } = _ => { };

    public Task<bool> EraseAsync(string customerId, CancellationToken cancellation)
    {
        Erased("u:" + customerId);
        return Order($"erase {customerId}", customerId);
    }

    public Task<bool> PauseCampaignAsync(string campaignId, bool paused, CancellationToken cancellation) => Order($"pause {campaignId} {paused}", campaignId);

    public Task PauseSendingAsync(bool paused, CancellationToken cancellation) => Order($"sending {!paused}", "");

    public async Task<int> SkipQueuedAsync(DateTimeOffset decidedBefore, CancellationToken cancellation) => await Order($"skip before {decidedBefore:O}", "ann") ? 1 : 0;

    public Task<bool> ResendAsync(string messageId, CancellationToken cancellation) => Order($"resend {messageId}", messageId);

    public Task<bool> RecordOutcomeAsync(string messageId, OutcomeKind kind, string detail, CancellationToken cancellation)
    {
        if (Fails)
        {
            throw new InvalidOperationException("The disk is full.");
        }

        Outcomes.Add((messageId, kind, detail));
        return Task.FromResult(true);
    }

    public Task<PreviewView?> PreviewAsync(string templateId, string customerId, CancellationToken cancellation)
        => Task.FromResult(templateId == "welcome" ? new PreviewView("Hello", "<p>Hello</p>", "Hello", new Dictionary<string, string>()) : null);

    public Task<string?> TestSendAsync(string templateId, string customerId, string address, CancellationToken cancellation)
        => Task.FromResult(templateId == "welcome" ? $"sent to {address}" : null);

    private Task<bool> Order(string order, string subject)
    {
        Orders.Add(order);
        return Task.FromResult(!subject.StartsWith("nobody", StringComparison.Ordinal));
    }
}

public sealed class FakeQueries : IQueries
{
    private static readonly CustomerSummary Ann = new("ann", "u:ann", false, "ann@example.com", "Ann", 12.5, "active", DateTimeOffset.UnixEpoch);

    public StatsView Stats() => new(
        new EventStats(7, 1, 2, 0.5, 0), new CustomerStats(3, 2), new MessageStats(4, 3, 1, 0, 0, 0.1), new Dictionary<string, long> { ["high-intent"] = 2 },
        new Dictionary<string, long> { ["at risk"] = 1 }, [new StageView("at risk", "at risk", "30d")], 3, false, "embedded", DateTimeOffset.UnixEpoch,
        new ReplayStats(5, 1, [new Disagreement(4, 12, DateTimeOffset.UnixEpoch, "u:ann", "event Signed Up", "had no effects, now has events/total +1")]), null);

    public SecondsView Seconds() => new([new SecondView(DateTimeOffset.UnixEpoch, 12, 0.5)]);

    public Task<CustomerView?> CustomerAsync(string id, CancellationToken cancellation) => Task.FromResult(id is "ann" or "u:ann" or "a/b" ? View() : null);

    public Task<IReadOnlyList<CustomerSummary>> SearchAsync(string query, int limit, CancellationToken cancellation)
        => Task.FromResult<IReadOnlyList<CustomerSummary>>("ann".StartsWith(query, StringComparison.Ordinal) ? [Ann] : []);

    public Task<ExplainAnswer?> ExplainAsync(string id, ExplainQuestion question, CancellationToken cancellation)
        => Task.FromResult(id != "ann" ? null : question.Segment == "vip"
            ? new ExplainAnswer(new ExplanationView("ann", "segment", "vip", question.At ?? DateTimeOffset.UnixEpoch, 1, false, "in", "", "In segment vip.", null, [], [], null), "")
            : new ExplainAnswer(null, $"There is no {question}."));

    public Task<Timeline?> TimelineAsync(string id, IReadOnlyCollection<string> kinds, string? after, int limit, CancellationToken cancellation)
        => after == "junk" ? throw new UnknownPlaceException(after) : Task.FromResult(id == "ann" ? new Timeline([new TimelineItem(DateTimeOffset.UnixEpoch, null, kinds.FirstOrDefault("event"), "Signed Up", "", null, null)], "2", null) : null);

    public Task<TraitHistory?> TraitHistoryAsync(string id, string trait, string? before, int limit, CancellationToken cancellation)
        => Task.FromResult(id == "ann"
            ? new TraitHistory(trait, [new TraitValue(JsonSerializer.SerializeToElement("pro"), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, "identify", "shop-web", "m1", false, "u:ann")], null, null)
            : null);

    public Task<IReadOnlyList<GroupSummary>> GroupsAsync(string query, int limit, CancellationToken cancellation)
        => Task.FromResult<IReadOnlyList<GroupSummary>>("acme".StartsWith(query, StringComparison.Ordinal) ? [new GroupSummary("acme", "Acme", 2, DateTimeOffset.UnixEpoch)] : []);

    public Task<GroupView?> GroupAsync(string id, CancellationToken cancellation)
        => Task.FromResult(id == "acme" ? new GroupView("acme", "Acme", JsonSerializer.SerializeToElement(new { name = "Acme" }), 2, DateTimeOffset.UnixEpoch) : null);

    public Task<Page<CustomerSummary>?> GroupMembersAsync(string id, string? after, int limit, CancellationToken cancellation)
        => Task.FromResult(id == "acme" ? new Page<CustomerSummary>([Ann], null) : null);

    public IReadOnlyList<SegmentView> Segments() => [new SegmentView("high-intent", "High intent", "", "did('x')", 2)];

    public Task<Page<CustomerSummary>?> MembersAsync(string segmentId, string? after, int limit, CancellationToken cancellation)
        => Task.FromResult(segmentId == "high-intent" ? new Page<CustomerSummary>([Ann], null) : null);

    public Task<SegmentOverlap?> OverlapAsync(string segmentId, CancellationToken cancellation)
        => segmentId == "busy" ? throw new OverlapBusyException() : Task.FromResult(segmentId == "high-intent" ? new SegmentOverlap(segmentId, 2, [new OverlapView("newsletter", "Newsletter", 5, 1)], DateTimeOffset.UnixEpoch) : null);

    public IReadOnlyList<CampaignView> Campaigns() => [Campaign("welcome")!];

    public CampaignView? Campaign(string id) => id != "welcome" ? null : new CampaignView(
        "welcome", "Welcome", "", "live", "event Signed Up", null, null, "once", [],
        new CampaignCounters(1, 0, 1, 0, 1, 1, new Dictionary<string, long> { ["opted out"] = 1 }, 0, 0, 0, 0, 0, 0, 0, 0, 0, new Dictionary<string, long> { ["USD"] = 1250 }));

    private static CustomerView View() => new(
        "ann", "u:ann", false, "ann@example.com", "Ann", JsonSerializer.SerializeToElement(new { plan = "pro" }), [], new CustomerEvents(2, new Dictionary<string, long> { ["Signed Up"] = 1 }), [], 12.5, [],
        "active", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, null, [], [], [], false, null, new Runtime.Valuing.PredictionView(DateTimeOffset.UnixEpoch, 0.75, 1.25, 20.5, 80.1));
}
