using Triggers.Channels;
using Triggers.Engine.Records;
using Triggers.Runtime.Tests.Support;
using Triggers.Storage;

namespace Triggers.Runtime.Tests;

public sealed class OutboxTests
{
    [Fact]
    public async Task A_passing_failure_is_tried_again_later_until_the_message_leaves_once()
    {
        await using var host = await ServerHarness.StartNewAsync();
        host.Email.Answer = _ => Task.FromResult(SendOutcome.Retry("the server is down"));
        await SignUpAsync(host, "ann");
        Assert.Single(host.Email.Attempts);

        await host.AdvanceAsync(TimeSpan.FromHours(8), TimeSpan.FromMinutes(10));
        var tried = host.Email.Attempts.Count;
        Assert.InRange(tried, 10, 60);
        host.Email.Answer = _ => Task.FromResult(SendOutcome.Sent);
        await host.AdvanceAsync(TimeSpan.FromMinutes(10));

        Assert.Equal(tried + 1, host.Email.Attempts.Count);
        Assert.Single(host.Email.Attempts.Select(message => message.MessageId).Distinct(StringComparer.Ordinal));
        Assert.Equal(1, host.Counter("messages/sent"));
        Assert.Equal(0, host.Counter("messages/skipped"));
    }

    [Fact]
    public async Task A_permanent_failure_is_a_dead_letter_that_can_be_sent_again()
    {
        await using var host = await ServerHarness.StartNewAsync();
        host.Email.Answer = _ => Task.FromResult(SendOutcome.Failed("550 no such user"));
        await SignUpAsync(host, "ann");

        var dead = Assert.Single(host.Store.Messages.List(null, null, MessageStatus.Failed, null, 10));
        Assert.Equal("550 no such user", dead.Reason);
        Assert.Equal(1, host.Counter("messages/failed"));
        Assert.Equal(1, host.Counter("campaign/welcome/failed"));

        host.Email.Answer = _ => Task.FromResult(SendOutcome.Sent);
        Assert.True(await host.Server.Commands.ResendAsync(dead.MessageId, default));
        await host.SettleAsync();
        Assert.Equal(MessageStatus.Sent, host.Store.Messages.Find(dead.MessageId)!.Status);
        Assert.Equal(2, host.Email.Attempts.Count);
        Assert.False(await host.Server.Commands.ResendAsync(dead.MessageId, default));
    }

    [Theory]
    [InlineData("suppressed")]
    [InlineData("unsubscribed")]
    [InlineData("campaign paused")]
    public async Task A_dead_letter_to_whom_nothing_may_go_any_more_is_skipped_when_it_is_sent_again(string reason)
    {
        await using var host = await ServerHarness.StartNewAsync();
        host.Email.Answer = _ => Task.FromResult(SendOutcome.Failed("550 no such user"));
        await SignUpAsync(host, "ann");
        host.Email.Answer = _ => Task.FromResult(SendOutcome.Sent);
        var dead = Assert.Single(host.Store.Messages.List(null, null, MessageStatus.Failed, null, 10));
        Assert.True(await (reason switch
        {
            "suppressed" => host.Server.Commands.SuppressAsync("ann", true, default),
            "unsubscribed" => host.Server.Commands.RecordOutcomeAsync(dead.MessageId, OutcomeKind.Unsubscribed, "", default),
            _ => host.Server.Commands.PauseCampaignAsync("welcome", true, default),
        }));
        await host.SettleAsync();

        Assert.True(await host.Server.Commands.ResendAsync(dead.MessageId, default));
        await host.SettleAsync();

        Assert.Single(host.Email.Attempts);
        var row = host.Store.Messages.Find(dead.MessageId)!;
        Assert.Equal((MessageStatus.Skipped, reason), (row.Status, row.Reason));
        Assert.Equal((0, 1), (host.Counter("messages/failed"), host.Counter($"campaign/welcome/skipped/{reason}")));
    }

    [Fact]
    public async Task A_channel_that_throws_is_a_passing_failure()
    {
        await using var host = await ServerHarness.StartNewAsync();
        host.Email.Answer = _ => throw new InvalidOperationException("broken");
        await SignUpAsync(host, "ann");

        var row = Assert.Single(host.Store.Messages.List(null, null, null, null, 10));
        Assert.Equal((MessageStatus.Queued, 1), (row.Status, row.Attempts));
    }

