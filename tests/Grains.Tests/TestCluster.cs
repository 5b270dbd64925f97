#if WITH_ORLEANS
using Triggers.Channels;
using Triggers.Grains.Hosting;
using Triggers.Runtime;
using Triggers.Runtime.Tests.Support;
using Triggers.Storage;
using Triggers.Storage.Postgres;
using Triggers.Tests.Shared;

namespace Triggers.Grains.Tests;

/// <summary>Servers of one cluster in this process, each with a silo and a connection to the store of its own, with the harness's clock, channels and definitions.</summary>
internal sealed class TestCluster(PostgresServer database) : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly string _schema = "cluster_" + Guid.NewGuid().ToString("N");
    private readonly List<Node> _nodes = [];

    public IReadOnlyList<Node> Nodes => _nodes;

    public ClusterSettings Settings => new() { ConnectionString = database.ConnectionString(_schema), ClusterId = _schema };

    /// <summary>What the harness starts is one of the cluster's servers.</summary>
    public void Join(ServerHarness harness)
    {
        harness.Patience = s_patience;
        harness.OpenStore = OpenStoreAsync;
        harness.StopOthers = () => DisposeAsync().AsTask();
        harness.CreateLoops = () => new OrleansHost(Settings, harness.Logs);
    }

    /// <summary>Starts one more server.</summary>
    public async Task<Node> AddAsync(ServerHarness harness, bool hasSilo = true, string? definitions = null)
    {
        var opened = await OpenStoreAsync(harness).WaitAsync(s_patience);
        var silo = new OrleansHost(Settings with { HasSilo = hasSilo }, harness.Logs);
        var server = await TriggersServer.StartAsync(
            new ServerOptions { DefinitionsFolder = definitions ?? harness.Definitions.Path, Loops = silo, CustomerMemoryBytes = harness.CustomerMemoryBytes, NodeName = $"node{_nodes.Count}" },
            harness.Wrap(opened),
            new ChannelRegistry([harness.Email, harness.Webhook]),
            harness.Time,
            harness.Logs).WaitAsync(s_patience);
        var node = new Node(opened, silo, server);
        _nodes.Add(node);
        return node;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.StopAsync();
        }
    }

    private async Task<IStore> OpenStoreAsync(ServerHarness harness) => await PostgresStore.OpenAsync(
        new PostgresStoreOptions { ConnectionString = database.ConnectionString(_schema), IsShared = true, MaintainsItself = harness.StoreMaintainsItself }, harness.Time, harness.Logs);

    internal sealed class Node(IStore store, OrleansHost silo, TriggersServer server)
    {
        private bool _ended;

        public IStore Store => store;

        public OrleansHost Silo => silo;

        public TriggersServer Server => server;

        /// <summary>Partitions whose loops run there.</summary>
        public IReadOnlyList<int> Partitions => silo.Node.Partitions;

        public Task StopAsync() => EndAsync(() => server.DisposeAsync().AsTask());

        /// <summary>Its loops end as a crash ends them; its silo says that it goes.</summary>
        public Task CrashAsync() => EndAsync(server.AbandonAsync);

        /// <summary>Its process is gone, as far as the others can tell.</summary>
        public Task KillAsync() => EndAsync(async () =>
        {
            await silo.KillAsync();

            // A loop that waits for a customer's answer goes on when Orleans gives the call up, after half a minute.
            while (Partitions.Count > 0)
            {
                await Task.Delay(10);
            }

            await server.AbandonAsync();
        });

        private async Task EndAsync(Func<Task> end)
        {
            if (!_ended)
            {
                _ended = true;
                await end().WaitAsync(s_patience);
                await silo.DisposeAsync().AsTask().WaitAsync(s_patience);
                await store.DisposeAsync().AsTask().WaitAsync(s_patience);
            }
        }
    }
}
#endif
