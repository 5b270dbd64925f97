using Triggers.Engine.Records;
using Triggers.Runtime.Tests.Support;
using Triggers.Tests.Shared;

namespace Triggers.Runtime.Tests;

/// <summary>What every host keeps to when definitions change, and campaigns are paused.</summary>
public abstract partial class HostConformance
{
    [EngineFact]
    public async Task A_paused_campaign_lets_nobody_in_and_goes_on_after_a_restart()
    {
        await using var host = await StartAsync();
        await host.IdentifyAsync("ann", """{"email":"ann@example.com"}""");
        Assert.True(await host.Server.Commands.PauseCampaignAsync("welcome", true, default));
        await host.TrackAsync("ann", "Signed Up");
        await host.SettleAsync();
        await host.StopAsync();
        await host.StartAsync();

        Assert.Equal("paused", host.Server.Queries.Campaign("welcome")!.Status);
        await host.IdentifyAsync("bob", """{"email":"bob@example.com"}""");
        await host.TrackAsync("bob", "Signed Up");
        await host.SettleAsync();
        Assert.Empty(host.Email.Attempts);

        Assert.True(await host.Server.Commands.PauseCampaignAsync("welcome", false, default));
        await host.IdentifyAsync("cid", """{"email":"cid@example.com"}""");
        await host.TrackAsync("cid", "Signed Up");
        await host.SettleAsync();
        Assert.Equal("cid@example.com", Assert.Single(host.Email.Attempts).Address);
    }

    [EngineFact]
    public async Task A_new_program_reaches_customers_who_do_nothing()
    {
        await using var host = await StartAsync();
        for (var user = 0; user < 30; user++)
        {
            await host.IdentifyAsync($"user{user}", """{"plan":"pro"}""");
        }

        await host.SettleAsync();
        host.Definitions.Write("segments.yaml", "pros: traits.plan = 'pro'\nviewers: count('Product Viewed', within 10m) >= 3\n");

        var reload = await host.Server.Definitions.ReloadAsync(default);

        Assert.True(reload is { Valid: true, Changed: true, Version: 2 }, string.Join(' ', reload.Errors));
        await host.AdvanceAsync(TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(100));
        Assert.Equal(30, host.Counter("segment/pros/size"));
        await host.CrashAndStartAsync();
        await host.AdvanceAsync(TimeSpan.FromMilliseconds(100));

        // The third is the second, filled from history.
        Assert.Equal(3, host.Server.Definitions.Version);
        Assert.Equal(30, host.Counter("segment/pros/size"));
    }

    /// <summary>
    /// Two steps of a walk are more than a moment apart, which the test's clock holds still: until the walk has ended the server does not come to rest, however long it is
    /// waited for.
    /// </summary>
    [EngineFact]
    public async Task While_customers_are_told_of_a_new_program_it_is_shown_how_many_partitions_still_tell()
    {
        await using var host = await StartAsync();
        using (var batch = new RecordBatch())
        {
            foreach (var user in Enumerable.Range(0, int.MaxValue).Select(number => $"user{number}").Where(user => CustomerKey.PartitionOf(CustomerKey.User(user).Hash(), host.Store.Log.Partitions) == 0).Take(2 * Limits.ScanPerTurn))
            {
                ServerHarness.AddIdentify(batch, user, """{"plan":"pro"}""", host.Time.Ms, "of " + user);
            }

            await host.AppendAsync(batch);
        }

        await host.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(0, (await host.Server.Measuring.ViewAsync()).PartitionsWalking);
        host.Definitions.Write("segments.yaml", File.ReadAllText(Path.Combine(host.Definitions.Path, "segments.yaml")) + "\npros: traits.plan = 'pro'\n");
        Assert.True((await host.Server.Definitions.ReloadAsync(default)).Changed);

        await ServerHarness.UntilAsync(async () => (await host.Server.Measuring.ViewAsync()).PartitionsWalking > 0, "a partition with many customers to be shown as telling them");
        await ServerHarness.UntilAsync(
            async () =>
            {
                host.Time.Advance(TimeSpan.FromMilliseconds(100));
                return (await host.Server.Measuring.ViewAsync()).PartitionsWalking == 0;
            },
            "that partition to be shown as having told them");
        await host.SettleAsync();
        Assert.Equal(2L * Limits.ScanPerTurn, host.Counter("segment/pros/size"));
    }

    [EngineFact]
    public async Task Invalid_definitions_change_nothing_and_say_why()
    {
        await using var host = await StartAsync();
        host.Definitions.Write("segments.yaml", "broken: count('X' >= 3\n");

        var reload = await host.Server.Definitions.ReloadAsync(default);

        Assert.False(reload.Valid);
        Assert.Contains(reload.Errors, error => error.File == "segments.yaml" && error.Line == 1);
        Assert.Equal(1, host.Server.Definitions.Version);
    }
}
