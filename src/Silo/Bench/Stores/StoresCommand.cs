using System.CommandLine;
using Triggers.Silo.Cli;
using Triggers.Silo.Serve;
using Triggers.Storage;

namespace Triggers.Silo.Bench.Stores;

/// <summary><c>triggers bench store</c>: what a store does by itself, PostgreSQL and SQLite in turns in one run.</summary>
public static class StoresCommand
{
    private static readonly Option<int> _seconds = BenchRun.Number("--seconds", "Seconds of each measurement, on each engine.", 4);
    private static readonly Option<int> _customers = BenchRun.Number("--customers", "Customers whose states are flushed and loaded.", 50_000, min: 1_000);

    public static Command Create()
    {
        var command = new Command("store", "Append, commit, flush and load through the seams of storage, on SQLite and on PostgreSQL in turns; print rates and ratios. PostgreSQL's schema is to be empty, and is left behind.")
        {
            StoreChoice.ConnectionOption, _seconds, _customers,
        };
        foreach (var option in BenchRun.Options)
        {
            command.Add(option);
        }

        command.SetAction(parsed => BenchRun.RunAsync(parsed, async (folder, cancellation) =>
        {
            var choice = StoreChoice.From(parsed, folder);
            if (choice.Connection is null)
            {
                throw new UserErrorException("`bench store` compares with PostgreSQL: give --connection, or Store__Connection.", ExitCodes.Usage);
            }

            await using var postgres = await StartErrors.ExplainAsync(() => choice.OpenAsync(TimeProvider.System));
            if (postgres.Recover().Partitions.Any(mark => mark.Head > 0))
            {
                throw new UserErrorException("This schema holds a store that is in use. Name an empty one with Search Path=….", ExitCodes.Usage);
            }

            await using var sqlite = await new StoreChoice(folder, null, 0).OpenAsync(TimeProvider.System);
            (string Name, IStore Store)[] engines = [("SQLite", sqlite), ("PostgreSQL", postgres)];
            return await new StoresBench(engines, TimeSpan.FromSeconds(parsed.GetValue(_seconds)), parsed.GetValue(_customers)).RunAsync(cancellation);
        }, isGenerator: false));
        return command;
    }
}
