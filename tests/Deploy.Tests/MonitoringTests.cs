using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Triggers.Deploy.Tests;

/// <summary>Alerts, their runbook and the dashboard speak of metrics that there are.</summary>
public sealed partial class MonitoringTests
{
    private static readonly List<YamlNode> s_alerts = [.. Files.Documents("deploy/prometheus/alerts.yml")[0].List("groups").SelectMany(group => group.List("rules"))];

    [Fact]
    public void Every_metric_of_an_alert_a_panel_or_a_scaler_is_one_that_the_program_shows()
    {
        var known = Metric().Matches(Files.Text("docs/operations.md")).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);
        var used = s_alerts.Select(alert => alert.Scalar("expr")).Concat(Panels().SelectMany(Expressions))
            .Concat(Files.Documents("deploy/kubernetes/silo-autoscaling.yaml")[0].List("spec/triggers").Where(trigger => trigger.At("metadata/query") is not null).Select(trigger => trigger.Scalar("metadata/query")))
            .SelectMany(expression => Metric().Matches(Labels().Replace(expression, "")).Select(match => Suffix().Replace(match.Value, ""))).Distinct().ToList();

        Assert.True(used.Count > 30, $"only {used.Count}");
        Assert.All(used, metric => Assert.Contains(metric, known));
    }

    [Fact]
    public void Every_label_of_an_alert_or_a_panel_is_one_of_ours_or_prometheus()
    {
        string[] known = ["le", "instance", "job", "error_type", "triggers_channel", "triggers_store_writer", "triggers_store_part", "triggers_store_upkeep"];
        var documented = Files.Text("docs/operations.md").Replace('.', '_');
        Assert.All(known[3..], label => Assert.Contains($"`{label}`", documented, StringComparison.Ordinal));
        var used = s_alerts.Select(alert => alert.Scalar("expr")).Concat(Panels().SelectMany(Expressions)).SelectMany(expression => By().Matches(expression)).SelectMany(match => match.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        Assert.All(used, label => Assert.Contains(label, known));
    }

    [Fact]
    public void Every_alert_has_a_place_in_the_runbook_and_the_other_way_round()
        => Assert.Equal(s_alerts.Select(alert => alert.Scalar("alert")), Heading().Matches(Files.Text("docs/runbook.md")).Select(match => match.Groups[1].Value));

    [Fact]
    public void Every_alert_says_how_bad_it_is_and_what_is_wrong()
        => Assert.All(s_alerts, alert =>
        {
            Assert.Contains(alert.Scalar("labels/severity"), new[] { "critical", "warning" });
            Assert.True(alert.Scalar("annotations/summary").Length > 10);
        });

    [Fact]
    public void Panels_do_not_overlap_and_use_the_data_source_that_is_provisioned()
    {
        var taken = new HashSet<(int, int)>();
        foreach (var panel in Panels())
        {
            var place = panel.GetProperty("gridPos");
            var (x, y, w, h) = (place.GetProperty("x").GetInt32(), place.GetProperty("y").GetInt32(), place.GetProperty("w").GetInt32(), place.GetProperty("h").GetInt32());
            Assert.InRange(x + w, 1, 24);
            Assert.All(Enumerable.Range(x, w).SelectMany(column => Enumerable.Range(y, h).Select(row => (column, row))), cell => Assert.True(taken.Add(cell), $"two panels at {cell}"));
            if (panel.GetProperty("type").GetString() != "row")
            {
                Assert.Equal(Files.Documents("deploy/grafana/provisioning/datasources/prometheus.yaml")[0].Scalar("datasources/0/uid"), panel.GetProperty("datasource").GetProperty("uid").GetString());
            }
        }
    }

    [ToolFact("promtool")]
    public void Prometheus_takes_the_rules_and_they_fire_when_they_should()
    {
        Tool.Run("promtool", "check", "rules", Path.Combine(Files.Deploy, "prometheus", "alerts.yml"));
        Tool.Run("promtool", "test", "rules", Path.Combine(Files.Deploy, "prometheus", "alerts.test.yml"));
    }

    private static List<JsonElement> Panels() => [.. JsonDocument.Parse(Files.Text("deploy/grafana/dashboards/triggers.json")).RootElement.GetProperty("panels").EnumerateArray()];

    private static IEnumerable<string> Expressions(JsonElement panel) => panel.TryGetProperty("targets", out var targets) ? targets.EnumerateArray().Select(target => target.GetProperty("expr").GetString()!) : [];

    [GeneratedRegex(@"\btriggers_[a-z_]+[a-z]")]
    private static partial Regex Metric();

    /// <summary>What is no metric in an expression: matchers, and lists of labels.</summary>
    [GeneratedRegex(@"\{[^}]*\}|\b(?:by|on) \([^)]*\)")]
    private static partial Regex Labels();

    [GeneratedRegex(@"\b(?:by|on) \(([^)]*)\)")]
    private static partial Regex By();

    [GeneratedRegex("_bucket$")]
    private static partial Regex Suffix();

    [GeneratedRegex(@"^## (Triggers\w+)", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
