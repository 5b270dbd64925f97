using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Triggers.Silo.Cli;
using Triggers.Silo.Serve;
using Triggers.Storage.Sqlite.Backups;

namespace Triggers.Silo.Backups;

/// <summary><c>triggers restore</c>: a data folder from a back-up, verified, with sending paused.</summary>
public static class RestoreCommand
{
    private static readonly Argument<string> _backup = new("BACKUP") { Description = "Folder that `triggers backup` made; it is only read." };
    private static readonly Option<string> _data = new("--data") { Description = "Data folder to make; new or empty.", DefaultValueFactory = _ => "data" };
    private static readonly Option<bool> _keepSending = new("--keep-sending") { Description = "Do not begin with sending paused: only if the server that was backed up was stopped then and has not run since." };

    public static Command Create()
    {
        var command = new Command("restore", "Make a data folder (SQLite) from a back-up, comparing every byte. Sending begins paused.") { _backup, _data, _keepSending };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var data = Path.GetFullPath(parsed.GetValue(_data)!);
        var pause = !parsed.GetValue(_keepSending);
        var console = Output.Console;
        var restore = await StartErrors.ExplainAsync(() => Task.FromResult(new StoreRestore(parsed.GetValue(_backup)!, data)));
        await StartErrors.ExplainAsync(() => ByteProgress.RunAsync(console, "restoring", () => restore.Done, () => restore.Total, () =>
        {
            restore.Run(pause, cancellation);
            return true;
        }));
        var manifest = restore.Manifest;
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{data}: {manifest.Records:N0} records, as of {manifest.TakenAt.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z. Every byte is as it was backed up."));
        if (pause)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Sending is paused: {manifest.Queued:N0} messages were queued then, and more will come due, that the lost server may have sent. Serve it, read docs/backup.md, then resume."));
        }

        return ExitCodes.Ok;
    }
}
