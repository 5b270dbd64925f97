using System.Diagnostics.Metrics;
using Triggers.Web.Operations;

namespace Triggers.Web.Tests.Operations;

public sealed class PrometheusTextTests : IDisposable
{
    private readonly string _meterName = $"Test.{Guid.NewGuid():N}";
    private readonly Meter _meter;
    private readonly MetricBoard _board;

    public PrometheusTextTests()
    {
        _meter = new Meter(_meterName);
        _board = new MetricBoard([_meterName]);
        _board.Read(out _);
    }

    public void Dispose()
    {
        _board.Dispose();
        _meter.Dispose();
    }

    [Theory]
    [InlineData("triggers.commit.duration", "s", nameof(MetricKind.Histogram), "triggers_commit_duration_seconds")]
    [InlineData("triggers.commits", "{commit}", nameof(MetricKind.Counter), "triggers_commits_total")]
    [InlineData("triggers.store.size", "By", nameof(MetricKind.Gauge), "triggers_store_size_bytes")]
    [InlineData("memory.bytes", "By", nameof(MetricKind.Gauge), "memory_bytes")]
    [InlineData("requests_total", null, nameof(MetricKind.Counter), "requests_total")]
    [InlineData("cpu", "1", nameof(MetricKind.Gauge), "cpu_ratio")]
    [InlineData("cpu", "1", nameof(MetricKind.Counter), "cpu_total")]
    [InlineData("speed", "m/s", nameof(MetricKind.Gauge), "speed_m_per_second")]
    [InlineData("rate", "{packet}/s", nameof(MetricKind.Gauge), "rate_per_second")]
    [InlineData("share", "%", nameof(MetricKind.Gauge), "share_percent")]
    [InlineData("5xx--errors", "", nameof(MetricKind.Gauge), "_5xx_errors")]
    [InlineData("ns:name", "", nameof(MetricKind.Gauge), "ns:name")]
    public void Names_follow_OpenTelemetrys_rules_for_Prometheus(string name, string? unit, string kind, string expected) =>
        Assert.Equal(expected, MetricNames.Of(name, unit, Enum.Parse<MetricKind>(kind)));

    [Fact]
    public void A_counter_is_one_line_a_series_under_its_help_and_type()
    {
        var sent = _meter.CreateCounter<long>("mail.sent", "{message}", "Mail \\ that\nwas sent.");
        sent.Add(2);
        sent.Add(3, new KeyValuePair<string, object?>("mail.channel", "a \"b\"\\\n"));
        sent.Add(4, new("x", 1.5), new("y", true));
        sent.Add(5, new("y", true), new("x", 1.5));

        Assert.Equal(
            [
                "# HELP mail_sent_total Mail \\\\ that\\nwas sent.",
                "# TYPE mail_sent_total counter",
                "mail_sent_total 2",
                "mail_sent_total{mail_channel=\"a \\\"b\\\"\\\\\\n\"} 3",
                "mail_sent_total{x=\"1.5\",y=\"true\"} 9",
            ],
            Lines("mail_sent").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_histogram_is_cumulated_by_its_advice()
    {
        var seconds = _meter.CreateHistogram("wait", "s", "", tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.1, 1] });
        foreach (var value in new[] { 0.005, 0.05, 0.1, 7 })
        {
            seconds.Record(value);
        }

        Assert.Equal(
            [
                "# TYPE wait_seconds histogram",
                "wait_seconds_bucket{le=\"0.005\"} 1",
                "wait_seconds_bucket{le=\"0.1\"} 3",
                "wait_seconds_bucket{le=\"1\"} 3",
                "wait_seconds_bucket{le=\"+Inf\"} 4",
                "wait_seconds_sum 7.155",
                "wait_seconds_count 4",
            ],
            Lines("wait"));
    }

    [Fact]
    public void Gauges_are_what_was_said_last_and_sums_up_and_down()
    {
        var level = _meter.CreateGauge<int>("level");
        level.Record(5);
        level.Record(3);
        var open = _meter.CreateUpDownCounter<int>("open");
        open.Add(5);
        open.Add(-2);

        Assert.Equal(["# TYPE level gauge", "level 3"], Lines("level"));
        Assert.Equal(["# TYPE open gauge", "open 3"], Lines("open"));
    }

    [Fact]
    public void What_is_observed_is_as_of_now_and_goes_when_nobody_says_it_any_more()
    {
        Measurement<long>[] now = [new(1, new KeyValuePair<string, object?>("channel", "email")), new(2, new KeyValuePair<string, object?>("channel", "webhook"))];
        _meter.CreateObservableGauge("waiting", () => now);
        var total = 7.5;
        _meter.CreateObservableCounter("cpu", () => total, "s");

        var before = Lines("waiting");
        Assert.Equal("cpu_seconds_total 7.5", Lines("cpu")[^1]);
        (now, total) = ([now[1]], 9);

        Assert.Equal(["# TYPE waiting gauge", "waiting{channel=\"email\"} 1", "waiting{channel=\"webhook\"} 2"], before.Order(StringComparer.Ordinal));
        Assert.Equal(["# TYPE waiting gauge", "waiting{channel=\"webhook\"} 2"], Lines("waiting"));
        Assert.Equal("cpu_seconds_total 9", Lines("cpu")[^1]);
    }

    [Fact]
    public void Two_servers_of_one_process_sum_up()
    {
        using var second = new Meter(_meterName);
        _meter.CreateObservableGauge("customers", () => 2);
        second.CreateObservableGauge("customers", () => 3);

        Assert.Equal("customers 5", Lines("customers")[^1]);
        Assert.Equal("customers 5", Lines("customers")[^1]);
    }

    [Fact]
    public void More_series_than_the_limit_are_counted_together()
    {
        var counter = _meter.CreateCounter<int>("many");
        for (var value = 0; value < Limits.MetricSeriesMax + 20; value++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("value", value));
        }

        var lines = Lines("many");

        Assert.Equal(Limits.MetricSeriesMax + 2, lines.Count);
        Assert.Contains("many_total{otel_metric_overflow=\"true\"} 20", lines);
    }

    [Fact]
    public void Measuring_does_not_allocate()
    {
        var counter = _meter.CreateCounter<long>("hot");
        var seconds = _meter.CreateHistogram<double>("hot.duration", "s");
        void Measure()
        {
            counter.Add(1);
            counter.Add(1, new KeyValuePair<string, object?>("channel", "email"));
            seconds.Record(0.1, new("channel", "email"), new("outcome", "sent"));
        }

        Measure();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 1_000; round++)
        {
            Measure();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task Measurements_of_many_threads_are_all_counted()
    {
        var counter = _meter.CreateCounter<double>("parallel");
        await Parallel.ForAsync(0, 8, (_, _) =>
        {
            for (var round = 0; round < 10_000; round++)
            {
                counter.Add(0.5);
            }

            return ValueTask.CompletedTask;
        });

        Assert.Equal("parallel_total 40000", Lines("parallel")[^1]);
    }

    private List<string> Lines(string prefix)
    {
        var text = PrometheusText.Write(_board.Read(out var observation), observation, [new("service.name", "test")]);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        return text.Split('\n').Where(line => line.StartsWith(prefix, StringComparison.Ordinal) || line.StartsWith($"# HELP {prefix}", StringComparison.Ordinal) || line.StartsWith($"# TYPE {prefix}", StringComparison.Ordinal)).ToList();
    }
}
