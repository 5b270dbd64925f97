using System.CommandLine;
using System.CommandLine.Parsing;
using Triggers.Silo.Backups;
using Triggers.Silo.Bench;
using Triggers.Silo.Definitions;
using Triggers.Silo.Explain;
using Triggers.Silo.Import;
using Triggers.Silo.Lists;
using Triggers.Silo.Moving;
using Triggers.Silo.Replay;
using Triggers.Silo.Serve;
using Triggers.Silo.Simulate;
using Triggers.Silo.Status;
using Triggers.Silo.Tests;
using Triggers.Silo.Valuing;

namespace Triggers.Silo.Cli;

/// <summary>The commands of <c>triggers</c>, and the one place where a failure becomes a message and an exit code.</summary>
public static class CommandLine
{
    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Triggers: a real-time behavioural trigger engine.")
        {
            ServeCommand.Create(),
            StatusCommand.Create(),
            ExplainCommand.Create(),
            ValueCommand.Create(),
            ListCommands.Create(),
            ImportCommand.Create(),
            ValidateCommand.Create(),
            SimulateCommand.Create(),
            TestCommand.Create(),
            SchemaCommand.Create(),
            ReplayCommand.Create(),
            BackupCommand.Create(),
            RestoreCommand.Create(),
            CompactCommand.Create(),
            MigrateStoreCommand.Create(),
            BenchCommand.Create(),
        };
        foreach (var command in PlacementCommands.Create().Concat(ConfigCommands.Create()))
        {
            root.Add(command);
        }

        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is not System.CommandLine.Help.HelpAction)
        {
            return Refuse(parsed.Errors);
        }

        foreach (var folder in new[] { "--data", "--definitions" })
        {
            if (parsed.GetResult(folder) is OptionResult { Tokens: [{ Value: "" }] })
            {
                await Console.Error.WriteLineAsync($"error: {folder}: the name of a folder was expected.");
                return ExitCodes.Usage;
            }
        }

        try
        {
            // Each command drains in its own way, so the library's termination after two seconds is off.
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (UserErrorException error)
        {
            await Console.Error.WriteLineAsync($"error: {error.Message}");
            return error.ExitCode;
        }
        catch (UnauthorizedAccessException error)
        {
            // A file that another user left in a folder, say: the message names it.
            await Console.Error.WriteLineAsync($"error: {error.Message} Give this user the right to it.");
            return ExitCodes.Failed;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Cancelled;
        }
    }

    private static int Refuse(IReadOnlyList<ParseError> errors)
    {
        foreach (var error in errors)
        {
            Console.Error.WriteLine($"error: {error.Message}");
        }

        Console.Error.WriteLine("See `triggers --help`, or `triggers COMMAND --help`.");
        return ExitCodes.Usage;
    }
}
