using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Triggers.Storage;

namespace Triggers.Silo.Serve;

/// <summary>
/// How long a stop waits for a store that takes nothing: what it waits for is said, and in the end the store is given up, before whoever asked for the stop kills the process.
/// A store that does its work is waited for as long as it takes. What was acknowledged is in the log either way.
/// </summary>
internal sealed class StopPatience(IStore store, TimeSpan patience, ILogger logger)
{
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(250);

    /// <summary>What is left once the store was given up has so long to end by itself, all of it together; then the process ends without it.</summary>
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(5);
    private Task _graceIsOver = Task.CompletedTask;

    /// <summary>The store took nothing at some time when the stop needed it.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Waits for a step of the stop.</summary>
    public async Task AwaitAsync(Task step)
    {
        long? refusingSince = null;
        while (!IsOver && await Task.WhenAny(step, Task.Delay(_look)) != step)
        {
            var condition = store.Condition;
            if (condition.Mode == StoreMode.Taking)
            {
                refusingSince = null;
                continue;
            }

            if (refusingSince is null)
            {
                refusingSince = Stopwatch.GetTimestamp();
                logger.StopWaits(condition.Reason, patience.TotalSeconds);
            }

            if (Stopwatch.GetElapsedTime(refusingSince.Value) >= patience)
            {
                GiveUp();
            }
        }

        if (!IsOver)
        {
            await step;
        }
        else if (await Task.WhenAny(step, _graceIsOver) == step && step.Exception is { } error)
        {
            logger.StopFailed(error.InnerException ?? error);
        }
    }

    /// <summary>Once nothing is left to be written: a store whose folder is gone keeps nothing of what it took since.</summary>
    public void Look()
    {
        if (!IsOver && store.Condition is { Mode: not StoreMode.Taking } condition)
        {
            logger.StopFinds(condition.Reason);
            GiveUp();
        }
    }

    private void GiveUp()
    {
        IsOver = true;
        store.GiveUp();
        _graceIsOver = Task.Delay(_grace);
    }
}
