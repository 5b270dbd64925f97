using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Triggers.Storage.Measuring;

namespace Triggers.Storage.Upkeep;

/// <summary>Does the store's background work in turns, a step of each, and rests when there is none.</summary>
internal sealed partial class UpkeepLoop(IReadOnlyList<IUpkeep> works, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private readonly UpkeepFigures[] _figures = [.. works.Select(work => new UpkeepFigures(work.Name, 0, 0, 0, 0, ""))];
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Task _running = Task.CompletedTask;
    private int _holds;

    /// <summary>Each work as of now.</summary>
    public IReadOnlyList<UpkeepFigures> Figures
    {
        get
        {
            lock (_figures)
            {
                return [.. _figures];
            }
        }
    }

    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>Begins no step, until the answer is disposed; one that is under way ends.</summary>
    public IDisposable Hold()
    {
        Interlocked.Increment(ref _holds);
        return new Held(this);
    }

    /// <summary>Works until nothing is left to do.</summary>
    public async Task SettleAsync()
    {
        while (await RoundAsync(() => false).ConfigureAwait(false))
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stop.Dispose();
        _turn.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var more = false;
            try
            {
                more = await RoundAsync(() => Volatile.Read(ref _holds) > 0).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            if (!more)
            {
                await Task.Delay(Limits.UpkeepRestMs, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<bool> RoundAsync(Func<bool> isHeld)
    {
        await _turn.WaitAsync(_stop.Token).ConfigureAwait(false);
        try
        {
            var more = false;
            for (var index = 0; index < works.Count && !isHeld(); index++)
            {
                var work = works[index];
                _stop.Token.ThrowIfCancellationRequested();
                var beganAt = Stopwatch.GetTimestamp();
                try
                {
                    var did = await work.StepAsync(_stop.Token).ConfigureAwait(false);
                    more |= did;
                    Stepped(index, did, Stopwatch.GetElapsedTime(beganAt));
                }
                catch (Exception error) when (error is not (OperationCanceledException or ObjectDisposedException))
                {
                    // It is tried again after the rest; what it had begun is found and begun anew. A server that is away is not told of every second.
                    if (_figures[index].LastError.Length == 0)
                    {
                        LogUpkeepFailed(logger, error, work.Name);
                    }

                    Failed(index, error);
                }
            }

            return more;
        }
        finally
        {
            _turn.Release();
        }
    }

    private void Stepped(int work, bool did, TimeSpan took)
    {
        var figures = _figures[work];
        if (did)
        {
            StorageMetrics.UpkeepStep(figures.Name, took);
            figures = figures with { Steps = figures.Steps + 1, LastAt = time.GetUtcNow().ToUnixTimeMilliseconds(), LastMs = took.TotalMilliseconds };
        }

        Set(work, figures with { LastError = "" });
    }

    private void Failed(int work, Exception error)
    {
        StorageMetrics.UpkeepFailed(_figures[work].Name);
        Set(work, _figures[work] with { Failures = _figures[work].Failures + 1, LastError = error.Message });
    }

    private void Set(int work, UpkeepFigures figures)
    {
        lock (_figures)
        {
            _figures[work] = figures;
        }
    }

    private sealed class Held(UpkeepLoop loop) : IDisposable
    {
        private UpkeepLoop? _loop = loop;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _loop, null) is { } held)
            {
                Interlocked.Decrement(ref held._holds);
            }
        }
    }

    [LoggerMessage(EventId = 1020, Level = LogLevel.Error, Message = "Background work '{Work}' failed; it is tried again.")]
    private static partial void LogUpkeepFailed(ILogger logger, Exception error, string work);
}
