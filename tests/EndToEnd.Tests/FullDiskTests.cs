using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Triggers.EndToEnd.Tests.Harness;

namespace Triggers.EndToEnd.Tests;

public sealed class FullDiskTests
{
    [SmallDiskFact]
    public async Task A_full_disk_is_answered_503_and_events_go_on_when_there_is_room_again()
    {
        using var folder = new TempFolder();
        using var disk = new SmallDisk(48);
        var data = Path.Combine(disk.Path, "data");
        await using var program = await TriggersProgram.ServeAsync(data, TestDefinitions.Write(folder));
        using var site = program.Site();
        using var api = program.Client();
        await site.TrackAsync("ada", "Product Viewed");
        var ballast = Path.Combine(disk.Path, "ballast");
        FillUp(ballast);

        var acknowledged = 0;
        var number = 0;
        var unready = HttpStatusCode.OK;
        var reasons = "";
        TimeSpan? retryAfter = null;
        while (unready == HttpStatusCode.OK)
        {
            Assert.True(number < 5_000, "a full disk took 5,000 batches");
            using var content = new StringContent(Batch(number++), Encoding.UTF8, "application/json");
            using var response = await site.PostAsync("/v1/batch", content);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                acknowledged++;
                continue;
            }

            // A checkpoint may have made room since: then it goes on until there is none.
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            retryAfter = response.Headers.RetryAfter?.Delta;
            using var ready = await api.GetAsync("/health/ready");
            unready = ready.StatusCode;
            reasons = await ready.Content.ReadAsStringAsync();
        }

        using var live = await api.GetAsync("/health/live");
        File.Delete(ballast);
        await Wait.UntilAsync("the server finds out by itself that there is room", async () =>
        {
            using var response = await api.GetAsync("/health/ready");
            return response.StatusCode == HttpStatusCode.OK;
        }, () => program.Output);
        await Wait.UntilAsync("events are taken again", async () =>
        {
            using var content = new StringContent(Batch(number), Encoding.UTF8, "application/json");
            using var response = await site.PostAsync("/v1/batch", content);
            return response.StatusCode == HttpStatusCode.OK;
        }, () => program.Output);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (unready, live.StatusCode));
        Assert.Contains("The disk takes no more data", reasons, StringComparison.Ordinal);
        Assert.True(retryAfter > TimeSpan.Zero);
        await api.WaitAppliedAsync();
        Assert.Equal((acknowledged + 1) * 100, await api.EventsOfAsync("bob"));
        Assert.InRange(program.Output.Split("The write-ahead log could not be copied").Length - 1, 0, 5);
    }

    [SmallDiskFact]
    public async Task A_start_on_a_full_disk_is_refused_with_one_message_and_leaves_no_half_key()
    {
        using var folder = new TempFolder();
        using var disk = new SmallDisk(2);
        var (data, definitions) = (Path.Combine(disk.Path, "data"), TestDefinitions.Write(folder));
        Directory.CreateDirectory(data);
        var ballast = Path.Combine(disk.Path, "ballast");
        FillUp(ballast, leave: 0);

        await using var full = TriggersProgram.BeginServe(data, definitions);
        await full.WaitForExitAsync();
        var left = Directory.GetFiles(data);

        Assert.Equal(1, full.ExitCode);
        Assert.Contains("management.key cannot be written", full.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", full.Output, StringComparison.Ordinal);
        Assert.Empty(left);
    }

    [SmallDiskFact]
    public async Task An_import_that_waits_for_room_says_so()
    {
        using var folder = new TempFolder();
        using var disk = new SmallDisk(48);
        await using var program = await TriggersProgram.ServeAsync(Path.Combine(disk.Path, "data"), TestDefinitions.Write(folder));
        var ballast = Path.Combine(disk.Path, "ballast");
        FillUp(ballast, leave: 0);
        var row = """{"type":"track","event":"Product Viewed","userId":"a","timestamp":"2026-01-02T03:04:05Z","properties":{"text":"PAD"}}""".Replace("PAD", new string('x', 1_000), StringComparison.Ordinal);
        var file = folder.Write("events.ndjson", string.Join('\n', Enumerable.Repeat(row, 3_000)));
        await using var import = TriggersProgram.Begin("import", file, "--data", program.Data);
        await Wait.UntilAsync("the import says what it waits for", () => import.Output.Contains("waiting: The disk takes no more data", StringComparison.Ordinal), () => import.Output);
        File.Delete(ballast);
        await import.WaitForExitAsync();

        Assert.True(import.ExitCode == 0, import.Output);
        Assert.Contains("3,000 imported", import.Output, StringComparison.Ordinal);
    }

    /// <summary>A hundred events with bodies that fill a disk soon.</summary>
    private static string Batch(int number)
    {
        var batch = new JsonArray();
        for (var i = 0; i < 100; i++)
        {
            batch.Add((JsonNode)new JsonObject
            {
                ["type"] = "track",
                ["event"] = "Product Viewed",
                ["userId"] = "bob",
                ["messageId"] = $"full-{number}-{i}",
                ["properties"] = new JsonObject { ["text"] = string.Concat(Enumerable.Range(0, 40).Select(part => Guid.NewGuid().ToString("N"))) },
            });
        }

        return new JsonObject { ["batch"] = batch }.ToJsonString();
    }

    private static void FillUp(string path, int leave = 4)
    {
        using var file = new FileStream(path, FileMode.Create);
        var block = new byte[256 * 1024];
        try
        {
            while (true)
            {
                file.Write(block);
                file.Flush();
            }
        }
        catch (IOException)
        {
            // Full: some blocks are given back where the start of the test is not to be the end of the disk.
            file.SetLength(Math.Max(0, file.Length - (leave * block.Length)));
        }
    }
}
