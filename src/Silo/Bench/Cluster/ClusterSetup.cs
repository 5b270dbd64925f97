using System.Globalization;

namespace Triggers.Silo.Bench.Cluster;

/// <summary>What is measured side by side: a host on a store, and how many processes of it.</summary>
public sealed record ClusterSetup(string Name, bool IsOrleans, bool IsPostgres, int Processes)
{
    public static IReadOnlyList<ClusterSetup> All(int silos) =>
    [
        new("embedded, SQLite", false, false, 1),
        new("one silo, SQLite", true, false, 1),
        new("embedded, PostgreSQL", false, true, 1),
        .. Enumerable.Range(1, silos).Select(count => new ClusterSetup(count == 1 ? "one silo, PostgreSQL" : string.Create(CultureInfo.InvariantCulture, $"{count} silos, PostgreSQL"), true, true, count)),
    ];
}

/// <summary>The running processes of a set-up, each on a data folder of its own.</summary>
public sealed class ClusterServers : IAsyncDisposable
{
    public const string ManagementKey = "bench-cluster-management-key";

    private readonly List<BenchServer> _servers = [];

    public IReadOnlyList<BenchServer> Servers => _servers;

    public ServerApi Api => _servers[0].Api;

    public TimeSpan ProcessorTime => TimeSpan.FromTicks(_servers.Sum(server => server.Process.ProcessorTime.Ticks));

    /// <param name="settings">Further environment of every process.</param>
    public static async Task<ClusterServers> StartAsync(
        ClusterSetup setup, string folder, string? connection, SmtpSink? sink, IReadOnlyDictionary<string, string> settings, CancellationToken cancellation)
    {
        var servers = new ClusterServers();
        try
        {
            for (var number = 1; number <= setup.Processes; number++)
            {
                var own = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Guid.NewGuid():N}-{number}"));
                BenchDefinitions.Write(BenchServer.DefinitionsIn(own));
                var environment = new Dictionary<string, string>(settings, StringComparer.Ordinal)
                {
                    ["ManagementKey"] = ManagementKey,
                    ["Runtime"] = setup.IsOrleans ? "orleans" : "embedded",
                    ["Cluster__SiloPort"] = Port(),
                    ["Cluster__GatewayPort"] = Port(),
                };
                if (connection is not null)
                {
                    environment["Store__Connection"] = connection;
                }

                servers._servers.Add(await BenchServer.StartAsync(own, sink, environment, cancellation));
            }

            await servers.WaitSharedAsync(setup, cancellation);
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    public async Task StopAsync()
    {
        foreach (var server in Enumerable.Reverse(_servers))
        {
            await server.StopAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    /// <summary>Until every silo has its share of the partitions.</summary>
    private async Task WaitSharedAsync(ClusterSetup setup, CancellationToken cancellation)
    {
        while (setup.Processes > 1)
        {
            var shares = (await Api.NodesAsync(cancellation)).Select(node => node.Partitions.Count).ToArray();
            if (shares.Length == setup.Processes && PartitionProbe.IsFair(shares))
            {
                return;
            }

            await Task.Delay(100, cancellation);
        }
    }

    private static string Port() => ProgramProcess.FreePort().ToString(CultureInfo.InvariantCulture);
}
