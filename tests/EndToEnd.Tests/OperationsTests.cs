using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Triggers.EndToEnd.Tests.Harness;

namespace Triggers.EndToEnd.Tests;

public sealed class OperationsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_sampled_event_is_followed_to_its_webhook_and_metrics_and_logs_are_exported()
    {
        const string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        await using var collector = await Collector.StartAsync();
        var definitions = TestDefinitions.Write(_folder);
        _folder.Write("definitions/campaigns/hook.yaml", $$"""
            campaign: hook
            status: live
            trigger: { event: Signed Up }
            steps:
              - send: { channel: webhook, url: "{{collector.Url}}/hook" }
            """);
        await using var program = await TriggersProgram.ServeAsync(_folder.Data, definitions, environment: new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Url,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            ["OTEL_RESOURCE_ATTRIBUTES"] = "deployment.environment.name=test-bench",
            ["Channels__Webhook__AllowedPrivateNetworks"] = "127.0.0.1",
        });
        using var site = program.Site();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/track")
        {
            Headers = { { "traceparent", $"00-{trace}-00f067aa0ba902b7-01" } },
            Content = new StringContent("""{"userId":"ada","event":"Signed Up"}""", Encoding.UTF8, "application/json"),
        };
        using var taken = await site.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);

        await Wait.UntilAsync("the webhook is called", () => Task.FromResult(!collector.Parents.IsEmpty), () => program.Output);
        Assert.True(collector.Parents.TryDequeue(out var parent));
        Assert.StartsWith($"00-{trace}-", parent, StringComparison.Ordinal);
        Assert.EndsWith("-01", parent, StringComparison.Ordinal);
        await WaitForAsync(collector, program, "traces", "POST /v1/track", "append log", "apply log", "send webhook", "http.request.method", "test-bench");
        await WaitForAsync(collector, program, "metrics", "triggers.commits", "triggers.log.lag.age", "http.server.request.duration", "dotnet.gc.collections", "test-bench");
        await WaitForAsync(collector, program, "logs", "Every partition is live");
    }

    [Fact]
    public async Task Status_tells_a_person_and_a_script_how_a_server_is()
    {
        await using var program = await TriggersProgram.ServeAsync(_folder.Data, TestDefinitions.Write(_folder));

        await using var table = await TriggersProgram.RunAsync("status", "--data", _folder.Data, "--partitions");
        await using var json = await TriggersProgram.RunAsync("status", "--url", program.Url, "--key", program.ManagementKey, "--json");
        await using var stranger = await TriggersProgram.RunAsync("status", "--url", program.Url, "--key", "wrong-key", "--data", "/nowhere");
        await using var alone = await TriggersProgram.RunAsync("drain", Environment.MachineName, "--data", _folder.Data);
        await program.StopAsync();
        await using var gone = await TriggersProgram.RunAsync("status", "--data", _folder.Data);

        Assert.Equal((0, 0, 1, 1, 1), (table.ExitCode, json.ExitCode, stranger.ExitCode, alone.ExitCode, gone.ExitCode));
        Assert.Contains("run in this one process", alone.Output, StringComparison.Ordinal);
        Assert.StartsWith("ready", table.Output, StringComparison.Ordinal);
        Assert.Contains("dead letters", table.Output, StringComparison.Ordinal);
        Assert.Equal(64, JsonNode.Parse(json.Output)!["nodes"]![0]!["partitions"]!.AsArray().Count);
        Assert.Contains("does not take the management key", stranger.Output, StringComparison.Ordinal);
        Assert.Contains("No server runs on the data folder", gone.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_drains_answers_and_is_not_ready()
    {
        await using var program = await TriggersProgram.ServeAsync(
            _folder.Data, TestDefinitions.Write(_folder), environment: new Dictionary<string, string> { ["DrainSeconds"] = "5" });
        using var client = program.Client();
        program.Signal(TriggersProgram.SigTerm);
        JsonNode? ready = null;
        await Wait.UntilAsync("it drains", async () =>
        {
            using var answer = await client.GetAsync("/health/ready");
            ready = JsonNode.Parse(await answer.Content.ReadAsStringAsync());
            return answer.StatusCode == HttpStatusCode.ServiceUnavailable;
        }, () => program.Output);
        using var live = await client.GetAsync("/health/live");
        await using var status = await TriggersProgram.RunAsync("status", "--data", _folder.Data);
        await program.WaitForExitAsync();

        Assert.Equal("draining", (string?)ready!["status"]);
        Assert.Equal((HttpStatusCode.OK, 0), (live.StatusCode, program.ExitCode));
        Assert.True(status.ExitCode is 1 or 4, status.Output);
    }

    [Fact]
    public async Task Logs_as_JSON_are_an_object_a_line()
    {
        await using var program = await TriggersProgram.ServeAsync(_folder.Data, TestDefinitions.Write(_folder), more: ["--log", "json"]);
        await Wait.UntilAsync("it says that it is ready", () => Task.FromResult(program.Output.Contains("Ready on", StringComparison.Ordinal)), () => program.Output);

        var lines = program.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line => JsonNode.Parse(line)!).ToList();

        Assert.Contains(lines, line => (int)line["EventId"]! == 6004 && (string?)line["State"]!["Url"] == program.Url);
    }

    [Fact]
    public async Task An_unknown_form_of_logs_is_refused()
    {
        await using var program = await TriggersProgram.RunAsync("serve", "--data", _folder.Data, "--definitions", TestDefinitions.Write(_folder), "--log", "xml");

        Assert.Equal(2, program.ExitCode);
        Assert.Contains("--log xml: text or json was expected.", program.Output, StringComparison.Ordinal);
    }

    private static async Task WaitForAsync(Collector collector, TriggersProgram program, string signal, params string[] texts)
    {
        foreach (var text in texts)
        {
            await Wait.UntilAsync($"{signal} have '{text}'", () => Task.FromResult(collector.Received(signal).Contains(text, StringComparison.Ordinal)), () => program.Output);
        }
    }
}
