using System.Globalization;
using Spectre.Console;

namespace Triggers.Silo.Backups;

/// <summary>Shows how far a copy of bytes is: a bar on a terminal, a line now and then where output goes to a file.</summary>
internal static class ByteProgress
{
    private static readonly TimeSpan _lineEvery = TimeSpan.FromSeconds(5);

    public static async Task<T> RunAsync<T>(IAnsiConsole console, string verb, Func<long> done, Func<long> total, Func<T> work)
    {
        var started = TimeProvider.System.GetTimestamp();
        var working = Task.Run(work);
        if (console.Profile.Out.IsTerminal)
        {
            await console.Progress()
                .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                .StartAsync(async context =>
                {
                    var bar = context.AddTask(verb);
                    await WatchAsync(working, TimeSpan.FromMilliseconds(200), () => (bar.MaxValue, bar.Value) = (Math.Max(1, total()), done()));
                    bar.Value = bar.MaxValue;
                });
        }
        else
        {
            await WatchAsync(working, _lineEvery, () => console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{verb} {done() * 100 / Math.Max(1, total()),3} %  {Rate(done(), started)}")));
        }

        return await working;
    }

    private static async Task WatchAsync(Task work, TimeSpan every, Action show)
    {
        while (await Task.WhenAny(work, Task.Delay(every)) != work)
        {
            show();
        }
    }

    private static string Rate(long bytes, long started)
        => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:N0} MB, {bytes / 1e6 / Math.Max(0.001, TimeProvider.System.GetElapsedTime(started).TotalSeconds):N0} MB/s");
}
