using System.Globalization;
using Spectre.Console;

namespace Triggers.Silo.Bench.Viewers;

/// <summary>What <c>triggers bench viewers</c> found. Shares are percent of one core of the server process; medians of the rounds.</summary>
/// <param name="CoreForViewers">The difference between the two, round by round.</param>
/// <param name="UpdatesPerSecond">A viewer's; the median viewer and the one with the fewest.</param>
/// <param name="FanOut">From the first viewer that had a version to the last, in milliseconds.</param>
/// <param name="ConnectMs">Until every viewer had its first snapshot.</param>
/// <param name="Snapshots">Given while watching: a viewer that fell behind gets one.</param>
/// <param name="Gaps">Versions missed without a snapshot.</param>
/// <param name="Behind">Viewers that never came to the newest version after a round.</param>
public sealed record ViewersReport(
    string Machine,
    int Viewers,
    int EventsPerSecond,
    int RoundSeconds,
    int Rounds,
    double CoreWithoutViewers,
    double CoreWithViewers,
    double CoreForViewers,
    double UpdatesPerSecond,
    double FewestUpdatesPerSecond,
    double BytesPerSecond,
    Percentiles FanOut,
    double ConnectMs,
    int Snapshots,
    int Gaps,
    int Lost,
    int Behind) : IBenchReport
{
    public bool IsSound => Gaps == 0 && Lost == 0 && Behind == 0;

    public void Print(IAnsiConsole console)
    {
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Machine}; {Viewers:N0} viewers, {EventsPerSecond:N0} events/s, {Rounds} rounds of {RoundSeconds} s"));
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"server, % of a core: {CoreWithoutViewers:N1} without viewers, {CoreWithViewers:N1} with them: {CoreForViewers:N1} for viewers"));
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"each viewer: {UpdatesPerSecond:N2} updates/s (fewest {FewestUpdatesPerSecond:N2}), {BytesPerSecond / 1024:N1} KiB/s; all connected and shown in {ConnectMs:N0} ms"));
        var table = BenchTables.Latencies("ms", "versions");
        BenchTables.Add(table, "first viewer has a version → last viewer has it", FanOut);
        console.Write(table);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Snapshots:N0} snapshots for viewers that fell behind, {Gaps:N0} versions missed without one, {Lost:N0} connections lost, {Behind:N0} viewers not at the newest version at the end"));
    }
}
