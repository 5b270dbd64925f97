using Triggers.Channels;
using Triggers.Runtime.Operations;
using Triggers.Runtime.Tests.Support;

namespace Triggers.Runtime.Tests.Operations;

public sealed class OperationsTests
{
    [Fact]
    public async Task A_server_at_rest_is_ready_with_every_partition_at_the_end_of_its_log()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await host.IdentifyAsync("ann", """{"email":"ann@example.com"}""");
        await host.TrackAsync("bob", "Product Viewed");
        await host.SettleAsync();

        var view = await host.Server.Operations.ViewAsync(default);

        var node = Assert.Single(view.Nodes);
        Assert.Equal((HealthStatus.Ready, HealthStatus.Ready), (view.Status, node.Status));
        Assert.Empty(view.Problems);
        Assert.Equal(Enumerable.Range(0, 64), node.Partitions.Select(partition => partition.Number));
        Assert.All(node.Partitions, partition => Assert.Equal(("live", partition.Head, 0L), (partition.State, partition.Cursor, partition.LagRecords)));
        Assert.True(node.Partitions.Sum(partition => partition.Head) >= 2);
        Assert.Equal((2, 0L, 0.0), (node.Customers.Count, node.Lag.Records, node.Lag.Seconds));
        Assert.True(node.Commits.Count > 0 && node.Appends.Count == 2);
        Assert.Equal((Environment.MachineName, "all"), (node.Name, node.Role));
    }

    [Fact]
    public async Task What_waits_and_what_failed_is_seen_by_channel()
    {
        await using var host = await ServerHarness.StartNewAsync();
        host.Email.Answer = _ => Task.FromResult(SendOutcome.Failed("550 no such user"));
        await host.IdentifyAsync("ann", """{"email":"ann@example.com"}""");
        await host.TrackAsync("ann", "Signed Up");
        await host.AdvanceAsync(TimeSpan.FromSeconds(30));

        SendingView sending = null!;
        await ServerHarness.UntilAsync(
            () =>
            {
                host.Time.Advance(TimeSpan.FromSeconds(1));
                sending = host.Server.Operations.ViewAsync(default).GetAwaiter().GetResult().Sending;
                return sending.DeadLetters == 1;
            },
            "the dead letter to be counted");

        var email = Assert.Single(sending.Channels, channel => channel.Channel == "email");
        Assert.Equal((0L, 0.0), (email.Queued, email.OldestSeconds));
    }

    [Fact]
    public async Task A_server_that_drains_is_alive_and_not_ready()
    {
        await using var host = await ServerHarness.StartNewAsync();

        host.Server.Drain();

        Assert.Equal((HealthStatus.Draining, false, true), (host.Server.Operations.Health.Status, host.Server.Operations.Health.IsReady, host.Server.Operations.Health.IsLive));
    }
}
