using Triggers.Channels;
using Triggers.Runtime.Operations;
using Triggers.Storage;

namespace Triggers.Runtime.Outbox;

/// <summary>One attempt at one message: is it still wanted, compose, hand over, and what comes of it.</summary>
internal sealed class Sender(Lane lane, IChannel? channel, LaneContext context)
{
    /// <param name="epoch">Under which this process works for the message's customer.</param>
    public async Task SendAsync(QueuedMessage message, long epoch)
    {
        try
        {
            if (context.Store.Outbox.Look(message.MessageId) is not { } look)
            {
                lane.Release(message.MessageId);
            }
            else if (!context.Owned.IsAlone && look.Epoch > epoch)
            {
                // Another process has the partition and sends: the loop here finds out with its next commit.
                context.Owned.Lose(context.Owned.PartitionOf(message.CustomerKey), look.Epoch);
                lane.Release(message.MessageId);
            }
            else if (look.CancelReason is { } cancelled)
            {
                RuntimeMetrics.Skipped(lane.Id);
                await context.Closes.CloseAsync(message, MessageStatus.Skipped, cancelled, message.Attempts, lane);
            }
            else if (message.Attempts == 0 && message.ExpiresAt <= context.Now())
            {
                // Only what was never tried: a message in retry waits for its relay as long as it takes.
                RuntimeMetrics.Skipped(lane.Id);
                await context.Closes.CloseAsync(message, MessageStatus.Skipped, "stale", 0, lane);
            }
            else
            {
                await FinishAsync(message, await AttemptAsync(message));
            }
        }
        catch (Exception) when (context.Stop.IsCancellationRequested)
        {
            throw new OperationCanceledException(context.Stop);
        }
        catch (Exception error)
        {
            context.Log.LaneFailed(error, lane.Id);
            lane.Release(message.MessageId);
            lane.RefillAt(context.Now() + Limits.BusyRetryMs);
        }
    }

    private async Task<SendOutcome> AttemptAsync(QueuedMessage message)
    {
        if (channel is null)
        {
            return SendOutcome.Failed($"this server has no channel '{message.Channel}'");
        }

        var composed = context.Composer.Compose(message);
        if (composed.Message is not { } outgoing)
        {
            return SendOutcome.Failed(composed.Error);
        }

        using var trace = context.Traces.BeginSend(message);
        var beganAt = context.Time.GetTimestamp();
        var outcome = await HandOverAsync(channel, outgoing);
        var took = context.Time.GetElapsedTime(beganAt);
        context.Latencies.Attempts(lane.Id).Record(took);
        var name = NameOf(outcome.Status);
        RuntimeMetrics.Attempted(lane.Id, name, took);
        Traces.EndSend(trace, name, outcome.Reason);
        return outcome;
    }

    private async Task<SendOutcome> HandOverAsync(IChannel to, OutgoingMessage outgoing)
    {
        try
        {
            return await to.SendAsync(outgoing, context.Stop);
        }
        catch (Exception error) when (!context.Stop.IsCancellationRequested)
        {
            return SendOutcome.Retry(error.Message);
        }
    }

    private static string NameOf(SendStatus status) => status switch
    {
        SendStatus.Sent => "sent",
        SendStatus.Skipped => "skipped",
        SendStatus.Retry => "retry",
        _ => "failed",
    };

    private async Task FinishAsync(QueuedMessage message, SendOutcome outcome)
    {
        var attempts = message.Attempts + 1;
        var now = context.Now();
        if (outcome.Status == SendStatus.Retry && now - message.DecidedAt > Limits.RetryForMs)
        {
            outcome = SendOutcome.Failed($"given up after {attempts} attempts: {outcome.Reason}");
        }

        switch (outcome.Status)
        {
            case SendStatus.Sent:
                var sinceDecided = TimeSpan.FromMilliseconds(now - message.DecidedAt);
                context.Latencies.Deliveries(lane.Id).Record(sinceDecided);
                RuntimeMetrics.Sent(lane.Id, sinceDecided);
                await context.Closes.CloseAsync(message, MessageStatus.Sent, "", attempts, lane);
                break;
            case SendStatus.Skipped:
                RuntimeMetrics.Skipped(lane.Id);
                await context.Closes.CloseAsync(message, MessageStatus.Skipped, outcome.Reason, attempts, lane);
                break;
            case SendStatus.Retry:
                RuntimeMetrics.Retried(lane.Id);
                var wait = Backoff.After(attempts, outcome.RetryAfter, Random.Shared);
                var next = now + (long)wait.TotalMilliseconds;
                if (!outcome.IsPutOff)
                {
                    context.Log.MessageRetries(message.MessageId, attempts, outcome.Reason, wait);
                }

                await context.Store.Outbox.RetryAsync(message.MessageId, attempts, next, outcome.Reason);
                lane.Release(message.MessageId);
                lane.RefillAt(next);
                break;
            default:
                RuntimeMetrics.Failed(lane.Id);
                context.Log.MessageFailed(message.MessageId, outcome.Reason);
                await context.Closes.CloseAsync(message, MessageStatus.Failed, outcome.Reason, attempts, lane);
                break;
        }
    }
}
