using System.Diagnostics;
using System.Globalization;
using Triggers.EndToEnd.Tests.Harness;
using Triggers.Silo.Bench;
using Triggers.Tests.Shared;

namespace Triggers.EndToEnd.Tests.Cluster;

/// <summary>Three silos and a web process over one PostgreSQL server, all of the test's own, under load.</summary>
public sealed class TestCluster : IAsyncDisposable
{
    public const int Silos = 3;

    private readonly TempFolder _folder = new();

    private TestCluster(PostgresServer postgres, int deadAfter, NetworkNamespaces? network)
    {
        Postgres = postgres;
        Smtp = new SmtpServer(network?.HostAddress);
        var definitions = TestDefinitions.Write(_folder);
        var environment = new Dictionary<string, string>(Smtp.Configuration) { ["Store__Connection"] = postgres.ConnectionString("triggers").Replace("127.0.0.1", network?.HostAddress ?? "127.0.0.1", StringComparison.Ordinal), ["Runtime"] = "orleans", ["Cluster__DeadAfterSeconds"] = deadAfter.ToString(CultureInfo.InvariantCulture) };
        ClusterNode Node(string name, string role, (NetworkNamespaces, int)? place) => new(name, role, Path.Combine(_folder.Path, name), definitions, environment, place);
        Nodes = [.. Enumerable.Range(1, Silos).Select(number => Node($"silo{number}", "all", network is null ? null : (network, number - 1))), Node("web", "web", null)];
    }

    public PostgresServer Postgres { get; }

    public SmtpServer Smtp { get; }

    /// <summary>The silos, then the web process.</summary>
    public IReadOnlyList<ClusterNode> Nodes { get; }

    public ClusterNode Web => Nodes[^1];

    public EventLoad Load { get; private set; } = null!;

    public PartitionProbes Probes { get; private set; } = null!;

    /// <summary>What every process printed, for a test that fails.</summary>
    public string Output => string.Join("\n\n", Nodes.Select(node => node.Output).Prepend(Load is null ? "" : $"{Describe(0)} {Load.LastRefusal}"));

    /// <summary>Ends when the cluster works and load is on it.</summary>
    /// <param name="deadAfter">Seconds without an answer after which a silo is declared dead: more than the default where none is to be.</param>
    /// <param name="network">Has a place for each silo; null: all are on the loopback.</param>
    public static async Task<TestCluster> StartAsync(int deadAfter = 3, NetworkNamespaces? network = null)
    {
        var cluster = new TestCluster(await PostgresServer.StartAsync(fsync: true, network?.HostAddress, network?.Range), deadAfter, network);
        try
        {
            await cluster.Nodes[0].StartAsync();
            await Task.WhenAll(cluster.Nodes.Skip(1).Select(node => node.StartAsync()));
            cluster.Load = new EventLoad(TimeSpan.FromMilliseconds(40), [.. cluster.Nodes.Select(node => node.Url)]);
            cluster.Probes = new PartitionProbes(cluster);
            await cluster.Probes.AnswerAsync(Stopwatch.GetTimestamp());
            await cluster.WaitSharedAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Until all partitions are live and evenly shared by so many silos.</summary>
    public Task WaitSharedAsync(int silos = Silos, ClusterNode? ask = null) => Wait.UntilAsync($"each of {silos} silos has its share of the partitions", async () =>
    {
        using var api = (ask ?? Web).Client();
        try
        {
            var shares = (await api.GetJsonAsync("/api/v1/operations")).GetProperty("nodes").EnumerateArray()
                .Select(node => node.GetProperty("partitions").EnumerateArray().Count(partition => partition.GetProperty("state").GetString() == "live")).Where(share => share > 0).ToArray();
            return shares.Length == silos && PartitionProbe.IsFair(shares);
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }, () => Output);

    /// <summary>Under which epochs the partitions are owned, as the store knows.</summary>
    public async Task<string> EpochsAsync() => (string)(await Postgres.ScalarAsync("SELECT string_agg(epoch::text, ' ' ORDER BY partition) FROM triggers.partitions"))!;

    /// <summary>What a test measured, for people who read its output.</summary>
    public string Describe(int repeated) => string.Create(
        CultureInfo.InvariantCulture,
        $"recovery: {Load.Total} events, {Load.SignedUp.Count} mails, {repeated} sent twice; requests answered 429: {Load.Answered(429)}, 503: {Load.Answered(503)}, not at all: {Load.Answered(0)}; {Nodes.Sum(node => node.Ended.Count)} processes ended by themselves");

    /// <summary>Ends the load, and looks whether everything is as if nothing had happened.</summary>
    /// <returns>Mails that came more than once.</returns>
    public async Task<int> AssertNothingLostOrDoubledAsync()
    {
        await Load.StopAsync();
        using var api = Web.Client();
        var repeated = await LoadAudit.AssertAllIsThereOnceAsync(api, Load, Smtp, () => Output);
        foreach (var node in Nodes.Reverse())
        {
            await node.StopAsync();
        }

        await LoadAudit.AssertReplayAgreesAsync(Path.Combine(_folder.Path, "replay"), "--connection", Postgres.ConnectionString("triggers"));
        return repeated;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
        {
            await node.DisposeAsync();
        }

        await Postgres.DisposeAsync();
        await Smtp.DisposeAsync();
        _folder.Dispose();
    }
}
