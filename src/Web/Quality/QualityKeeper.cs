using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Triggers.Storage;

namespace Triggers.Web.Quality;

/// <summary>
/// Adds what was counted here to the store, every few seconds and at the end, and tells it together with what the store has: of the last days, and of every process that shares it.
/// Nobody who counts waits for a write.
/// </summary>
internal sealed class QualityKeeper(TimeProvider time, ILoggerFactory logs) : IHostedService, IDisposable
{
    private readonly ILogger _logger = logs.CreateLogger("Triggers.Web");
    private readonly string _writer = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly QualityBounds _bounds = new();
    private readonly Dictionary<(long Slot, string Kind, string Name, string Path, string Rule), QualityCount> _pending = [];
    private readonly List<ViolationExample> _examples = [];
    private IQualityStore? _store;
    private ViolationBoard _violations = null!;
    private EventQuality _quality = null!;
    private QualityBatch? _inFlight;
    private Sums _sums = new([], long.MinValue, -1, null);
    private TaskCompletionSource _writing = Done();
    private Task _keeping = Task.CompletedTask;
    private long _number, _exampleNumber, _written, _cleanedHour;
    private bool _isFailing;

    /// <summary>Before the start; without, there is nothing to keep.</summary>
    public void Attach(IQualityStore store, ViolationBoard violations, EventQuality quality) => (_store, _violations, _quality) = (store, violations, quality);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _keeping = _store is null ? Task.CompletedTask : Task.Run(KeepAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>Hosted services stop in turn, the one that answers requests first: what is left is written now.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _keeping.WaitAsync(Limits.QualityStopMax, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stop.Dispose();

    /// <summary>What the store has and what is new here.</summary>
    public async Task<KeptCounts> CountsAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var horizon = KeptCounts.HorizonAt(now);
        for (var attempt = 1; ; attempt++)
        {
            var sums = await SumsAsync(now, horizon, cancellation);
            lock (_lock)
            {
                // A write that came between would be counted twice or not at all.
                if ((sums.Written == _written && sums.InFlight == _inFlight) || attempt == Limits.QualityReadAttempts)
                {
                    Gather(now);
                    return new KeptCounts([.. sums.Counts, .. _inFlight?.Counts.Where(horizon.Holds) ?? [], .. _pending.Values.Where(horizon.Holds)]);
                }
            }
        }
    }

    /// <summary>The newest violations with what was found, newest first.</summary>
    public async Task<IReadOnlyList<ViolationExample>> ExamplesAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var horizon = KeptCounts.HorizonAt(now);
        var stored = await Task.Run(() => _store!.Examples(horizon), cancellation);
        lock (_lock)
        {
            Gather(now);
            return [.. stored.Concat(_inFlight?.Examples ?? []).Concat(_examples).Where(example => example.At >= horizon.Example).DistinctBy(example => (example.Writer, example.Number))
                .OrderByDescending(example => example.At).ThenByDescending(example => example.Writer, StringComparer.Ordinal).ThenByDescending(example => example.Number)
                .Take(Limits.NewestViolations)];
        }
    }

    /// <summary>
    /// Lets go of what was found in events and is not in the store: somebody is being erased, and a value may be theirs. When this is done, nothing of theirs that came before is on
    /// its way there either.
    /// </summary>
    public Task ForgetAsync(CancellationToken cancellation)
    {
        lock (_lock)
        {
            _violations.Forget();
            _examples.Clear();
            _inFlight = _inFlight is null ? null : _inFlight with { Examples = [] };
            return _writing.Task.WaitAsync(cancellation);
        }
    }

