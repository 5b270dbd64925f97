using System.Globalization;
using Spectre.Console;

namespace Triggers.Silo.Import;

/// <summary>Shows how far an import is: a bar with rate on a terminal, a line now and then where output goes to a file.</summary>
public static class ImportProgress
{
    private static readonly TimeSpan _lineEvery = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(IAnsiConsole console, SourceFile file, Importer importer, Func<Task> work)
    {
        var started = TimeProvider.System.GetTimestamp();
        if (console.Profile.Out.IsTerminal)
        {
            await console.Progress()
                .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                .StartAsync(async context =>
                {
                    var task = context.AddTask(Markup.Escape(file.Name), maxValue: Math.Max(1, file.Length));
                    await WatchAsync(work(), TimeSpan.FromMilliseconds(200), () =>
                    {
                        task.Value = file.BytesRead;
                        task.Description = Markup.Escape($"{file.Name}  {Describe(importer, started)}");
                    });
                });
            return;
        }

        await WatchAsync(work(), _lineEvery, () => console.WriteLine($"{file.BytesRead * 100 / Math.Max(1, file.Length),3} %  {Describe(importer, started)}"));
    }

    private static async Task WatchAsync(Task work, TimeSpan every, Action show)
    {
        while (await Task.WhenAny(work, Task.Delay(every)) != work)
        {
            show();
        }

        await work;
    }

    private static string Describe(Importer importer, long started)
    {
        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        return string.Create(CultureInfo.InvariantCulture, $"{importer.RowsDone:N0} rows, {(seconds > 0 ? importer.RowsDone / seconds : 0):N0}/s{(importer.Waiting is { } reason ? $"; waiting: {reason}" : "")}");
    }
}