    [Fact]
    public async Task A_slow_channel_holds_up_no_other()
    {
        await using var host = await ServerHarness.StartNewAsync();
        var release = new TaskCompletionSource();
        host.Webhook.Answer = async _ =>
        {
            await release.Task;
            return SendOutcome.Sent;
        };
        for (var user = 0; user < 30; user++)
        {
            for (var view = 0; view < 3; view++)
            {
                await host.TrackAsync($"user{user}", "Product Viewed", """{"price":60}""");
            }
        }

        await ServerHarness.UntilAsync(() => host.Webhook.Attempts.Count == host.Webhook.AtOnceMax, "every sender of the slow channel to be busy");
        await host.IdentifyAsync("ann", """{"email":"ann@example.com"}""");
        await host.TrackAsync("ann", "Signed Up");
        await ServerHarness.UntilAsync(() => host.Email.Attempts.Count == 1, "the mail to leave while webhooks hang");

        release.SetResult();
        await host.SettleAsync();
        Assert.Equal(30, host.Webhook.Attempts.Select(message => message.MessageId).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(31, host.Counter("messages/sent"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_log_tells_of_messages_that_were_tried_and_not_of_those_put_off(bool isPutOff)
    {
        await using var host = await ServerHarness.StartNewAsync();
        host.Email.Answer = _ => Task.FromResult(isPutOff ? SendOutcome.PutOff("another one is tried") : SendOutcome.Retry("no answer"));

        await SignUpAsync(host, "ann");

        Assert.Single(host.Email.Attempts);
        Assert.Equal(!isPutOff, host.Logs.Text.Contains("could not be handed over", StringComparison.Ordinal));
        Assert.Single(host.Store.Messages.List(null, null, MessageStatus.Queued, null, 10));
    }

    [Fact]
    public async Task While_sending_is_paused_messages_wait_and_stale_ones_are_skipped_on_resume()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await host.Server.Commands.PauseSendingAsync(true, default);
        await SignUpAsync(host, "ann");
        await host.AdvanceAsync(TimeSpan.FromHours(7), TimeSpan.FromHours(1));
        await SignUpAsync(host, "bob");
        await host.StopAsync();
        await host.StartAsync();
        Assert.True(host.Server.Queries.Stats().SendingPaused);
        Assert.Empty(host.Email.Attempts);

        await host.Server.Commands.PauseSendingAsync(false, default);
        await host.SettleAsync();

        Assert.Equal("bob@example.com", Assert.Single(host.Email.Attempts).Address);
        var stale = Assert.Single(host.Store.Messages.List(null, null, MessageStatus.Skipped, null, 10));
        Assert.Equal(("u:ann", "stale"), (stale.CustomerKey, stale.Reason));
        Assert.Equal(1, host.Counter("campaign/welcome/skipped/stale"));
    }

    [Fact]
    public async Task A_copied_store_begins_with_sending_paused_and_what_may_have_been_sent_is_skipped_on_resume()
    {
        var place = new FaultStore { Origin = "first" };
        await using var host = await ServerHarness.StartNewAsync(set => set.Wrap = place.Around);
        await SignUpAsync(host, "ann");
        Assert.False(host.Server.Queries.Stats().SendingPaused);
        Assert.Single(host.Email.Attempts);

        await host.StopAsync();
        place.Origin = "second";
        await host.StartAsync();
        Assert.Contains("is a copy of another database", host.Server.Queries.Stats().SendingPausedBecause, StringComparison.Ordinal);
        await SignUpAsync(host, "bob");
        await host.AdvanceAsync(TimeSpan.FromMinutes(1));
        await host.CrashAndStartAsync();
        await SignUpAsync(host, "carl");
        Assert.Equal(1, await host.Server.Commands.SkipQueuedAsync(host.Time.GetUtcNow(), default));
        await host.Server.Commands.PauseSendingAsync(false, default);
        await host.SettleAsync();

        Assert.Equal("ann@example.com carl@example.com", string.Join(' ', host.Email.Attempts.Select(message => message.Address)));
        Assert.Equal("may have been sent before", Assert.Single(host.Store.Messages.List(null, null, MessageStatus.Skipped, null, 10)).Reason);
        await host.StopAsync();
        await host.StartAsync();
        Assert.Null(host.Server.Queries.Stats().SendingPausedBecause);
        Assert.False(host.Server.Queries.Stats().SendingPaused);
    }

    [Fact]
    public async Task Who_is_suppressed_while_a_message_waits_gets_nothing()
    {
        await using var host = await ServerHarness.StartNewAsync();
        host.Email.Answer = _ => Task.FromResult(SendOutcome.Retry("busy"));
        await SignUpAsync(host, "ann");
        host.Email.Answer = _ => Task.FromResult(SendOutcome.Sent);

        Assert.True(await host.Server.Commands.SuppressAsync("ann", true, default));
        await host.SettleAsync();
        await host.AdvanceAsync(TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(5));

        Assert.Single(host.Email.Attempts);
        Assert.Equal(MessageStatus.Skipped, Assert.Single(host.Store.Messages.List(null, null, null, null, 10)).Status);
        Assert.Equal(1, host.Counter("messages/skipped"));
    }

    [Fact]
    public async Task Pausing_a_campaign_skips_what_is_queued()
    {
        await using var host = await ServerHarness.StartNewAsync();
        host.Email.Answer = _ => Task.FromResult(SendOutcome.Retry("busy"));
        await SignUpAsync(host, "ann");
        host.Email.Answer = _ => Task.FromResult(SendOutcome.Sent);

        await host.Server.Commands.PauseCampaignAsync("welcome", true, default);
        await ServerHarness.UntilAsync(
            () => host.Store.Messages.List(null, null, MessageStatus.Skipped, null, 10) is [{ Reason: "campaign paused" }], "the message to be skipped");
        await host.SettleAsync();
        Assert.Equal(1, host.Counter("campaign/welcome/skipped/campaign paused"));
    }

    [Theory]
    [InlineData("status: paused")]
    [InlineData("status: archived")]
    [InlineData(null)]
    public async Task Definitions_that_stop_a_campaign_skip_what_is_queued(string? status)
    {
        await using var host = await ServerHarness.StartNewAsync();
        host.Email.Answer = _ => Task.FromResult(SendOutcome.Retry("busy"));
        await SignUpAsync(host, "ann");
        host.Email.Answer = _ => Task.FromResult(SendOutcome.Sent);
        var file = host.Definitions.In("campaigns/welcome.yaml");
        if (status is null)
        {
            File.Delete(file);
        }
        else
        {
            await File.AppendAllTextAsync(file, $"\n{status}\n");
        }

        var reload = await host.Server.Definitions.ReloadAsync(default);

        Assert.True(reload is { Valid: true, Changed: true }, string.Join(' ', reload.Errors));
        await ServerHarness.UntilAsync(
            () => host.Store.Messages.List(null, null, MessageStatus.Skipped, null, 10) is [{ Reason: "campaign paused" }], "the message to be skipped");
        await host.SettleAsync();
        Assert.Single(host.Email.Attempts);
        Assert.Equal(1, host.Counter("messages/skipped"));
    }

    [Fact]
    public async Task A_message_that_was_queued_before_a_crash_leaves_after_it()
    {
        await using var host = await ServerHarness.StartNewAsync();
        var never = new TaskCompletionSource<SendOutcome>();
        host.Email.Answer = _ => never.Task;
        await host.IdentifyAsync("ann", """{"email":"ann@example.com"}""");
        await host.TrackAsync("ann", "Signed Up");
        await ServerHarness.UntilAsync(() => host.Email.Attempts.Count == 1, "the first attempt");

        await host.CrashAsync();
        host.Email.Answer = _ => Task.FromResult(SendOutcome.Sent);
        await host.StartAsync();
        await host.SettleAsync();

        Assert.Equal(2, host.Email.Attempts.Count);
        Assert.Equal(host.Email.Attempts[0].MessageId, host.Email.Attempts[1].MessageId);
        Assert.Equal(1, host.Counter("messages/sent"));
    }

    [Fact]
    public void Waits_between_attempts_double_and_stay_bounded()
    {
        var random = new Random(1);
        for (var attempt = 1; attempt < 40; attempt++)
        {
            var wait = Outbox.Backoff.After(attempt, null, random).TotalMilliseconds;
            var middle = Math.Min(Limits.BackoffFirstMs * Math.Pow(2, attempt - 1), Limits.BackoffMaxMs);
            Assert.InRange(wait, middle * 0.79, middle * 1.21);
        }

        Assert.Equal(TimeSpan.FromHours(1), Outbox.Backoff.After(1, TimeSpan.FromHours(1), random));
    }

    private static async Task SignUpAsync(ServerHarness host, string user)
    {
        await host.IdentifyAsync(user, $$"""{"email":"{{user}}@example.com"}""");
        await host.TrackAsync(user, "Signed Up");
        await host.SettleAsync();
    }
}
