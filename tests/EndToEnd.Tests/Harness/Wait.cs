using System.Diagnostics;

namespace Triggers.EndToEnd.Tests.Harness;

/// <summary>Waits for a condition, and says what it waited for when it does not come.</summary>
public static class Wait
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    public static async Task UntilAsync(string what, Func<Task<bool>> condition, Func<string>? detail = null)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > Patience)
            {
                throw new TimeoutException($"Waited {Patience.TotalSeconds} s until {what}. {detail?.Invoke()}");
            }

            await Task.Delay(20);
        }
    }

    public static Task UntilAsync(string what, Func<bool> condition, Func<string>? detail = null) => UntilAsync(what, () => Task.FromResult(condition()), detail);
}
