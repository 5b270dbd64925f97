using System.CommandLine;

namespace Triggers.Silo.Bench.Timers;

/// <summary><c>triggers bench timers</c>: how late time-driven effects come when very many are due in one second, and what live traffic notices of it.</summary>
public static class TimersCommand
{
    private static readonly Option<int> _customers = BenchRun.Number("--customers", "Customers holding timers.", 1_000_000, max: EventTemplates.CustomersMax);
    private static readonly Option<int> _due = BenchRun.Number("--due", "Of these, how many are due in the same second.", 100_000, max: EventTemplates.CustomersMax);
    private static readonly Option<int> _probes = BenchRun.Number("--probes", "Further customers whose exit, or end of a wait, mails: half of each, due from one second before to one second after.", 300, min: 6);
    private static readonly Option<int> _load = BenchRun.Number("--load", "Live events a second meanwhile; 0 for none.", 20_000, min: 0);
    private static readonly Option<int> _lead = BenchRun.Number("--lead", "Seconds from a round's start until its timers are due: time to enter them and to measure live traffic before.", 30, min: 8, max: 3_600);
    private static readonly Option<int> _rounds = BenchRun.Number("--rounds", "Times that so many come due.", 3);
    private static readonly Option<int> _memory = BenchRun.Number("--customer-memory-mib", "Memory for customers (CustomerMemoryMiB); 0: what the server chooses.", 0, min: 0, max: 1 << 24);

    public static Command Create()
    {
        var command = new Command("timers", "Load customers that hold timers, let many come due in one second under live load; print how late the effects are, and live latencies before and meanwhile.")
        {
            _customers, _due, _probes, _load, _lead, _rounds, _memory,
        };
        foreach (var option in BenchRun.Options)
        {
            command.Add(option);
        }

        command.SetAction(parsed => BenchRun.RunAsync(parsed, async (folder, cancellation) =>
        {
            var options = new TimersBenchOptions(
                parsed.GetValue(_customers), Math.Min(parsed.GetValue(_due), parsed.GetValue(_customers)), parsed.GetValue(_probes), parsed.GetValue(_load), parsed.GetValue(_lead), parsed.GetValue(_rounds));
            TimerDefinitions.Write(BenchServer.DefinitionsIn(folder), options.LeadSeconds);
            await using var sink = new SmtpSink();
            await using var server = await BenchServer.StartAsync(folder, sink, BenchServer.CustomerMemory(parsed.GetValue(_memory)), cancellation);
            return await new TimersBench(options, server, sink).RunAsync(cancellation);
        }));
        return command;
    }
}
