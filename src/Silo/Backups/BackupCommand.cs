using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Triggers.Silo.Cli;
using Triggers.Silo.Serve;
using Triggers.Storage.Sqlite.Backups;

namespace Triggers.Silo.Backups;

/// <summary><c>triggers backup</c>: a data folder as it is at this instant, whether a server runs on it or not.</summary>
public static class BackupCommand
{
    private static readonly Argument<string> _target = new("TARGET") { Description = "Folder to make; it must not be there yet." };
    private static readonly Option<string> _data = new("--data") { Description = "Data folder; a server may run on it.", DefaultValueFactory = _ => "data" };

    public static Command Create()
    {
        var command = new Command("backup", "Back a data folder (SQLite) up to a new folder, without stopping the server on it.") { _target, _data };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var (data, target) = (Path.GetFullPath(parsed.GetValue(_data)!), Path.GetFullPath(parsed.GetValue(_target)!));
        SqliteOnly.Check(data, "is backed up with pg_dump, or by archiving its WAL");
        var console = Output.Console;
        var backup = new StoreBackup(data, target, DataFolder.KeptFiles, TimeProvider.System);
        var manifest = await StartErrors.ExplainAsync(() => ByteProgress.RunAsync(console, "backing up", () => backup.Done, () => backup.Total, () => backup.Run(cancellation)));
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{target}: as of {manifest.TakenAt.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z, {manifest.Records:N0} records, {manifest.Queued:N0} messages queued, {manifest.Files.Sum(file => file.Bytes) / 1e6:N1} MB."));
        console.WriteLine("It holds the keys and everything that is known of customers: keep it where only you can read it. `triggers restore` makes a data folder of it.");
        return ExitCodes.Ok;
    }
}
