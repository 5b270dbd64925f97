using Microsoft.Extensions.Logging;

namespace Triggers.Storage.Upkeep;

/// <summary>Does the store's background work in turns, a step of each, and rests when there is none.</summary>
internal sealed partial class UpkeepLoop(IReadOnlyList<IUpkeep> works, ILogger logger) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Task _running = Task.CompletedTask;

    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>Works until nothing is left to do.</summary>
    public async Task SettleAsync()
    {
        while (await RoundAsync().ConfigureAwait(false))
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
                more = await RoundAsync().ConfigureAwait(false);
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

    private async Task<bool> RoundAsync()
    {
        await _turn.WaitAsync(_stop.Token).ConfigureAwait(false);
        try
        {
            var more = false;
            foreach (var work in works)
            {
                _stop.Token.ThrowIfCancellationRequested();
                try
                {
                    more |= await work.StepAsync(_stop.Token).ConfigureAwait(false);
                }
                catch (Exception error) when (error is not (OperationCanceledException or ObjectDisposedException))
                {
                    // It is tried again after the rest; what it had begun is found and begun anew.
                    LogUpkeepFailed(logger, error, work.Name);
                }
            }

            return more;
        }
        finally
        {
            _turn.Release();
        }
    }

    [LoggerMessage(EventId = 1020, Level = LogLevel.Error, Message = "Background work '{Work}' failed; it is tried again.")]
    private static partial void LogUpkeepFailed(ILogger logger, Exception error, string work);
}
