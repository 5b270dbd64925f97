using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace Triggers.Silo.Bench;

/// <summary>The parts of a server's management API that benches read.</summary>
public sealed class ServerApi : IDisposable
{
    private static readonly TimeSpan _countedWithin = TimeSpan.FromSeconds(15);

    private readonly HttpClient _client;

    public ServerApi(IPEndPoint server, string managementKey)
    {
        _client = new HttpClient { BaseAddress = new Uri($"http://{server}") };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", managementKey);
    }

    public async Task<ServerTotals> TotalsAsync(CancellationToken cancellation) =>
        (await _client.GetFromJsonAsync<ServerTotals>("/api/v1/stats", cancellation))!;

    public async Task<ServerCustomer> CustomerAsync(string id, CancellationToken cancellation) =>
        (await _client.GetFromJsonAsync<ServerCustomer>(string.Create(CultureInfo.InvariantCulture, $"/api/v1/customers/{id}"), cancellation))!;

    /// <summary>The processes that have partitions, or serve the web for those that have.</summary>
    public async Task<IReadOnlyList<ServerNode>> NodesAsync(CancellationToken cancellation) =>
        (await _client.GetFromJsonAsync<ServerOperations>("/api/v1/operations", cancellation))!.Nodes;

    /// <summary>Waits until everything appended is applied.</summary>
    public async Task<ServerTotals> WaitAppliedAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var totals = await TotalsAsync(cancellation);
            if (totals.Events.Lag == 0)
            {
                return totals;
            }

            await Task.Delay(5, cancellation);
        }
    }

    /// <summary>
    /// Waits until so many events are counted: what processes of a cluster tell each other is a moment old, their lag too. Ends as well when nothing more was counted for a
    /// while: then that is all.
    /// </summary>
    public async Task<ServerTotals> WaitCountedAsync(long events, CancellationToken cancellation)
    {
        var (counted, since) = (-1L, Stopwatch.GetTimestamp());
        while (true)
        {
            var totals = await TotalsAsync(cancellation);
            if (totals.Events.Total != counted)
            {
                (counted, since) = (totals.Events.Total, Stopwatch.GetTimestamp());
            }

            if ((totals.Events.Lag == 0 && counted >= events) || Stopwatch.GetElapsedTime(since) > _countedWithin)
            {
                return totals;
            }

            await Task.Delay(5, cancellation);
        }
    }

    public void Dispose() => _client.Dispose();
}

/// <summary>The part of the server's statistics that benches read.</summary>
/// <param name="Segments">Sizes by id.</param>
public sealed record ServerTotals(ServerEventTotals Events, ServerCustomerTotals Customers, IReadOnlyDictionary<string, long> Segments);

public sealed record ServerEventTotals(long Total, long Duplicates, long Lag);

public sealed record ServerCustomerTotals(long Total);

public sealed record ServerCustomer(string Id, IReadOnlyList<ServerEntry> Campaigns);

/// <param name="Until">When the step that the entry waits in ends.</param>
public sealed record ServerEntry(string Campaign, DateTimeOffset? Until);

public sealed record ServerOperations(IReadOnlyList<ServerNode> Nodes);

public sealed record ServerNode(string Name, ServerResident Customers, IReadOnlyList<ServerPartition> Partitions);

/// <param name="Count">Customers in memory.</param>
public sealed record ServerResident(long Count);

public sealed record ServerPartition(int Number);
