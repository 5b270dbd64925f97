using System.CommandLine;
using System.Globalization;

namespace Triggers.Silo.Bench.Memory;

/// <summary><c>triggers bench memory</c>: what a customer costs on disk, and in memory when it is not held there.</summary>
public static class MemoryCommand
{
    private static readonly Option<int> _customers = BenchRun.Number("--customers", "Customers to make.", 1_000_000, max: EventTemplates.CustomersMax);
    private static readonly Option<int> _events = BenchRun.Number("--events", "Events of each: traits first, then views, carts and pages.", 5, max: 100);
    private static readonly Option<int> _memory = BenchRun.Number("--customer-memory-mib", "Memory for customers (CustomerMemoryMiB): small, so that nearly all of them have left it.", 64, min: 16, max: 1 << 24);
    private static readonly Option<int> _limit = BenchRun.Number("--limit-mib", "Memory that the server's process may use (its managed heap's hard limit); 0: all there is.", 0, min: 0, max: 1 << 24);
    private static readonly Option<int> _settle = BenchRun.Number("--settle", "Seconds between a start and the look at its memory.", 10, min: 0);

    public static Command Create()
    {
        var command = new Command("memory", "Make customers through the public ingest with little memory for them; print bytes on disk and in memory for each, and how long a start takes with them.")
        {
            _customers, _events, _memory, _limit, _settle,
        };
        foreach (var option in BenchRun.Options)
        {
            command.Add(option);
        }

        command.SetAction(parsed => BenchRun.RunAsync(parsed, async (folder, cancellation) =>
        {
            var settings = BenchServer.CustomerMemory(parsed.GetValue(_memory));
            if (parsed.GetValue(_limit) is > 0 and var limit)
            {
                settings["DOTNET_GCHeapHardLimit"] = ((long)limit << 20).ToString("x", CultureInfo.InvariantCulture);
            }

            var options = new MemoryBenchOptions(
                parsed.GetValue(_customers), parsed.GetValue(_events), parsed.GetValue(_memory), parsed.GetValue(_limit), TimeSpan.FromSeconds(parsed.GetValue(_settle)));
            return await new MemoryBench(options, folder, settings).RunAsync(cancellation);
        }));
        return command;
    }
}
