using Microsoft.Extensions.Logging.Abstractions;
using Triggers.Runtime.Hosting;
using Triggers.Simulation.Tests;
using Triggers.Tests.Shared;

namespace Triggers.Grains.Tests;

/// <summary>A simulated day on one silo, disturbed in every way that the world has, ends as the quiet one on the embedded host.</summary>
[NeedsOrleans]
public sealed class SimulationTests
{
    [EngineTheory]
    [ClassData(typeof(FewSeeds))]
    public Task Crashes_duplicates_and_reordering_leave_what_a_quiet_embedded_run_leaves(int seed) => CrashScenario.CrashesAsync(seed, StartAsync);

    [EngineTheory]
    [ClassData(typeof(FewSeeds))]
    public Task Members_see_their_groups_as_after_a_quiet_embedded_run(int seed) => CrashScenario.GroupsAsync(seed, StartAsync);

    [EngineTheory]
    [ClassData(typeof(FewSeeds))]
    public Task Customers_in_little_memory_end_as_embedded_ones_in_plenty(int seed) => CrashScenario.LittleMemoryAsync(seed, StartAsync);

    /// <summary>The server's log must stay empty; what Orleans thinks of the machine does not belong there.</summary>
    private static Task<LoopHost> StartAsync() => Task.FromResult(ClusterHost.Create(ClusterSettings.Alone, NullLoggerFactory.Instance));
}

/// <summary>Every run starts silos again and again; the embedded host takes more seeds.</summary>
public sealed class FewSeeds() : Seeds(2);
