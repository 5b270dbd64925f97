using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Triggers.Channels;
using Triggers.Runtime.Loop;
using Triggers.Runtime.Messages;
using Triggers.Storage;

namespace Triggers.Runtime.Outbox;

/// <summary>Brings decided messages to their channels: a lane for each channel, one writer for what came of them.</summary>
internal sealed class OutboxPump : IAsyncDisposable
{
    private const string PausedSetting = "sending/paused";
    private static readonly TimeSpan s_drain = TimeSpan.FromSeconds(10);

    private readonly IStore _store;
    private readonly ChannelRegistry _channels;
    private readonly PauseGate _gate;
    private readonly CloseWriter _closes;
    private readonly LaneContext _context;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, Lazy<Lane>> _lanes = new(StringComparer.Ordinal);

    public OutboxPump(IStore store, ChannelRegistry channels, IMessageComposer composer, LogMeter meter, TimeProvider time, ILogger log)
    {
        _store = store;
        _channels = channels;
        _gate = new PauseGate(store.Settings.Get(PausedSetting) is not null);
        _closes = new CloseWriter(store.Outbox, meter, time, log, _stop.Token);
        _context = new LaneContext(store, composer, _gate, _closes, time, log, _stop.Token);
    }

    public bool IsPaused => _gate.IsPaused;

    public void Start()
    {
        _store.Outbox.Queued += Take;
        foreach (var channel in ChannelRegistry.KnownIds)
        {
            LaneOf(channel);
        }
    }

    public async Task PauseAsync(bool paused)
    {
        await _store.Settings.SetAsync(PausedSetting, paused ? "true" : null);
        _gate.Set(paused);
    }

    /// <summary>A row of this channel was put back by hand.</summary>
    public void Refill(string channel) => LaneOf(channel).Refill();

    /// <summary>Messages of any channel were cancelled: they are closed now, not at their next attempt.</summary>
    public void RefillAll()
    {
        foreach (var lane in _lanes.Values)
        {
            lane.Value.Refill();
        }
    }

    /// <summary>Begins no further message and waits for those on their way; what takes too long is given up and stays queued.</summary>
    public async ValueTask DisposeAsync()
    {
        _store.Outbox.Queued -= Take;
        _context.Draining = true;
        _gate.Set(paused: false);
        var lanes = Task.WhenAll(_lanes.Values.Select(lane => lane.Value.DisposeAsync().AsTask()));
        if (await Task.WhenAny(lanes, Task.Delay(s_drain)) != lanes)
        {
            await _stop.CancelAsync();
            await lanes;
        }

        await _closes.DisposeAsync();
        await _stop.CancelAsync();
        _stop.Dispose();
    }

    /// <summary>Ends as a crash would: nothing more is sent or closed.</summary>
    public void Abandon()
    {
        _store.Outbox.Queued -= Take;
        _context.Draining = true;
        _stop.Cancel();
    }

    private void Take(IReadOnlyList<QueuedMessage> messages)
    {
        for (var index = 0; index < messages.Count; index++)
        {
            LaneOf(messages[index].Channel).Offer(messages[index]);
        }
    }

    private Lane LaneOf(string channel) =>
        _lanes.GetOrAdd(channel, static (id, pump) => new Lazy<Lane>(() => new Lane(id, pump._channels.Find(id), pump._context)), this).Value;
}
