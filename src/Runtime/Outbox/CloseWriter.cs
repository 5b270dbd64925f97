using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Triggers.Engine.Records;
using Triggers.Runtime.Loop;
using Triggers.Storage;

namespace Triggers.Runtime.Outbox;

/// <summary>Closes messages and appends their outcome records, as many as have gathered in one transaction. Bounded: senders wait when it is full.</summary>
internal sealed class CloseWriter : IAsyncDisposable
{
    private readonly Channel<Closed> _waiting = Channel.CreateBounded<Closed>(new BoundedChannelOptions(Limits.ClosesMax) { SingleReader = true });
    private readonly IOutbox _outbox;
    private readonly LogMeter _meter;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationToken _stop;
    private readonly Task _run;

    public CloseWriter(IOutbox outbox, LogMeter meter, TimeProvider time, ILogger log, CancellationToken stop)
    {
        _outbox = outbox;
        _meter = meter;
        _time = time;
        _log = log;
        _stop = stop;
        _run = Task.Run(RunAsync, CancellationToken.None);
    }

    public ValueTask CloseAsync(QueuedMessage message, MessageStatus status, string reason, int attempts, Lane lane) =>
        _waiting.Writer.WriteAsync(new Closed(message, new OutboxClose(message.MessageId, status, reason, _time.GetUtcNow().ToUnixTimeMilliseconds(), attempts), lane), _stop);

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _run;
    }

    private async Task RunAsync()
    {
        var gathered = new List<Closed>();
        while (await _waiting.Reader.WaitToReadAsync())
        {
            gathered.Clear();
            while (gathered.Count < Limits.ClosesMax && _waiting.Reader.TryRead(out var closed))
            {
                gathered.Add(closed);
            }

            if (!await WriteAsync(gathered))
            {
                return;
            }
        }
    }

    private async Task<bool> WriteAsync(List<Closed> gathered)
    {
        using var outcomes = new RecordBatch(gathered.Count * 128);
        foreach (var (message, close, _) in gathered)
        {
            var kind = close.Status switch
            {
                MessageStatus.Sent => OutcomeKind.Sent,
                MessageStatus.Skipped => OutcomeKind.Skipped,
                _ => OutcomeKind.Failed,
            };
            outcomes.AddOutcome(Encoding.UTF8.GetBytes(message.CustomerKey), kind, close.At, Convert.FromHexString(message.MessageId), close.Reason);
        }

        // Before the rows are seen to be gone: who sees that nothing is queued and nothing lags sees every outcome counted.
        _meter.Appended(outcomes.Count);
        while (true)
        {
            try
            {
                _meter.Appended(await _outbox.CloseAsync(gathered.ConvertAll(closed => closed.Close), outcomes) - outcomes.Count);
                foreach (var closed in gathered)
                {
                    closed.Lane.Release(closed.Message.MessageId);
                }

                return true;
            }
            catch (Exception error)
            {
                // The rows stay held in memory, so nobody sends them again meanwhile.
                if (_stop.IsCancellationRequested)
                {
                    return false;
                }

                _log.CloseFailed(error);
                await Task.Delay(Limits.BusyRetryMs, CancellationToken.None);
            }
        }
    }

    private sealed record Closed(QueuedMessage Message, OutboxClose Close, Lane Lane);
}
