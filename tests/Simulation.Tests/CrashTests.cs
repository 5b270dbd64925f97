namespace Triggers.Simulation.Tests;

/// <summary>A day of the shop, disturbed in every way that the world has, must end as the undisturbed one.</summary>
public sealed class CrashTests
{
    [Theory]
    [ClassData(typeof(Seeds))]
    public Task Crashes_duplicates_and_reordering_leave_what_a_quiet_run_leaves(int seed) => CrashScenario.CrashesAsync(seed);

    [Theory]
    [ClassData(typeof(Seeds))]
    public Task Members_see_their_groups_as_after_a_quiet_run(int seed) => CrashScenario.GroupsAsync(seed);

    [Theory]
    [ClassData(typeof(Seeds))]
    public Task Customers_in_little_memory_end_as_those_in_plenty(int seed) => CrashScenario.LittleMemoryAsync(seed);
}
