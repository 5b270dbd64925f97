using System.Globalization;
using Spectre.Console;
using Triggers.Storage.Moving;

namespace Triggers.Silo.Moving;

/// <summary>Shows how far a move is: a bar each for copying and verifying on a terminal, a line now and then where output goes to a file.</summary>
internal static class MoveProgress
{
    private static readonly TimeSpan _lineEvery = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(IAnsiConsole console, StoreMove move, Func<Task> work)
    {
        var (started, before) = (TimeProvider.System.GetTimestamp(), move.Copied);
        if (console.Profile.Out.IsTerminal)
        {
            await console.Progress()
                .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                .StartAsync(async context =>
                {
                    var copying = context.AddTask("copying", maxValue: Math.Max(1, move.Items));
                    var verifying = context.AddTask("verifying", maxValue: Math.Max(1, move.Items * 2));
                    await WatchAsync(work(), TimeSpan.FromMilliseconds(200), () =>
                    {
                        (copying.Value, verifying.Value) = (move.Copied, move.Verified);
                        copying.Description = Markup.Escape($"copying  {Copied(move, started, before)}");
                    });
                });
        }
        else
        {
            await WatchAsync(work(), _lineEvery, () => console.WriteLine(move.IsVerifying
                ? string.Create(CultureInfo.InvariantCulture, $"verifying {move.Verified * 100 / Math.Max(1, move.Items * 2),3} %")
                : string.Create(CultureInfo.InvariantCulture, $"copying {move.Copied * 100 / Math.Max(1, move.Items),3} %  {Copied(move, started, before)}")));
        }

        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{move.Copied:N0} records, customers and rows in {TimeProvider.System.GetElapsedTime(started).TotalSeconds:N1} s"));
    }

    private static async Task WatchAsync(Task work, TimeSpan every, Action show)
    {
        while (await Task.WhenAny(work, Task.Delay(every)) != work)
        {
            show();
        }

        await work;
    }

    private static string Copied(StoreMove move, long started, long before)
    {
        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        return string.Create(CultureInfo.InvariantCulture, $"{move.Copied:N0}, {(seconds > 0 ? (move.Copied - before) / seconds : 0):N0}/s");
    }
}
