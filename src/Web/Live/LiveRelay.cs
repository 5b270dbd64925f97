using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Triggers.Runtime.Live;

namespace Triggers.Web.Live;

/// <summary>
/// Between the one live feed and all viewers: takes each delta off the feed's thread, serialises it once, and offers it to every viewer.
/// When it cannot keep up itself, old deltas are dropped; the gap in the versions makes every viewer take a snapshot.
/// </summary>
internal sealed class LiveRelay : IDisposable
{
    private readonly ConcurrentDictionary<string, LiveViewer> _viewers = new(StringComparer.Ordinal);
    private readonly Channel<LiveDelta> _deltas = Channel.CreateBounded<LiveDelta>(
        new BoundedChannelOptions(4) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly Lock _snapshotLock = new();
    private SharedFrame? _snapshot;
    private LiveSnapshot? _snapshotContent;
    private ILiveFeed? _feed;

    /// <summary>Viewers connected now.</summary>
    public int Viewers => _viewers.Count;

    public void Attach(ILiveFeed feed)
    {
        _feed = feed;
        feed.Changed += OnChanged;
        _ = RelayAsync();
    }

    public void Add(HubConnectionContext connection)
    {
        var viewer = new LiveViewer(connection, TakeSnapshot);
        _viewers[connection.ConnectionId] = viewer;
        viewer.Resync();
    }

    public void Remove(string connectionId) => _viewers.TryRemove(connectionId, out _);

    public void Resync(string connectionId)
    {
        if (_viewers.TryGetValue(connectionId, out var viewer))
        {
            viewer.Resync();
        }
    }

    public void Dispose()
    {
        if (_feed is not null)
        {
            _feed.Changed -= OnChanged;
        }

        _deltas.Writer.TryComplete();
    }

    private void OnChanged(LiveDelta delta) => _deltas.Writer.TryWrite(delta);

    private async Task RelayAsync()
    {
        await foreach (var delta in _deltas.Reader.ReadAllAsync())
        {
            if (_viewers.IsEmpty)
            {
                continue;
            }

            var frame = Frame("delta", delta.Version, delta);
            foreach (var (_, viewer) in _viewers)
            {
                viewer.Offer(frame);
            }
        }
    }

    /// <summary>Viewers that connect or fall behind together share one snapshot as long as nothing has changed.</summary>
    private SharedFrame TakeSnapshot()
    {
        var snapshot = _feed!.Snapshot();
        lock (_snapshotLock)
        {
            if (_snapshot is null || _snapshotContent!.Version != snapshot.Version)
            {
                _snapshot = Frame("snapshot", snapshot.Version, snapshot);
                _snapshotContent = snapshot;
            }

            return _snapshot;
        }
    }

    private static SharedFrame Frame(string method, long version, object content) => new(version, new SerializedHubMessage(new InvocationMessage(method, [content])));
}
