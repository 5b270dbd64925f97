using System.CommandLine;

namespace Triggers.Silo.Bench.Viewers;

/// <summary><c>triggers bench viewers</c>: what many open dashboards cost a server, and whether each of them stays up to date.</summary>
public static class ViewersCommand
{
    private static readonly Option<int> _viewers = BenchRun.Number("--viewers", "Dashboards that watch.", 1_000, max: 20_000);
    private static readonly Option<int> _customers = BenchRun.Number("--customers", "Customers that the events are spread over.", 20_000, max: EventTemplates.CustomersMax);
    private static readonly Option<int> _load = BenchRun.Number("--load", "Events a second, so that there is something to see.", 1_000);
    private static readonly Option<int> _seconds = BenchRun.Number("--seconds", "Length of a round.", 20);
    private static readonly Option<int> _rounds = BenchRun.Number("--rounds", "Rounds without and with viewers, by turns.", 3);

    public static Command Create()
    {
        var command = new Command("viewers", "Connect many viewers to the live hub under load, and none, by turns; print what they got and what they cost the server.")
        {
            _viewers, _customers, _load, _seconds, _rounds,
        };
        foreach (var option in BenchRun.Options)
        {
            command.Add(option);
        }

        command.SetAction(parsed => BenchRun.RunAsync(parsed, async (folder, cancellation) =>
        {
            BenchDefinitions.Write(BenchServer.DefinitionsIn(folder));
            await using var sink = new SmtpSink();
            await using var server = await BenchServer.StartAsync(folder, sink, BenchServer.CustomerMemory(0), cancellation);
            var options = new ViewersBenchOptions(
                parsed.GetValue(_viewers), parsed.GetValue(_customers), parsed.GetValue(_load), parsed.GetValue(_seconds), parsed.GetValue(_rounds));
            return await new ViewersBench(options, server).RunAsync(cancellation);
        }));
        return command;
    }
}
