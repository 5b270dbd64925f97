using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Triggers.Silo.Cli;
using Triggers.Silo.Serve;
using Triggers.Storage.Sqlite.Upkeep;

namespace Triggers.Silo.Backups;

/// <summary><c>triggers compact</c>: a stopped data folder in as little room as it needs.</summary>
public static class CompactCommand
{
    private static readonly Option<string> _data = new("--data") { Description = "Data folder of a stopped server.", DefaultValueFactory = _ => "data" };

    public static Command Create()
    {
        var command = new Command("compact", "Merge the log's runs of a stopped data folder (SQLite), drop what its retention says, and write the file anew without slack.") { _data };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var data = Path.GetFullPath(parsed.GetValue(_data)!);
        SqliteOnly.Check(data, "compacts itself (autovacuum; VACUUM FULL, if you must)");
        var console = Output.Console;
        console.WriteLine($"Compacting {data}");
        var choice = StoreChoice.Read(ServeConfiguration.Read(data), data);
        var result = await StartErrors.ExplainAsync(() => StoreCompaction.RunAsync(data, choice.LogRetentionDays, TimeProvider.System, step => console.WriteLine($"  {step}"), cancellation));
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.BytesBefore / 1e6:N1} MB before, {result.BytesAfter / 1e6:N1} MB now: {(result.BytesBefore - result.BytesAfter) / 1e6:N1} MB freed. {result.RunsBefore} sorted runs before, {result.RunsAfter} now; {result.BlocksSorted:N0} blocks sorted, {result.RecordsDropped:N0} records dropped by the retention."));
        return ExitCodes.Ok;
    }
}
