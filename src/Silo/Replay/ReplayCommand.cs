using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;
using Triggers.Runtime.Replays;
using Triggers.Silo.Cli;
using Triggers.Silo.Serve;

namespace Triggers.Silo.Replay;

/// <summary><c>triggers replay --check</c>: is every decision in a data folder still what its log leads to?</summary>
public static class ReplayCommand
{
    private static readonly TimeSpan _lineEvery = TimeSpan.FromSeconds(5);
    private static readonly Option<string> _data = new("--data") { Description = "Data folder of a stopped server.", DefaultValueFactory = _ => "data" };
    private static readonly Option<bool> _check = new("--check") { Description = "Compare every record's effects with the checksum that its commit stored.", Required = true };

    public static Command Create()
    {
        var command = new Command("replay", "Replay the log of a stopped data folder from its first record. Changes and sends nothing; disagreements are listed.") { _data, StoreChoice.EngineOption, StoreChoice.ConnectionOption, _check };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(_data)!, StoreChoice.From(parsed, parsed.GetValue(_data)!), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string data, StoreChoice choice, CancellationToken cancellation)
    {
        if (!choice.Exists)
        {
            throw new UserErrorException($"{data} is not a data folder: give the one that a server ran on with --data.");
        }

        await using var store = await StartErrors.ExplainAsync(() => choice.OpenAsync(TimeProvider.System, atRest: true));
        var console = Output.Console;
        var replay = new LogReplay(store, NullLoggerFactory.Instance);
        if (!replay.BeginsAtFirst)
        {
            throw new UserErrorException($"The log of {choice.Description} does not begin with its first record any more (Store:LogRetentionDays drops old ones), and customers cannot be rebuilt without it: there is nothing to compare with.");
        }

        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"Replaying {replay.Total:N0} records of {choice.Description}");
        var started = TimeProvider.System.GetTimestamp();
        var described = 0;
        var work = Task.Run(
            () => replay.Run(
                disagreement =>
                {
                    described++;
                    Print(console, disagreement);
                },
                cancellation),
            CancellationToken.None);
        while (await Task.WhenAny(work, Task.Delay(_lineEvery, CancellationToken.None)) != work)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{replay.Done * 100 / Math.Max(1, replay.Total),3} %  {Rate(replay, started)}"));
        }

        try
        {
            await work;
        }
        catch (AggregateException error) when (error.InnerException is InvalidDataException inner)
        {
            throw new UserErrorException(inner.Message);
        }

        return Summarize(console, replay, described, started);
    }

    private static void Print(IAnsiConsole console, Disagreement disagreement) => console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"disagreement: partition {disagreement.Partition}, offset {disagreement.Offset}, customer {disagreement.Customer}, {disagreement.Record} of {disagreement.At:yyyy-MM-ddTHH:mm:ss.fffZ}: {disagreement.Difference}"));

    private static int Summarize(IAnsiConsole console, LogReplay replay, int described, long started)
    {
        console.WriteLine(Rate(replay, started));
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{replay.Compared:N0} compared, {replay.Disagreements:N0} disagree, {replay.Erased:N0} erased, {replay.NotCompared:N0} without a checksum"));
        if (replay.Disagreements > described)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{described:N0} disagreements are listed, at most 20 a partition."));
        }

        var wrong = replay.WrongCounters;
        foreach (var (name, stored, counted) in wrong ?? [])
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"counter {name}: {stored:N0} stored, {counted:N0} counted"));
        }

        console.WriteLine(wrong is null
            ? "counters were not counted again: erased records had counted, too"
            : string.Create(CultureInfo.InvariantCulture, $"counters counted again: {wrong.Count:N0} differ"));
        if (replay.Missing > 0)
        {
            throw new UserErrorException(string.Create(CultureInfo.InvariantCulture, $"{replay.Missing:N0} committed records are missing from the log: the store is damaged."));
        }

        return replay.Disagreements > 0 || wrong?.Count > 0 ? ExitCodes.Partial : ExitCodes.Ok;
    }

    private static string Rate(LogReplay replay, long started)
    {
        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        return string.Create(CultureInfo.InvariantCulture, $"{replay.Done:N0} records in {seconds:N1} s, {(seconds > 0 ? replay.Done / seconds : 0):N0}/s");
    }
}
