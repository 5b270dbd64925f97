using Triggers.Runtime.Tests.Support;
using Triggers.Storage.Postgres;
using Triggers.Tests.Shared;

namespace Triggers.Runtime.Tests;

/// <summary>The embedded host over SQLite.</summary>
public sealed class EmbeddedHostTests : HostConformance
{
    protected override Task<ServerHarness> StartAsync(Action<ServerHarness>? setUp = null) => ServerHarness.StartNewAsync(setUp);
}

[NeedsPostgres]
public sealed class EmbeddedHostOnPostgresTests : HostConformance
{
    protected override async Task<ServerHarness> StartAsync(Action<ServerHarness>? setUp = null)
    {
        var server = await PostgresServer.SharedAsync();
        var schema = "host_" + Guid.NewGuid().ToString("N");
        return await ServerHarness.StartNewAsync(harness =>
        {
            harness.OpenStore = async each => await PostgresStore.OpenAsync(
                new PostgresStoreOptions { ConnectionString = server.ConnectionString(schema), MaintainsItself = each.StoreMaintainsItself }, each.Time, each.Logs);
            setUp?.Invoke(harness);
        });
    }
}
