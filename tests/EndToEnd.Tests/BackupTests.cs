using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Triggers.EndToEnd.Tests.Harness;
using Triggers.Tests.Shared;

namespace Triggers.EndToEnd.Tests;

/// <summary>Back-up and restore of a server under load, as operators do it, on both stores.</summary>
public sealed class BackupTests : IAsyncLifetime
{
    private const int Senders = 4;

    private readonly TempFolder _folder = new();
    private readonly SmtpServer _smtp = new();

    /// <summary>Events acknowledged, by customer.</summary>
    private readonly ConcurrentDictionary<string, long> _acknowledged = new();

    private string _definitions = null!;

    private string Backup => Path.Combine(_folder.Path, "backup");

    private string Restored => Path.Combine(_folder.Path, "restored");

    public Task InitializeAsync()
    {
        _definitions = TestDefinitions.Write(_folder);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _smtp.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_back_up_of_a_running_server_restores_to_one_instant_and_mails_nobody_twice()
    {
        Dictionary<string, long> before;
        Dictionary<string, long> after;
        await using (var program = await ServeAsync(_folder.Data))
        {
            using var stop = new CancellationTokenSource();
            var load = LoadAsync(program, stop.Token);
            await Wait.UntilAsync("there is something to back up", () => _acknowledged.Values.Sum() > 400, () => program.Output);
            for (var kill = 0; kill < 3; kill++)
            {
                await KillBackupAsync(kill);
            }

            before = new Dictionary<string, long>(_acknowledged);
            await using (var taken = await TriggersProgram.RunAsync("backup", Backup, "--data", _folder.Data))
            {
                Assert.True(taken.ExitCode == 0, taken.Output);
                Assert.Contains("messages queued", taken.Output, StringComparison.Ordinal);
            }

            after = new Dictionary<string, long>(_acknowledged);
            await stop.CancelAsync();
            await load;
            await using var again = await TriggersProgram.RunAsync("backup", Backup, "--data", _folder.Data);
            Assert.Equal(1, again.ExitCode);
            Assert.Contains("overwrites nothing", again.Output, StringComparison.Ordinal);
            await program.KillAsync();
        }

        await using (var restore = await TriggersProgram.RunAsync("restore", Backup, "--data", Restored))
        {
            Assert.True(restore.ExitCode == 0, restore.Output);
            Assert.Contains("Sending is paused", restore.Output, StringComparison.Ordinal);
        }

        await using (var program = await ServeAsync(Restored))
        {
            using var api = program.Client();
            await AssertOneInstantAsync(api, before, after);
            Assert.Contains("restored from a back-up", (await api.GetJsonAsync("/api/v1/stats")).GetProperty("sendingPausedBecause").GetString(), StringComparison.Ordinal);
            await AssertNobodyIsMailedTwiceAsync(program, api);
            Assert.Equal(0, await program.StopAsync());
        }

        await AssertReplayAgreesAsync("--data", Restored);
    }

    [Fact]
    public async Task A_damaged_back_up_and_a_folder_in_use_are_refused_with_one_message()
    {
        await using var program = await ServeAsync(_folder.Data);
        await using (var taken = await TriggersProgram.RunAsync("backup", Backup, "--data", _folder.Data))
        {
            Assert.True(taken.ExitCode == 0, taken.Output);
        }

        await RefusedAsync("is not empty", "restore", Backup, "--data", _folder.Data);
        await RefusedAsync("is in use by another process", "compact", "--data", _folder.Data);
        var database = Path.Combine(Backup, "store.db");
        await using (var file = File.Open(database, FileMode.Open))
        {
            file.Position = file.Length / 2;
            file.WriteByte(0x55);
            file.WriteByte(0xAA);
        }

        await RefusedAsync("is damaged: store.db has", "restore", Backup, "--data", Restored);
        await RefusedAsync("has no manifest.json", "restore", _folder.Path, "--data", Restored);
        Assert.Equal(0, await program.StopAsync());
        await using var compacted = await TriggersProgram.RunAsync("compact", "--data", _folder.Data);
        Assert.True(compacted.ExitCode == 0, compacted.Output);
        Assert.Contains("MB freed", compacted.Output, StringComparison.Ordinal);
    }

    [PostgresToolsFact("pg_dump", "pg_restore")]
    public async Task A_dump_of_a_running_server_restores_to_one_instant_and_mails_nobody_twice()
    {
        var server = await PostgresServer.SharedAsync();
        var schema = "backup_" + Guid.NewGuid().ToString("N");
        var connection = server.ConnectionString(schema);
        var port = server.Port.ToString(CultureInfo.InvariantCulture);
        Dictionary<string, long> before;
        Dictionary<string, long> after;
        await using (var program = await ServeAsync(_folder.Data, "--connection", connection))
        {
            using var stop = new CancellationTokenSource();
            var load = LoadAsync(program, stop.Token);
            await Wait.UntilAsync("there is something to back up", () => _acknowledged.Values.Sum() > 400, () => program.Output);
            before = new Dictionary<string, long>(_acknowledged);
            await RunToolAsync("pg_dump", "-h", "127.0.0.1", "-p", port, "-U", "triggers", "-d", "postgres", "-n", schema, "-Fc", "-f", Backup);
            after = new Dictionary<string, long>(_acknowledged);
            await stop.CancelAsync();
            await load;
            await program.KillAsync();
        }

        await server.ExecuteAsync($"CREATE DATABASE {schema}");
        await RunToolAsync("pg_restore", "-h", "127.0.0.1", "-p", port, "-U", "triggers", "-d", schema, "--exit-on-error", Backup);
        var restored = connection.Replace("Database=postgres", $"Database={schema}", StringComparison.Ordinal);
        await using (var program = await ServeAsync(_folder.Data, "--connection", restored))
        {
            using var api = program.Client();
            await AssertOneInstantAsync(api, before, after);
            Assert.Contains("is a copy of another database", (await api.GetJsonAsync("/api/v1/stats")).GetProperty("sendingPausedBecause").GetString(), StringComparison.Ordinal);
            await AssertNobodyIsMailedTwiceAsync(program, api);
            Assert.Equal(0, await program.StopAsync());
        }

        await AssertReplayAgreesAsync("--data", _folder.Data, "--connection", restored);
        await RefusedAsync("is backed up with pg_dump", new Dictionary<string, string> { ["Store__Connection"] = restored }, "backup", Restored, "--data", _folder.Data);
        await server.ExecuteAsync($"DROP DATABASE {schema}");
        await server.ExecuteAsync($"DROP SCHEMA {schema} CASCADE");
    }

    [PostgresToolsFact("pg_basebackup")]
    public async Task A_server_whose_database_was_brought_to_a_point_in_time_has_that_moment_and_sends_nothing_until_resumed()
    {
        Dictionary<string, long> before;
        Dictionary<string, long> after;
        string instant;
        await using var lost = await PostgresServer.StartAsync(fsync: true, archives: true);
        await using (var program = await ServeAsync(_folder.Data, "--connection", lost.ConnectionString()))
        {
            using var stop = new CancellationTokenSource();
            var load = LoadAsync(program, stop.Token);
            await Wait.UntilAsync("there is something to back up", () => _acknowledged.Values.Sum() > 400, () => program.Output);
            await RunToolAsync("pg_basebackup", "-h", "127.0.0.1", "-p", lost.Port.ToString(CultureInfo.InvariantCulture), "-U", "triggers", "-D", Backup, "-c", "fast");
            var taken = _acknowledged.Values.Sum();
            await Wait.UntilAsync("more came after the base back-up", () => _acknowledged.Values.Sum() > taken + 400, () => program.Output);
            before = new Dictionary<string, long>(_acknowledged);
            instant = (string)(await lost.ScalarAsync("SELECT clock_timestamp()::text"))!;
            await lost.ExecuteAsync("SELECT pg_create_restore_point('noon')");
            after = new Dictionary<string, long>(_acknowledged);
            await Wait.UntilAsync("it goes on until the accident", () => _acknowledged.Values.Sum() > after.Values.Sum() + 400, () => program.Output);
            await stop.CancelAsync();
            await load;
            await program.KillAsync();
        }

        await lost.ExecuteAsync("TRUNCATE customers, messages, counters");
        await lost.ArchiveAsync();
        await lost.StopAsync();

        foreach (var target in new[] { "recovery_target_name = 'noon'", $"recovery_target_time = '{instant}'" })
        {
            await using var recovered = await PostgresServer.RecoverAsync(Backup, lost.Archive, target);
            await using (var program = await ServeAsync(_folder.Data, "--paused", "--connection", recovered.ConnectionString()))
            {
                using var api = program.Client();
                await AssertOneInstantAsync(api, before, after);
                Assert.True((await api.GetJsonAsync("/api/v1/stats")).GetProperty("sendingPaused").GetBoolean(), program.Output);
                if (target.StartsWith("recovery_target_name", StringComparison.Ordinal))
                {
                    await AssertNobodyIsMailedTwiceAsync(program, api);
                }

                Assert.Equal(0, await program.StopAsync());
            }

            await AssertReplayAgreesAsync("--data", _folder.Data, "--connection", recovered.ConnectionString());
        }
    }

    [Fact]
    public async Task A_server_told_to_begin_paused_sends_nothing_until_it_is_resumed()
    {
        await using var program = await ServeAsync(_folder.Data, "--paused");
        using var api = program.Client();
        using var site = program.Site();
        await site.IdentifyAsync("ada", "ada@example.com");
        await site.TrackAsync("ada", "Signed Up");
        await Wait.UntilAsync("the mail is queued", async () => (await api.GetJsonAsync("/api/v1/stats")).Number("messages.queued") == 1, () => program.Output);
        Assert.Empty(_smtp.Mails);

        using var resumed = await api.PostAsync("/api/v1/sending/resume", null);

        Assert.True(resumed.IsSuccessStatusCode);
        await Wait.UntilAsync("the mail is at the SMTP server", () => _smtp.Mails.Count == 1, () => program.Output);
    }

    private Task<TriggersProgram> ServeAsync(string data, params string[] more) => TriggersProgram.ServeAsync(data, _definitions, 0, _smtp.Configuration, more);

    /// <summary>SIGKILL as soon as it writes: what is left is no back-up, and in nobody's way.</summary>
    private async Task KillBackupAsync(int number)
    {
        var target = $"{Backup}-killed-{number}";
        await using (var killed = TriggersProgram.Begin("backup", target, "--data", _folder.Data))
        {
            await Wait.UntilAsync("the back-up is being written", () => Directory.Exists(target + ".partial") || killed.HasExited, () => killed.Output);
            await killed.KillAsync();
        }

        if (!Directory.Exists(target))
        {
            await RefusedAsync("has no manifest.json", "restore", target + ".partial", "--data", Restored);
            await using var again = await TriggersProgram.RunAsync("backup", target, "--data", _folder.Data);
            Assert.True(again.ExitCode == 0, again.Output);
        }

        Assert.False(Directory.Exists(target + ".partial"));
    }

    private static async Task RefusedAsync(string why, params string[] arguments) => await RefusedAsync(why, new Dictionary<string, string>(), arguments);

    private static async Task RefusedAsync(string why, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        await using var refused = TriggersProgram.Begin(environment, arguments);
        await refused.WaitForExitAsync();
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(why, refused.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refused.Output, StringComparison.Ordinal);
    }

    /// <summary>Each sender's customers sign up, and then view, one event after another.</summary>
    private Task LoadAsync(TriggersProgram program, CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, Senders).Select(async sender =>
    {
        using var site = program.Site();
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            var customer = string.Create(CultureInfo.InvariantCulture, $"s{sender}c{number / 3}");
            if (number % 3 == 0)
            {
                await site.IdentifyAsync(customer, $"{customer}@example.com");
            }
            else
            {
                await site.TrackAsync(customer, number % 3 == 1 ? "Signed Up" : "Product Viewed");
            }

            _acknowledged.AddOrUpdate(customer, 1, (_, count) => count + 1);
        }
    }));

    /// <summary>Everything acknowledged before is in it, nothing that came after, and counters agree with a recount of the customers.</summary>
    private static async Task AssertOneInstantAsync(HttpClient api, Dictionary<string, long> before, Dictionary<string, long> after)
    {
        await api.WaitAppliedAsync();
        var stats = await api.GetJsonAsync("/api/v1/stats");
        long total = 0;
        long customers = 0;
        long signedUp = 0;
        foreach (var name in after.Keys)
        {
            var customer = await api.CustomerAsync(name);
            var events = customer?.Number("events.total") ?? 0;

            // One more may have been on disk and not yet counted by its sender.
            Assert.InRange(events, before.GetValueOrDefault(name), after[name] + 1);
            total += events;
            customers += events > 0 ? 1 : 0;
            signedUp += customer?.GetProperty("events").GetProperty("byName").TryGetProperty("Signed Up", out _) == true ? 1 : 0;
        }

        // A customer that each sender had begun but not counted may be there, too.
        Assert.InRange(stats.Number("events.total"), total, total + Senders);
        Assert.InRange(stats.Number("customers.total"), customers, customers + Senders);
        var welcome = await api.GetJsonAsync("/api/v1/campaigns/welcome/counters");
        Assert.Equal(signedUp, welcome.Number("entered"));
        Assert.Equal(signedUp, welcome.Number("decided"));
        Assert.Equal(stats.Number("messages.total"), stats.Number("messages.sent") + stats.Number("messages.queued"));
    }

    /// <summary>Resumed without what the lost server may have sent; then a newcomer's mail goes out.</summary>
    private async Task AssertNobodyIsMailedTwiceAsync(TriggersProgram program, HttpClient api)
    {
        var mailed = _smtp.Mails.Count;
        var instant = Uri.EscapeDataString(DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture));
        using (var resumed = await api.PostAsync($"/api/v1/sending/resume?skipDecidedBefore={instant}", null))
        {
            Assert.True(resumed.IsSuccessStatusCode, await resumed.Content.ReadAsStringAsync());
        }

        using var site = program.Site();
        await site.IdentifyAsync("new", "new@example.com");
        await site.TrackAsync("new", "Signed Up");
        await Wait.UntilAsync("a newcomer's mail is at the SMTP server", () => _smtp.To("new@example.com").Count == 1, () => program.Output);
        await Wait.UntilAsync("all messages are done", async () => (await api.GetJsonAsync("/api/v1/stats")).Number("messages.queued") == 0, () => program.Output);
        await api.WaitAppliedAsync();
        Assert.Equal(mailed + 1, _smtp.Mails.Count);
        Assert.All(_smtp.Mails.GroupBy(mail => mail.Header("Message-ID")), mails => Assert.Single(mails));
    }

    private static async Task AssertReplayAgreesAsync(params string[] store)
    {
        await using var check = await TriggersProgram.RunAsync(["replay", "--check", .. store]);
        Assert.True(check.ExitCode == 0, check.Output);
        Assert.Contains(" 0 disagree,", check.Output, StringComparison.Ordinal);
    }

    private static async Task RunToolAsync(string tool, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(PostgresServer.FindTool(tool)!, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{tool}: {error}");
    }
}
