using System.Collections.Concurrent;
using Triggers.Runtime.Live;

namespace Triggers.Grains.Live;

/// <summary>This silo's live share and who has subscribed to it. A subscriber that does not ask again is forgotten: its process may be gone.</summary>
internal sealed class SiloShare(TimeProvider time)
{
    private readonly ConcurrentDictionary<ILiveObserver, long> _observers = new();
    private volatile Attached? _server;

    /// <summary>Processes that watch this silo.</summary>
    public int Subscribers => _observers.Count;

    /// <summary>The silo's server has live numbers; until what is returned is disposed.</summary>
    public IDisposable Attach(LiveExchange exchange, string silo)
    {
        var server = new Attached(this, exchange, silo);
        _server = server;
        return server;
    }

    public LiveShareMessage? Subscribe(ILiveObserver observer)
    {
        // First, so that no delta is missed between the two; one that comes before the share finds a gap or is in it.
        _observers[observer] = time.GetTimestamp();
        return _server is { } server ? LiveShareMessage.Of(server.Exchange.Share.Share()) : null;
    }

    public void Unsubscribe(ILiveObserver observer) => _observers.TryRemove(observer, out _);

    public void Lost(int partition, long epoch) => _server?.Exchange.Owned.Lose(partition, epoch);

    private void Tell(string silo, LiveShareDelta delta)
    {
        if (_observers.IsEmpty)
        {
            return;
        }

        var message = LiveShareMessage.Of(delta);
        foreach (var (observer, askedAt) in _observers)
        {
            if (time.GetElapsedTime(askedAt) > Limits.SubscriptionFor)
            {
                Unsubscribe(observer);
            }
            else
            {
                observer.ChangedAsync(silo, message).Ignore();
            }
        }
    }

    private sealed class Attached : IDisposable
    {
        private readonly SiloShare _share;
        private readonly string _silo;

        public Attached(SiloShare share, LiveExchange exchange, string silo)
        {
            _share = share;
            _silo = silo;
            Exchange = exchange;
            exchange.Share.Shared += OnShared;
        }

        public LiveExchange Exchange { get; }

        public void Dispose()
        {
            Exchange.Share.Shared -= OnShared;
            if (Interlocked.CompareExchange(ref _share._server, null, this) == this)
            {
                foreach (var observer in _share._observers.Keys)
                {
                    observer.LeftAsync(_silo).Ignore();
                }
            }
        }

        private void OnShared(LiveShareDelta delta) => _share.Tell(_silo, delta);
    }
}
