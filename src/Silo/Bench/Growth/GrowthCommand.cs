using System.CommandLine;

namespace Triggers.Silo.Bench.Growth;

/// <summary><c>triggers bench growth</c>: what an event costs as definitions, windows and customers grow.</summary>
public static class GrowthCommand
{
    private static readonly Option<int> _segments = BenchRun.Number("--segments", "The most segments: 10, 100, … up to it.", 10_000, min: 10, max: 10_000);
    private static readonly Option<int> _customers = BenchRun.Number("--customers", "The most customers: a hundredth, a tenth, and all of them.", 1_000_000, min: 100, max: EventTemplates.CustomersMax);
    private static readonly Option<int> _memory = BenchRun.Number("--customers-in-memory", "More customers than this are only read from the store; a million take some 2 GiB.", 1_000_000, min: 1);
    private static readonly Option<int> _window = BenchRun.Number("--window-events", "Events of each customer in a full window.", 2_000, min: 100, max: 100_000);
    private static readonly Option<int> _events = BenchRun.Number("--events", "Events of a round; fewer where many segments mention them.", 20_000, min: 100);
    private static readonly Option<int> _rounds = BenchRun.Number("--rounds", "Rounds of each set-up, whose median is reported.", 9, max: 1_000);

    public static Command Create()
    {
        var command = new Command("growth", "Apply events in this process under more and more segments, over longer and longer windows, and to more and more customers; print what an event costs of one core, and bytes of state.")
        {
            _segments, _customers, _memory, _window, _events, _rounds,
        };
        foreach (var option in BenchRun.Options)
        {
            command.Add(option);
        }

        command.SetAction(parsed => BenchRun.RunAsync(parsed, async (folder, cancellation) =>
        {
            var customers = parsed.GetValue(_customers);
            var options = new GrowthOptions(
                parsed.GetValue(_segments), Math.Max(1, customers / 100), customers, parsed.GetValue(_memory), parsed.GetValue(_window), parsed.GetValue(_events), parsed.GetValue(_rounds),
                WarmUps: Math.Min(3, parsed.GetValue(_rounds)));
            return await new GrowthBench(options, folder, cancellation).RunAsync();
        }, isGenerator: false));
        return command;
    }
}
