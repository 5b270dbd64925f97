using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Triggers.Silo.Cli;
using Triggers.Silo.Serve;
using Triggers.Storage;
using Triggers.Storage.Moving;
using Triggers.Storage.Postgres;

namespace Triggers.Silo.Moving;

/// <summary><c>triggers migrate-store</c>: from a data folder to PostgreSQL, whole and compared.</summary>
public static class MigrateStoreCommand
{
    private static readonly Option<string> _data = new("--data") { Description = "Data folder of a stopped server; it is only read.", DefaultValueFactory = _ => "data" };

    public static Command Create()
    {
        var command = new Command("migrate-store", "Move a stopped data folder (SQLite) to an empty PostgreSQL schema, and verify the copy. Interrupted, it goes on where it stopped.") { _data, StoreChoice.ConnectionOption };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var data = Path.GetFullPath(parsed.GetValue(_data)!);
        var choice = StoreChoice.Read(ServeConfiguration.Read(data), data, "postgres", parsed.GetValue(StoreChoice.ConnectionOption));
        var place = new PostgresStoreOptions { ConnectionString = choice.Connection!, LogRetentionDays = choice.LogRetentionDays };
        await using var move = await StartErrors.ExplainAsync(() => StoreMove.OpenAsync(data, place, TimeProvider.System));
        var (console, where) = (Output.Console, PostgresStore.Describe(place.ConnectionString));
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(move.IsResumed ? "Going on with the move of" : "Moving")} {move.Records:N0} records and {move.Customers:N0} customers from {data} to PostgreSQL at {where}"));
        try
        {
            await MoveProgress.RunAsync(console, move, () => move.RunAsync(cancellation));
        }
        catch (StoreRefusedException error)
        {
            throw new UserErrorException(error.Message);
        }
        catch (OperationCanceledException)
        {
            console.WriteLine("Interrupted. The copy cannot be served yet; run it again to go on.");
            throw;
        }

        console.WriteLine("Verified: records, checksums, states, counters and every list are the same on both sides.");
        console.WriteLine($"Serve it with --store postgres and the same --data (it holds the keys). {Path.Combine(data, "store.db")} is as it was: keep it as long as you like, but do not serve it again.");
        return ExitCodes.Ok;
    }
}
