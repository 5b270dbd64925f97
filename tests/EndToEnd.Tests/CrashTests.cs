using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Triggers.EndToEnd.Tests.Harness;
using Triggers.Tests.Shared;

namespace Triggers.EndToEnd.Tests;

/// <summary>The built program, killed again and again under load: what was acknowledged is there, once, and nobody gets a message decided twice.</summary>
public abstract class CrashTests : IAsyncLifetime
{
    private const int Customers = 200;
    private const int Senders = 8;

    private readonly TempFolder _folder = new();
    private readonly SmtpServer _smtp = new();
    private readonly ConcurrentDictionary<string, int> _acknowledged = new();
    private readonly ConcurrentDictionary<string, bool> _signedUp = new();

    /// <summary>What the program is told of its store.</summary>
    protected IReadOnlyDictionary<string, string> Store { get; set; } = new Dictionary<string, string>();

    /// <summary>What it runs on.</summary>
    protected string Runtime { get; set; } = "embedded";

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _smtp.DisposeAsync();
        _folder.Dispose();
    }

    [EngineFact]
    public async Task Killed_again_and_again_under_load_it_loses_nothing_and_decides_nothing_twice()
    {
        var kills = Soak.IsLong ? 40 : 6;
        var definitions = TestDefinitions.Write(_folder);
        var port = TriggersProgram.FreePort();
        var random = new Random(17);
        var environment = _smtp.Configuration.Concat(Store).Append(new("Runtime", Runtime)).ToDictionary();
        using var stop = new CancellationTokenSource();
        Task[] senders = [];
        for (var kill = 0; kill < kills; kill++)
        {
            await using var program = await TriggersProgram.ServeAsync(_folder.Data, definitions, port, environment);
            if (kill == 0)
            {
                senders = [.. Enumerable.Range(0, Senders).Select(sender => SendAsync(program.Url, sender, stop.Token))];
            }

            var before = _acknowledged.Values.Sum();
            var patience = random.Next(200, 1200);
            await Wait.UntilAsync("events are acknowledged after the restart", () => _acknowledged.Values.Sum() > before + patience, () => program.Output);
            await program.KillAsync();
        }

        await using var last = await TriggersProgram.ServeAsync(_folder.Data, definitions, port, environment);
        var enough = _acknowledged.Values.Sum() + 200;
        await Wait.UntilAsync("events are acknowledged after the last restart", () => _acknowledged.Values.Sum() > enough, () => last.Output);
        await stop.CancelAsync();
        await Task.WhenAll(senders);
        using var api = last.Client();
        await api.WaitAppliedAsync();
        await Wait.UntilAsync("every message is done", async () => (await api.GetJsonAsync("/api/v1/stats")).Number("messages.queued") == 0, () => last.Output);
        await api.WaitAppliedAsync();

        await AssertEveryEventIsThereOnceAsync(api);
        await AssertEveryMessageIsDecidedOnceAsync(api);
        await AssertReplaysAgreeAsync(last, api);
    }

    private async Task AssertEveryEventIsThereOnceAsync(HttpClient api)
    {
        long total = 0;
        foreach (var (customer, acknowledged) in _acknowledged)
        {
            var events = await api.EventsOfAsync(customer);
            total += events;
            Assert.Equal(acknowledged, events);
        }

        Assert.Equal(total, (await api.GetJsonAsync("/api/v1/stats")).Number("events.total"));
    }

    private async Task AssertEveryMessageIsDecidedOnceAsync(HttpClient api)
    {
        var counters = await api.GetJsonAsync("/api/v1/campaigns/welcome/counters");
        var entered = _signedUp.Count;
        Assert.Equal(entered, counters.Number("entered"));
        Assert.Equal(entered, counters.Number("decided"));
        Assert.Equal(entered, counters.Number("sent"));
        foreach (var customer in _signedUp.Keys)
        {
            // Handing over is at least once with one Message-ID: a kill between the hand-over and its record may repeat the mail, never the decision.
            Assert.Single(_smtp.To($"{customer}@example.com").Select(mail => mail.Header("Message-ID")).Distinct());
        }
    }

    private async Task AssertReplaysAgreeAsync(TriggersProgram last, HttpClient api)
    {
        var replay = await api.GetJsonAsync("/api/v1/stats");
        Assert.True(replay.Number("replay.compared") > 0, "the last recovery compared nothing");
        Assert.Equal(0, replay.Number("replay.disagreements"));
        await last.StopAsync();
        await using var check = await TriggersProgram.RunAsync(["replay", "--check", "--data", last.Data, .. Store.SelectMany(setting => new[] { "--connection", setting.Value })]);
        Assert.True(check.ExitCode == 0, check.Output);
    }

    /// <summary>Sends until stopped; every event again, with its messageId, until it is acknowledged. A customer belongs to one sender.</summary>
    private async Task SendAsync(string url, int sender, CancellationToken stop)
    {
        using var client = new HttpClient { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(5) };
        client.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String("shop-web:"u8));
        var random = new Random(sender);
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            var batch = new JsonArray();
            var customers = new List<string>();
            var newcomers = new List<string>();
            for (var i = 0; i < 10; i++)
            {
                var customer = string.Create(CultureInfo.InvariantCulture, $"c{sender + (Senders * random.Next(Customers / Senders))}");
                var isNew = !newcomers.Contains(customer) && !_signedUp.ContainsKey(customer);
                if (isNew)
                {
                    newcomers.Add(customer);
                    Add(batch, customers, customer, new JsonObject { ["type"] = "identify", ["traits"] = new JsonObject { ["email"] = $"{customer}@example.com" } }, $"{sender}-{number}-{i}-i");
                }

                Add(batch, customers, customer, new JsonObject { ["type"] = "track", ["event"] = isNew ? "Signed Up" : "Product Viewed" }, $"{sender}-{number}-{i}");
            }

            await AcknowledgeAsync(client, new JsonObject { ["batch"] = batch }.ToJsonString());
            foreach (var customer in customers)
            {
                _acknowledged.AddOrUpdate(customer, 1, (_, count) => count + 1);
            }

            foreach (var customer in newcomers)
            {
                _signedUp.TryAdd(customer, true);
            }
        }
    }

    private static void Add(JsonArray batch, List<string> customers, string customer, JsonObject call, string messageId)
    {
        call["userId"] = customer;
        call["messageId"] = messageId;
        batch.Add((JsonNode)call);
        customers.Add(customer);
    }

    /// <summary>Tries until it is acknowledged, also after the test asked for the end: nothing is left in the air.</summary>
    private static async Task AcknowledgeAsync(HttpClient client, string body)
    {
        for (var attempt = 0; attempt < 2_000; attempt++)
        {
            try
            {
                using var content = new StringContent(body, Encoding.UTF8, "application/json");
                using var response = await client.PostAsync("/v1/batch", content, CancellationToken.None);
                if (response.StatusCode == HttpStatusCode.OK)
                {
                    return;
                }
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException or IOException)
            {
                // Killed under our hands: the next process gets it again.
            }

            await Task.Delay(20, CancellationToken.None);
        }

        throw new TimeoutException("A batch was not acknowledged in 2,000 attempts.");
    }
}

public sealed class SqliteCrashTests : CrashTests;

[NeedsPostgres]
public sealed class PostgresCrashTests : CrashTests
{
    public override async Task InitializeAsync()
    {
        var server = await PostgresServer.SharedAsync();
        Store = new Dictionary<string, string> { ["Store__Connection"] = server.ConnectionString("crash_" + Guid.NewGuid().ToString("N")) };
    }
}

[NeedsOrleans]
public sealed class OrleansCrashTests : CrashTests
{
    public override Task InitializeAsync()
    {
        Runtime = "orleans";
        return Task.CompletedTask;
    }
}
