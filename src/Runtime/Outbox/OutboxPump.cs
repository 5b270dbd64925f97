using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Triggers.Channels;
using Triggers.Runtime.Hosting;
using Triggers.Runtime.Loop;
using Triggers.Runtime.Messages;
using Triggers.Runtime.Operations;
using Triggers.Storage;

namespace Triggers.Runtime.Outbox;

/// <summary>Brings decided messages of this process's partitions to their channels: a lane for each channel, one writer for what came of them.</summary>
internal sealed class OutboxPump : IAsyncDisposable
{
    private const string PutBackSetting = "outbox/put-back";
    private static readonly TimeSpan s_drain = TimeSpan.FromSeconds(10);

    private readonly IStore _store;
    private readonly ChannelRegistry _channels;
    private readonly OwnedPartitions _owned;
    private readonly SendingPause _pause;
    private readonly PauseGate _gate;
    private readonly CloseWriter _closes;
    private readonly LaneContext _context;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, Lazy<Lane>> _lanes = new(StringComparer.Ordinal);
    private string? _putBack;

    public OutboxPump(IStore store, ChannelRegistry channels, IMessageComposer composer, OwnedPartitions owned, LogMeter meter, SendingPause pause, NodeLatencies latencies, Traces traces, TimeProvider time, ILogger log)
    {
        _store = store;
        _channels = channels;
        _owned = owned;
        _pause = pause;
        _gate = new PauseGate(() => pause.IsPaused && _context is not { Draining: true });
        _closes = new CloseWriter(store.Outbox, meter, time, log, _stop.Token);
        _context = new LaneContext(store, composer, owned, _gate, _closes, latencies, traces, time, log, _stop.Token);
        _putBack = store.Settings.Get(PutBackSetting);
    }

    public void Start()
    {
        _store.Outbox.Queued += Take;
        _pause.Changed += _gate.Look;
        _owned.Came += OnCame;
        _store.Settings.Changed += OnSettings;
        foreach (var channel in ChannelRegistry.KnownIds)
        {
            LaneOf(channel);
        }
    }

    /// <summary>A row was put back or cancelled by hand: it leaves now, from whichever process owns it.</summary>
    public async Task PutBackAsync()
    {
        RefillAll();
        if (_store.IsShared)
        {
            await _store.Settings.SetAsync(PutBackSetting, Guid.NewGuid().ToString("N"));
        }
    }

    /// <summary>Messages of any channel came or were cancelled: they are looked at now, not at their next attempt.</summary>
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
        Unsubscribe();
        _context.Draining = true;
        _gate.Look();
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
        Unsubscribe();
        _context.Draining = true;
        _stop.Cancel();
    }

    private void Unsubscribe()
    {
        _store.Outbox.Queued -= Take;
        _pause.Changed -= _gate.Look;
        _owned.Came -= OnCame;
        _store.Settings.Changed -= OnSettings;
    }

    /// <summary>What its former owner left.</summary>
    private void OnCame(int partition) => RefillAll();

    private void OnSettings()
    {
        var putBack = _store.Settings.Get(PutBackSetting);
        if (Interlocked.Exchange(ref _putBack, putBack) != putBack)
        {
            RefillAll();
        }
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
