using Triggers.Engine.Customers;
using Triggers.Engine.Expressions;
using Triggers.Engine.Records;
using Triggers.Runtime.Definitions;
using Triggers.Runtime.Fills;
using Triggers.Runtime.Live;
using Triggers.Runtime.Programs;
using Triggers.Runtime.Replays;
using Triggers.Runtime.Valuing;
using Triggers.Storage;

namespace Triggers.Runtime.Queries;

/// <summary>Answers what the API asks, the same on every process: totals from the live numbers, customers through their loops, the past from the log.</summary>
internal sealed class QueryService(
    IStore store,
    IDefinitions definitions,
    ProgramLibrary library,
    ILiveNumbers live,
    PastSeconds past,
    ReplayBoard replays,
    CampaignPauses pauses,
    CustomerReader reader,
    TimelineReader timelines,
    TraitHistoryReader traits,
    ExplanationReader explanations,
    OverlapCounter overlaps,
    IValuing valuing,
    TimeProvider time,
    string host) : IQueries
{
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    public StatsView Stats()
    {
        // In this order: who sees that nothing lags sees everything counted.
        var rates = live.Rates();
        var all = live.All();
        var lifecycle = definitions.Current.Lifecycle;
        long Of(string name) => all.GetValueOrDefault(name);
        return new StatsView(
            new EventStats(Of("events/total"), Of("events/duplicate"), store.Rejected.Total, rates.EventsPerSecond, rates.LagRecords),
            new CustomerStats(Of("customers/total"), Of("customers/known")),
            new MessageStats(Of("messages/decided"), Of("messages/sent"), Of("messages/skipped"), Of("messages/failed"), rates.Queued, rates.MessagesPerSecond),
            definitions.Current.Segments.ToDictionary(segment => segment.Id, segment => Of($"segment/{segment.Id}/size"), StringComparer.Ordinal),
            lifecycle.Ids.ToDictionary(lifecycle.NameOf, id => Of($"lifecycle/{id}/size"), StringComparer.Ordinal),
            [.. lifecycle.Ids.Select(id => new StageView(id, lifecycle.NameOf(id), lifecycle.Away.FirstOrDefault(stage => stage.Id == id) is { } away ? Engine.Expressions.Duration.Format(away.AfterMs) : null))],
            definitions.Version,
            rates.SendingPaused,
            host,
            _startedAt,
            replays.View(),
            PausedSending.ReasonOf(store.Settings));
    }

    public SecondsView Seconds() => new(past.Read());

    public async Task<CustomerView?> CustomerAsync(string id, CancellationToken cancellation)
    {
        if (await reader.FindAsync(id, cancellation) is not { } customer)
        {
            return null;
        }

        var (program, now) = (library.Now(definitions.Version), Now());
        return CustomerViews.Of(customer, program, now) with { Predicted = valuing.Predict(customer, program), HistoryFrom = DoneFill.Beginning(store.Settings, program, customer, now) };
    }

    public async Task<IReadOnlyList<CustomerSummary>> SearchAsync(string query, int limit, CancellationToken cancellation)
    {
        limit = Math.Clamp(limit, 1, Limits.PageMax);
        var found = new List<CustomerSummary>();
        if (query.Trim().Length == 0)
        {
            await reader.ScanAsync(null, Limits.ScanPerPage, customer => Take(customer, found, limit), cancellation);
            return found;
        }

        var keys = new HashSet<string>(StringComparer.Ordinal);
        if (await reader.FindAsync(query.Trim(), cancellation) is { } exact)
        {
            keys.Add(exact.Key);
            found.Add(CustomerViews.Summary(exact, library.Now(definitions.Version), Now()));
        }

        foreach (var hit in store.Search.Find(query, limit))
        {
            if (found.Count < limit && keys.Add(hit.CustomerKey) && await reader.ReadAsync(new CustomerKey(hit.CustomerKey), cancellation) is { } customer
                && (customer.Key == hit.CustomerKey || keys.Add(customer.Key)))
            {
                found.Add(CustomerViews.Summary(customer, library.Now(definitions.Version), Now()));
            }
        }

        return found;
    }

    public async Task<Timeline?> TimelineAsync(string id, IReadOnlyCollection<string> kinds, string? after, int limit, CancellationToken cancellation)
    {
        var customer = await reader.FindAsync(id, cancellation);
        return customer is null ? null : await Task.Run(() => timelines.Read(customer, new ElementNames(definitions.Current), kinds, after, Math.Clamp(limit, 1, Limits.PageMax)), cancellation);
    }

    public async Task<TraitHistory?> TraitHistoryAsync(string id, string trait, string? before, int limit, CancellationToken cancellation)
    {
        var customer = await reader.FindAsync(id, cancellation);
        return customer is null ? null : await Task.Run(() => traits.Read(customer, trait, before, Math.Clamp(limit, 1, Limits.PageMax)), cancellation);
    }

    public async Task<ExplainAnswer?> ExplainAsync(string id, ExplainQuestion question, CancellationToken cancellation)
    {
        var customer = await reader.FindAsync(id, cancellation);
        return customer is null ? null : await Task.Run(() => explanations.Explain(customer, question, Now(), cancellation), cancellation);
    }

    public async Task<IReadOnlyList<GroupSummary>> GroupsAsync(string query, int limit, CancellationToken cancellation)
    {
        var found = new List<GroupSummary>();
        foreach (var hit in store.Search.FindGroups(query, Math.Clamp(limit, 1, Limits.PageMax)))
        {
            if (new CustomerKey(hit.CustomerKey) is { IsGroup: true } key && await reader.ReadGroupAsync(key.Id, cancellation) is { } group)
            {
                found.Add(GroupViews.Summary(group));
            }
        }

        return found;
    }

    public async Task<GroupView?> GroupAsync(string id, CancellationToken cancellation) =>
        await reader.ReadGroupAsync(id, cancellation) is { } group ? GroupViews.Of(group) : null;

    public async Task<Page<CustomerSummary>?> GroupMembersAsync(string id, string? after, int limit, CancellationToken cancellation)
    {
        if (await reader.ReadGroupAsync(id, cancellation) is not { } group)
        {
            return null;
        }

        var members = new List<CustomerSummary>();
        foreach (var key in group.Members.Where(key => string.CompareOrdinal(key, after) > 0).Order(StringComparer.Ordinal))
        {
            if (members.Count == Math.Clamp(limit, 1, Limits.PageMax))
            {
                return new Page<CustomerSummary>(members, members[^1].Key);
            }

            // Under another key: it was absorbed a moment ago, and the group hears of it.
            if (await reader.ReadAsync(new CustomerKey(key), cancellation) is { } customer && customer.Key == key)
            {
                members.Add(CustomerViews.Summary(customer, library.Now(definitions.Version), Now()));
            }
        }

        return new Page<CustomerSummary>(members, null);
    }

    public IReadOnlyList<SegmentView> Segments()
    {
        var program = library.Get(definitions.Version);
        var collecting = program.CollectingSegments.ToHashSet(StringComparer.Ordinal);
        var beginnings = DoneFill.Beginnings(store.Settings, program, Now());
        return definitions.Current.Segments
            .Select(segment => new SegmentView(
                segment.Id, segment.Name, segment.Description, Canonical.Of(segment.Condition), live[$"segment/{segment.Id}/size"], collecting.Contains(segment.Id),
                beginnings.TryGetValue(segment.Id, out var from) ? from : null))
            .ToList();
    }

    public async Task<Page<CustomerSummary>?> MembersAsync(string segmentId, string? after, int limit, CancellationToken cancellation)
    {
        if (!definitions.Current.Segments.Any(segment => segment.Id == segmentId))
        {
            return null;
        }

        limit = Math.Clamp(limit, 1, Limits.PageMax);
        var members = new List<CustomerSummary>();
        var next = await reader.ScanAsync(
            ScanPlace.Read(after),
            Limits.ScanPerPage,
            customer => customer.IsIn(segmentId) && Take(customer, members, limit),
            cancellation);
        return new Page<CustomerSummary>(members, next is { } place ? ScanPlace.Text(place) : null);
    }

    public async Task<SegmentOverlap?> OverlapAsync(string segmentId, CancellationToken cancellation)
    {
        var program = library.Now(definitions.Version);
        return program.Definitions.Segments.FirstOrDefault(segment => segment.Id == segmentId) is { } found ? await overlaps.CountAsync(found, program, cancellation) : null;
    }

    public IReadOnlyList<CampaignView> Campaigns()
    {
        // All at once: to look for each campaign's among all there are takes the counters' lock as often as there are campaigns.
        var totals = live.Under("campaign/").ToLookup(pair => pair.Key[..pair.Key.IndexOf('/', StringComparison.Ordinal)], StringComparer.Ordinal);
        return definitions.Current.Campaigns
            .Select(campaign => StepViews.Of(campaign, pauses.IsPaused(campaign.Id), totals[campaign.Id].ToDictionary(pair => pair.Key[(campaign.Id.Length + 1)..], pair => pair.Value, StringComparer.Ordinal)))
            .ToList();
    }

    public CampaignView? Campaign(string id) =>
        definitions.Current.Campaigns.FirstOrDefault(campaign => campaign.Id == id) is { } found ? StepViews.Of(found, pauses.IsPaused(id), live.Under($"campaign/{id}/")) : null;

    /// <summary>Merged customers are shown as the one that absorbed them, erased ones not at all.</summary>
    private bool Take(Customer customer, List<CustomerSummary> found, int limit)
    {
        if (customer.Exists)
        {
            found.Add(CustomerViews.Summary(customer, library.Now(definitions.Version), Now()));
        }

        return found.Count >= limit;
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
