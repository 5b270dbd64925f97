using System.CommandLine;
using Triggers.Grains;
using Triggers.Silo.Cli;
using Triggers.Silo.Serve;

namespace Triggers.Silo.Bench.Cluster;

/// <summary><c>triggers bench cluster</c>: what grains cost beside the embedded host, and what more silos bring, in one run.</summary>
public static class ClusterCommand
{
    private static readonly Option<int> _warmUp = BenchRun.Number("--warm-up", "Seconds of full load before each measurement, until the code that it runs is compiled for good.", 15, min: 0);
    private static readonly Option<int> _seconds = BenchRun.Number("--seconds", "Length of a measurement.", 10);
    private static readonly Option<int> _rounds = BenchRun.Number("--rounds", "Rounds over all set-ups; medians are reported.", 1);
    private static readonly Option<int> _customers = BenchRun.Number("--customers", "Customers that the events are spread over.", 200_000, max: EventTemplates.CustomersMax);
    private static readonly Option<int> _silos = BenchRun.Number("--silos", "Silos at most.", 3, max: 16);
    private static readonly Option<int> _idle = BenchRun.Number("--idle-customers", "Customers made to weigh an idle one's grain.", 100_000, min: 1_000, max: EventTemplates.CustomersMax);
    private static readonly Option<int> _takeOvers = BenchRun.Number("--take-overs", "Silos killed, one after the other.", 5);
    private static readonly Option<int> _settle = BenchRun.Number("--settle", "Seconds between a load and the look at its memory.", 15, min: 0);

    public static Command Create()
    {
        var command = new Command("cluster", "Drive the embedded host and one silo on the same stores, then more silos, each with the same load; print rates, processor time for an event, latencies, the time to take a killed silo over, and memory of an idle customer. PostgreSQL's database gets schemas of its own, which are dropped at the end.")
        {
            StoreChoice.ConnectionOption, _warmUp, _seconds, _rounds, _customers, _silos, _idle, _takeOvers, _settle,
        };
        foreach (var option in BenchRun.Options)
        {
            command.Add(option);
        }

        command.SetAction(parsed => BenchRun.RunAsync(parsed, async (folder, cancellation) =>
        {
            if (!ClusterHost.IsAvailable)
            {
                throw new UserErrorException("`bench cluster`: this build has no Orleans, since its packages could not be restored. Build it where they can.", ExitCodes.Usage);
            }

            var connection = StoreChoice.From(parsed, folder).Connection
                ?? throw new UserErrorException("`bench cluster` needs PostgreSQL: give --connection, or Store__Connection.", ExitCodes.Usage);
            var options = new ClusterBenchOptions(
                TimeSpan.FromSeconds(parsed.GetValue(_warmUp)), parsed.GetValue(_seconds), parsed.GetValue(_rounds), parsed.GetValue(_customers), parsed.GetValue(_silos), parsed.GetValue(_idle), parsed.GetValue(_takeOvers), TimeSpan.FromSeconds(parsed.GetValue(_settle)));
            await using var postgres = new BenchPostgres(connection);
            return await new ClusterBench(options, postgres, folder).RunAsync(cancellation);
        }));
        return command;
    }
}
