using System.Diagnostics;
using Triggers.Channels;
using Triggers.Engine.Records;
using Triggers.Runtime.Tests.Support;
using Triggers.Storage.Sqlite;
using Xunit.Abstractions;

namespace Triggers.Runtime.Tests;

/// <summary>What only the real clock shows: nothing polls, and a saved file is noticed.</summary>
public sealed class RealTimeTests(ITestOutputHelper output) : IDisposable
{
    private readonly ListLogs _logs = new();

    [Fact]
    public async Task An_idle_server_hands_a_message_over_at_once()
    {
        using var data = new TempFolder();
        using var definitions = new TempFolder();
        SmallShop.WriteTo(definitions);
        var email = new RecordingChannel("email");
        var arrived = new SemaphoreSlim(0);
        email.Answer = _ =>
        {
            arrived.Release();
            return Task.FromResult(SendOutcome.Sent);
        };
        await using var store = await SqliteStore.OpenAsync(new SqliteStoreOptions { Folder = data.In("data") }, TimeProvider.System, _logs);
        await using var server = await StartAsync(store, definitions, email, watch: false);
        var times = new List<double>();
        for (var user = 0; user < 40; user++)
        {
            using var batch = new RecordBatch();
            ServerHarness.AddIdentify(batch, $"user{user}", """{"email":"a@example.com"}""", Now(), $"i{user}");
            batch.AddTrack(CustomerKey.User($"user{user}"), "Signed Up", Now(), $"s{user}");
            Assert.True((await server.Ingest.AppendAsync(batch).AsTask().WaitAsync(TimeSpan.FromSeconds(5))).IsOk);
            var acknowledged = Stopwatch.GetTimestamp();
            Assert.True(await arrived.WaitAsync(TimeSpan.FromSeconds(5)), "waited 5 s for the message to be handed to its channel");
            times.Add(Stopwatch.GetElapsedTime(acknowledged).TotalMilliseconds);
        }

        times.Sort();
        output.WriteLine($"acknowledged → channel: p50 {times[20]:0.00} ms, p90 {times[36]:0.00} ms, worst {times[^1]:0.00} ms");
        Assert.True(times[20] < 100, $"half of the messages took {times[20]:0.0} ms or more from acknowledgement to channel: something polls");
    }

    [Fact]
    public async Task A_saved_file_is_taken_in_while_the_folder_is_watched()
    {
        using var data = new TempFolder();
        using var definitions = new TempFolder();
        SmallShop.WriteTo(definitions);
        await using var store = await SqliteStore.OpenAsync(new SqliteStoreOptions { Folder = data.In("data") }, TimeProvider.System, _logs);
        await using var server = await StartAsync(store, definitions, new RecordingChannel("email"), watch: true);

        definitions.Write("segments.yaml", "viewers: count('Product Viewed', within 10m) >= 2\n");

        await ServerHarness.UntilAsync(() => server.Definitions.Version == 2, "the changed folder to be taken in");
    }

    public void Dispose()
    {
        output.WriteLine(_logs.Text);
        _logs.Dispose();
    }

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    private Task<TriggersServer> StartAsync(SqliteStore store, TempFolder definitions, RecordingChannel email, bool watch) => TriggersServer.StartAsync(
        new ServerOptions { DefinitionsFolder = definitions.Path, Watch = watch },
        store,
        new ChannelRegistry([email, new RecordingChannel("webhook")]),
        TimeProvider.System,
        _logs).WaitAsync(TimeSpan.FromSeconds(10));
}
