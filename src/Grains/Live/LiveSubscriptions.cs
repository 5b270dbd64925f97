using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Triggers.Runtime.Hosting;
using Triggers.Runtime.Live;

namespace Triggers.Grains.Live;

/// <summary>
/// Brings every silo's share to this process: one subscription a silo, asked for again from time to time, and at once when a delta is missing. A silo that has left the
/// cluster leaves the sum as well.
/// </summary>
internal sealed class LiveSubscriptions : ILiveObserver, IAsyncDisposable
{
    private readonly IGrainFactory _grains;
    private readonly LiveExchange _exchange;
    private readonly string? _me;
    private readonly Func<Task<IReadOnlyList<SiloAddress>>> _silos;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<string, Subscription> _subscriptions = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly ILiveObserver _reference;
    private readonly Task _run;

    /// <param name="me">The silo of this process, whose share is summed without a call; null: it has none.</param>
    /// <param name="silos">Addresses of the active silos.</param>
    public LiveSubscriptions(IGrainFactory grains, LiveExchange exchange, string? me, Func<Task<IReadOnlyList<SiloAddress>>> silos, TimeProvider time, ILogger log)
    {
        _grains = grains;
        _exchange = exchange;
        _me = me;
        _silos = silos;
        _time = time;
        _log = log;
        _reference = grains.CreateObjectReference<ILiveObserver>(this);
        exchange.Sum.Outdated += OnOutdated;
        _run = Task.Run(RunAsync);
    }

    public Task ChangedAsync(string silo, LiveShareMessage delta)
    {
        if (_subscriptions.TryGetValue(silo, out var subscription) && !_exchange.Sum.Apply(silo, delta.ToDelta()))
        {
            _ = AskAsync(silo, subscription);
        }

        return Task.CompletedTask;
    }

    public Task LeftAsync(string silo)
    {
        if (_subscriptions.TryGetValue(silo, out var subscription))
        {
            subscription.Answered(_time, has: false);
            _exchange.Sum.Leave(silo);
        }

        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _exchange.Sum.Outdated -= OnOutdated;
        await _stop.CancelAsync();
        await _run;
        _stop.Dispose();
        try
        {
            foreach (var silo in _subscriptions.Keys)
            {
                Relay(silo).UnsubscribeAsync(_reference).Ignore();
            }

            _grains.DeleteObjectReference<ILiveObserver>(_reference);
        }
        catch (ObjectDisposedException)
        {
            // Orleans ended before, in this process: nothing comes here any more.
        }
    }

    private ILiveRelayGrain Relay(string silo) => _grains.GetGrain<ILiveRelayGrain>(silo);

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await LookAsync();
            await Task.Delay(Limits.LookAtSilosEvery, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LookAsync()
    {
        var silos = await ListAsync();
        foreach (var gone in _subscriptions.Keys.Where(silo => !silos.Contains(silo)))
        {
            _subscriptions.TryRemove(gone, out _);
            _exchange.Sum.Leave(gone);
        }

        await Task.WhenAll(silos.Select(silo =>
        {
            var subscription = _subscriptions.GetOrAdd(silo, _ => new Subscription());
            return subscription.IsDue(_time) ? AskAsync(silo, subscription) : Task.CompletedTask;
        }));
    }

    /// <summary>The other silos; where nobody can say, those that are known, since one of them may still answer.</summary>
    private async Task<HashSet<string>> ListAsync()
    {
        try
        {
            var silos = await _silos().WaitAsync(Limits.SiloPatience, _stop.Token);
            return silos.Select(silo => silo.ToParsableString()).Where(silo => silo != _me).ToHashSet(StringComparer.Ordinal);
        }
        catch (Exception error)
        {
            _log.SilosUnknown(error.Message);
            return [.. _subscriptions.Keys];
        }
    }

    /// <summary>One question at a time; a gap that is seen meanwhile may be behind its answer, and so asks once more.</summary>
    private async Task AskAsync(string silo, Subscription subscription)
    {
        if (!subscription.TryBegin())
        {
            return;
        }

        do
        {
            var has = false;
            try
            {
                if (await Relay(silo).SubscribeAsync(_reference) is { } share)
                {
                    _exchange.Sum.Come(silo, share.ToShare());
                    has = true;
                }
            }
            catch (Exception error)
            {
                _log.SiloSilent(silo, error.Message);
            }

            // A share that cannot be had any more is not shown: its partitions may be counted elsewhere. Nor is one of a silo that left while it answered.
            if (!has || !_subscriptions.ContainsKey(silo))
            {
                _exchange.Sum.Leave(silo);
            }

            subscription.Answered(_time, has);
        }
        while (subscription.IsWantedAgain());
    }

    private void OnOutdated(string silo, OwnedPartition owner)
    {
        if (_subscriptions.ContainsKey(silo))
        {
            Relay(silo).LostAsync(owner.Number, owner.Epoch).Ignore();
        }
    }

    private sealed class Subscription
    {
        private readonly Lock _lock = new();
        private bool _isAsking;
        private bool _isWanted;
        private bool _has;
        private long _askedAt;

        public bool IsDue(TimeProvider time)
        {
            lock (_lock)
            {
                return !_has || time.GetElapsedTime(_askedAt) > Limits.SubscribeAgainAfter;
            }
        }

        /// <summary>False: somebody asks already, and will once more.</summary>
        public bool TryBegin()
        {
            lock (_lock)
            {
                (_isWanted, var begins) = (_isAsking, !_isAsking);
                _isAsking = true;
                return begins;
            }
        }

        public void Answered(TimeProvider time, bool has)
        {
            lock (_lock)
            {
                (_has, _askedAt) = (has, time.GetTimestamp());
            }
        }

        /// <summary>False: whoever finds a gap from now on asks itself.</summary>
        public bool IsWantedAgain()
        {
            lock (_lock)
            {
                _isAsking = _isWanted && _has;
                _isWanted = false;
                return _isAsking;
            }
        }
    }
}
