using Triggers.Runtime.Tests;
using Triggers.Runtime.Tests.Support;
using Triggers.Tests.Shared;

namespace Triggers.Grains.Tests;

/// <summary>What holds for any host holds for three silos over one store, whichever of them a test stops, crashes and starts.</summary>
[NeedsOrleans]
[NeedsPostgres]
public sealed class ThreeSilosTests : HostConformance, IAsyncLifetime
{
#if WITH_ORLEANS
    private TestCluster? _others;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_others is not null)
        {
            await _others.DisposeAsync();
        }
    }

    protected override async Task<ServerHarness> StartAsync(Action<ServerHarness>? setUp = null)
    {
        var harness = new ServerHarness();
        setUp?.Invoke(harness);
        _others = new TestCluster(await PostgresServer.SharedAsync());
        _others.Join(harness);
        await _others.AddAsync(harness);
        await _others.AddAsync(harness);
        await harness.StartAsync();
        return harness;
    }
#else
    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => Task.CompletedTask;

    protected override Task<ServerHarness> StartAsync(Action<ServerHarness>? setUp = null) => throw new NotSupportedException();
#endif
}
