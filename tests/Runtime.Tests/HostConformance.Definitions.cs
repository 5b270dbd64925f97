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
