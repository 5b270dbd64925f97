namespace Triggers.Simulation.Tests;

/// <summary>A day of the shop, disturbed in every way that the world has, must end as the undisturbed one.</summary>
public sealed class CrashTests
{
    /// <summary>Not of every seed: people do what they do.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task The_days_of_the_fixed_seeds_have_messages_merges_that_a_rule_refuses_and_companies(int seed)
    {
        var day = await CrashScenario.QuietAsync(seed);
        Assert.Contains("campaign/cart/sent", day, StringComparison.Ordinal);
        Assert.Contains("\"refused\": 1", day, StringComparison.Ordinal);
        Assert.Contains("company", await CrashScenario.QuietWithGroupsAsync(seed), StringComparison.Ordinal);
    }

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
