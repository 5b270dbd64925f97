using System.Text.Json;
using Triggers.EndToEnd.Tests.Harness;

namespace Triggers.EndToEnd.Tests;

/// <summary>Every bench command from end to end, small: what it prints and writes comes from a server that did the work.</summary>
public sealed class BenchTests : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(4);

    /// <summary>Of somebody's server, in whose environment a bench may be started: nothing of it may reach the bench's own.</summary>
    private static readonly Dictionary<string, string> _elsewhere = new(StringComparer.Ordinal)
    {
        ["Store__Connection"] = "Host=127.0.0.1;Port=1;Username=nobody;Password=none;Database=theirs",
        ["Channels__Email__Smtp__Host"] = "smtp.invalid",
        ["ManagementKey"] = "the-key-of-another-server",
    };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Ingest_compares_with_the_bare_endpoint_and_applies_all_that_was_acknowledged()
    {
        var (report, output) = await BenchAsync("ingest", "--customers", "200", "--seconds", "1", "--rounds", "1", "--connections", "2", "--single-connections", "4");

        Assert.True(report.Number("eventsAcknowledged") > 100, output);
        Assert.Equal(report.Number("eventsAcknowledged"), report.Number("eventsApplied"));
        Assert.True(report.Real("batches.bare") > 0, output);
        Assert.True(report.Real("latency.effect.p50") > 0, output);
        Assert.Contains("bare endpoint", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Timers_come_at_their_instant_and_not_before()
    {
        var (report, output) = await BenchAsync("timers", "--customers", "1000", "--due", "300", "--probes", "24", "--load", "200", "--lead", "12", "--rounds", "1");

        // The exit probes among the many are due in the same second.
        Assert.Equal(300 + 4, report.Number("exits.count"));
        Assert.Equal(12, report.Number("exitMails.count"));
        Assert.Equal(12, report.Number("waitMails.count"));
        Assert.True(report.Real("exits.p50") >= 0 && report.Real("exitMails.p50") >= 0 && report.Real("waitMails.p50") >= 0, output);
        Assert.True(report.Number("before.effect.count") > 0, output);
    }

    [Fact]
    public async Task Viewers_are_all_brought_to_the_newest_version()
    {
        var (report, output) = await BenchAsync("viewers", "--viewers", "20", "--customers", "200", "--load", "200", "--seconds", "2", "--rounds", "1");

        Assert.Equal(0, report.Number("gaps") + report.Number("lost") + report.Number("behind"));
        Assert.True(report.Real("fewestUpdatesPerSecond") > 0, output);
        Assert.True(report.Real("coreWithoutViewers") > 0, output);
    }

    [Fact]
    public async Task Memory_weighs_the_customers_that_it_made()
    {
        var (report, output) = await BenchAsync("memory", "--customers", "3000", "--settle", "0", "--customer-memory-mib", "16");

        Assert.Equal(3000, report.Number("customers"));
        Assert.InRange(report.Real("stateBytesPerCustomer"), 100, 5_000);
        Assert.True(report.Real("bytesPerCustomer") > report.Real("stateBytesPerCustomer"), output);
        Assert.True(report.Number("residentAtStart") > 10_000_000, output);
    }

    [Fact]
    public async Task Growth_has_a_row_for_every_size_and_loses_no_event()
    {
        var (report, output) = await BenchAsync("growth", "--segments", "100", "--customers", "2000", "--customers-in-memory", "200", "--window-events", "100", "--events", "200", "--rounds", "2");

        var series = report.GetProperty("series").EnumerateArray().ToList();
        var names = series.ConvertAll(item => string.Join(' ', item.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("name").GetString())));
        Assert.True(report.GetProperty("isSound").GetBoolean(), output);
        Assert.Equal(["10 100", "10 100", "10 100", "an hour a day 30 days a year two years", "20 200", "20 200 2,000"], names);
        Assert.All(series.SelectMany(item => item.GetProperty("rows").EnumerateArray()), row => Assert.True(row.Real("nanosecondsPerEvent") > 0 && row.Real("stateBytesPerCustomer") > 50, output));
        Assert.Contains("ratio", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_option_out_of_range_is_refused_by_name()
    {
        await using var program = await TriggersProgram.RunAsync(_patience, "bench", "viewers", "--viewers", "0");

        Assert.Equal(2, program.ExitCode);
        Assert.Contains("--viewers 0: a number from 1 to 20000 was expected.", program.Output, StringComparison.Ordinal);
    }

    private async Task<(JsonElement Report, string Output)> BenchAsync(string command, params string[] options)
    {
        var json = Path.Combine(_folder.Path, "report.json");
        await using var program = TriggersProgram.Begin(_elsewhere, ["bench", command, "--json", json, "--folder", Path.Combine(_folder.Path, command), .. options]);
        await program.WaitForExitAsync(_patience);
        Assert.True(program.ExitCode == 0, program.Output);
        return (JsonDocument.Parse(await File.ReadAllTextAsync(json)).RootElement, program.Output);
    }
}