    private async Task<Sums> SumsAsync(long now, QualityHorizon horizon, CancellationToken cancellation)
    {
        Task writing;
        lock (_lock)
        {
            writing = _writing.Task;
        }

        // Of a write that is under way nobody can tell whether the store has it.
        await writing.WaitAsync(Limits.QualityWriteWait, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        long written;
        QualityBatch? inFlight;
        lock (_lock)
        {
            (written, inFlight) = (_written, _inFlight);
            if (_sums.Written == written && _sums.InFlight == inFlight && now - _sums.At is >= 0 and < Limits.QualityReadMs)
            {
                return _sums;
            }
        }

        var counts = await Task.Run(() => _store!.Sum(horizon), cancellation);
        lock (_lock)
        {
            _bounds.Learn(counts.Concat(_inFlight?.Counts ?? []).Concat(_pending.Values));
            return _sums = new Sums(counts, now, written, inFlight);
        }
    }

    private async Task KeepAsync()
    {
        var stop = _stop.Token;
        while (!stop.IsCancellationRequested)
        {
            await FlushAsync();
            await Task.Delay(Limits.QualityFlushEvery, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await FlushAsync();
    }

    /// <summary>Writes what there is, a few rows at a time.</summary>
    internal async Task FlushAsync()
    {
        try
        {
            // What the store has is what limits what may come into it.
            await SumsAsync(time.GetUtcNow().ToUnixTimeMilliseconds(), KeptCounts.HorizonAt(time.GetUtcNow().ToUnixTimeMilliseconds()), CancellationToken.None);
            while (Begin() is { } batch)
            {
                await WriteAsync(batch);
            }

            _isFailing = false;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Statistics are no reason to end: the same batch is tried again.
            if (!_isFailing)
            {
                WebLog.QualityNotKept(_logger, error);
            }

            _isFailing = true;
        }
    }

    /// <summary>The batch that was not written, or the next one; null: there is nothing to write.</summary>
    private QualityBatch? Begin()
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        lock (_lock)
        {
            Gather(now);
            var hour = KeptCounts.HourOf(now);
            if (_inFlight is null && (_pending.Count > 0 || _examples.Count > 0 || hour != _cleanedHour))
            {
                QualityCount[] counts = [.. _pending.Values.Take(Limits.QualityRowsAtOnce)];
                foreach (var count in counts)
                {
                    _pending.Remove(KeyOf(count));
                }

                _inFlight = new QualityBatch(_writer, ++_number, KeptCounts.HorizonAt(now), counts, [.. _examples]);
                _examples.Clear();
                _cleanedHour = hour;
            }

            if (_inFlight is not null)
            {
                _writing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return _inFlight;
        }
    }

    private async Task WriteAsync(QualityBatch batch)
    {
        var isWritten = false;
        try
        {
            await _store!.AddAsync(batch);
            isWritten = true;
        }
        finally
        {
            lock (_lock)
            {
                (_inFlight, _written) = isWritten ? (null, _written + 1) : (_inFlight, _written);
                _writing.SetResult();
            }
        }
    }

    /// <summary>Takes over what was counted since the last time.</summary>
    private void Gather(long now)
    {
        _violations.Take(Add, AddExample);
        _quality.Take(Add, now);

        void Add(QualityCount count)
        {
            if (_bounds.Fit(count) is { } fitting)
            {
                _pending[KeyOf(fitting)] = _pending.TryGetValue(KeyOf(fitting), out var before) ? before.Plus(fitting) : fitting;
            }
        }

        void AddExample(ViolationExample example)
        {
            if (_examples.Count == Limits.NewestViolations)
            {
                _examples.RemoveAt(0);
            }

            _examples.Add(example with { Writer = _writer, Number = ++_exampleNumber });
        }
    }

    private static TaskCompletionSource Done()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }

    private static (long, string, string, string, string) KeyOf(QualityCount count) => (count.Slot, count.Kind, count.Name, count.Path, count.Rule);

    /// <param name="Written">So many batches were written when the store was asked.</param>
    /// <param name="InFlight">What was then to be written.</param>
    private sealed record Sums(IReadOnlyList<QualityCount> Counts, long At, long Written, QualityBatch? InFlight);
}
