using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Triggers.Web.Operations;

namespace Triggers.Web.Tests.Whole;

/// <summary>docs/operations.md names every instrument that a server has, as it is, and no other: alerts are written against it.</summary>
public sealed class MetricsTableTests
{
    [Fact]
    public async Task The_table_of_metrics_is_what_a_server_has()
    {
        var published = new SortedDictionary<string, string>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name.StartsWith("Triggers.", StringComparison.Ordinal))
                {
                    lock (published)
                    {
                        published[instrument.Name] = Describe(instrument);
                    }
                }
            },
        };
        listener.Start();
        await using var server = await WholeServer.StartNewAsync();
        using var sent = await server.Site.PostAsync("/v1/track", Support.WebHost.Json("""{"writeKey":"shop-web","userId":"ann","event":"Signed Up"}"""));

        SortedDictionary<string, string> found;
        lock (published)
        {
            found = new SortedDictionary<string, string>(published, StringComparer.Ordinal);
        }

        Assert.Equal(Documented(), found);
    }

    private static string Describe(Instrument instrument)
    {
        var family = MetricFamily.Of(instrument)!;
        return $"{family.Kind.ToString().ToLowerInvariant()}, {instrument.Unit} = {family.Name}";
    }

    private static SortedDictionary<string, string> Documented()
    {
        var rows = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (Match row in Regex.Matches(
            File.ReadAllText(Path.Combine(RepositoryRoot(), "docs", "operations.md")),
            @"^\| `(?<name>[a-z_.]+)` \| (?<kind>counter|gauge|histogram)(, `(?<unit>[^`]+)`)? \| `(?<shown>\w+)` \|",
            RegexOptions.Multiline | RegexOptions.ExplicitCapture,
            TimeSpan.FromSeconds(5)))
        {
            rows.Add(row.Groups["name"].Value, $"{row.Groups["kind"].Value}, {row.Groups["unit"].Value} = {row.Groups["shown"].Value}");
        }

        if (!OperatingSystem.IsLinux())
        {
            rows.Remove("process.unix.file_descriptor.count");
        }

        return rows;
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Triggers.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("Run the tests from a checkout.");
        }

        return folder.FullName;
    }
}
