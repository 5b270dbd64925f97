using System.Net;
using System.Text.RegularExpressions;
using Triggers.EndToEnd.Tests.Harness;

namespace Triggers.EndToEnd.Tests;

public sealed partial class StartTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_server_says_where_everything_is_and_its_link_signs_a_browser_in_once()
    {
        await using var program = await TriggersProgram.ServeAsync(_folder.Data, TestDefinitions.Write(_folder));
        await Wait.UntilAsync("the banner is printed", () => program.Output.Contains("host: embedded", StringComparison.Ordinal), () => program.Output);

        var link = SignInLink().Match(program.Output).Value;
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var browser = new HttpClient(handler);
        using var first = await browser.GetAsync(link);
        using var second = await browser.GetAsync(link);
        using var stats = await browser.GetAsync($"{program.Url}/api/v1/stats");
        using var stranger = new HttpClient();
        using var refused = await stranger.GetAsync($"{program.Url}/api/v1/stats");

        var cookie = Assert.Single(first.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.False(second.Headers.Contains("Set-Cookie"));
        Assert.Equal(HttpStatusCode.OK, stats.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Contains("shop-web", program.Output, StringComparison.Ordinal);
        Assert.Contains("management.key", program.Output, StringComparison.Ordinal);
        Assert.Contains("/api", program.Output, StringComparison.Ordinal);
        Assert.Contains("/mailbox", program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_management_key_is_made_once_and_only_its_owner_can_read_it()
    {
        var definitions = TestDefinitions.Write(_folder);
        string key;
        await using (var first = await TriggersProgram.ServeAsync(_folder.Data, definitions))
        {
            key = first.ManagementKey;
            Assert.Equal(0, await first.StopAsync());
        }

        await using var second = await TriggersProgram.ServeAsync(_folder.Data, definitions);

        Assert.Equal(key, second.ManagementKey);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder.Data, "management.key")));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder.Data));
        }
    }

    [Fact]
    public async Task The_webhook_secret_is_kept_for_receivers_unless_it_is_configured()
    {
        var definitions = TestDefinitions.Write(_folder);
        _folder.Write("definitions/campaigns/hook.yaml", """
            campaign: hook
            trigger: { event: Signed Up }
            steps:
              - send: { channel: webhook, url: "https://crm.example/hook" }
            """);
        var file = Path.Combine(_folder.Data, "webhook.secret");
        await using (var first = await TriggersProgram.ServeAsync(_folder.Data, definitions))
        {
            await Wait.UntilAsync("the banner is printed", () => first.Output.Contains("host: embedded", StringComparison.Ordinal), () => first.Output);
            Assert.Contains($"webhook secret  {file}", first.Output, StringComparison.Ordinal);
            Assert.StartsWith("whsec_", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }

            Assert.Equal(0, await first.StopAsync());
        }

        var configured = new Dictionary<string, string> { ["Channels__Webhook__Secret"] = "a-secret-of-the-shop" };
        await using var second = await TriggersProgram.ServeAsync(_folder.Data, definitions, environment: configured);

        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task A_second_process_on_the_same_data_folder_is_refused()
    {
        var definitions = TestDefinitions.Write(_folder);
        await using var first = await TriggersProgram.ServeAsync(_folder.Data, definitions);

        await using var second = TriggersProgram.BeginServe(_folder.Data, definitions);
        await second.WaitForExitAsync();

        AssertOneMessage(second, "in use by another process");
        using var api = first.Client();
        Assert.Equal(0, (await api.GetJsonAsync("/api/v1/stats")).Number("events.total"));
    }

    [Fact]
    public async Task A_port_in_use_is_refused()
    {
        var definitions = TestDefinitions.Write(_folder);
        await using var first = await TriggersProgram.ServeAsync(_folder.Data, definitions);

        await using var second = TriggersProgram.BeginServe(Path.Combine(_folder.Path, "other"), definitions, first.Port);
        await second.WaitForExitAsync();

        AssertOneMessage(second, $"Port {first.Port}");
    }

    [Fact]
    public async Task Broken_definitions_are_refused_with_file_and_line()
    {
        var definitions = TestDefinitions.Write(_folder, "broken: \"count('x', within 3q) >= 2\"");

        await using var program = TriggersProgram.BeginServe(_folder.Data, definitions);
        await program.WaitForExitAsync();
        await using var validate = await TriggersProgram.RunAsync("validate", definitions);

        Assert.NotEqual(0, program.ExitCode);
        Assert.Contains("segments.yaml:3:", program.Output, StringComparison.Ordinal);
        Assert.NotEqual(0, validate.ExitCode);
        Assert.Contains("segments.yaml:3:", validate.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_refused()
    {
        var file = _folder.Write("a-file", "not a folder");

        await using var program = TriggersProgram.BeginServe(Path.Combine(file, "data"), TestDefinitions.Write(_folder));
        await program.WaitForExitAsync();

        AssertOneMessage(program, "cannot be written");
    }

    [Theory]
    [InlineData("store.db", "is not a store of this program")]
    [InlineData("appsettings.json", "appsettings.json cannot be read")]
    public async Task A_file_that_is_not_what_it_should_be_is_refused(string name, string expected)
    {
        Directory.CreateDirectory(_folder.Data);
        await File.WriteAllTextAsync(Path.Combine(_folder.Data, name), string.Concat(Enumerable.Repeat("{ not this ", 1_000)));

        await using var program = TriggersProgram.BeginServe(_folder.Data, TestDefinitions.Write(_folder));
        await program.WaitForExitAsync();

        AssertOneMessage(program, expected);
    }

    [Fact]
    public async Task A_file_that_may_not_be_touched_is_named()
    {
        // Even for who may do everything, a folder is no file.
        Directory.CreateDirectory(Path.Combine(_folder.Data, "webhook.secret"));

        await using var program = TriggersProgram.BeginServe(_folder.Data, TestDefinitions.Write(_folder));
        await program.WaitForExitAsync();

        AssertOneMessage(program, "webhook.secret' is denied");
    }

    [Theory]
    [InlineData("--data")]
    [InlineData("--definitions")]
    public async Task A_folder_without_a_name_ends_with_2(string option)
    {
        await using var program = await TriggersProgram.RunAsync("serve", option, "");

        Assert.Equal(2, program.ExitCode);
        AssertOneMessage(program, $"{option}: the name of a folder was expected");
    }

    [Fact]
    public async Task What_the_demo_needs_is_asked_for_at_the_start()
    {
        var definitions = TestDefinitions.Write(_folder);
        await using var rate = await TriggersProgram.RunAsync("serve", "--data", _folder.Data, "--definitions", definitions, "--demo-rate", "50");
        File.Delete(Path.Combine(definitions, "sources.yaml"));
        await using var demo = await TriggersProgram.RunAsync("serve", "--data", _folder.Data, "--definitions", definitions, "--demo");
        await using var validate = await TriggersProgram.RunAsync("validate", definitions);

        Assert.Equal(2, rate.ExitCode);
        AssertOneMessage(rate, "give --demo with it");
        AssertOneMessage(demo, "have none: add a sources.yaml");
        Assert.Equal(0, validate.ExitCode);
        Assert.Contains("warning: without a source", validate.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TriggersProgram.SigInt)]
    [InlineData(TriggersProgram.SigTerm)]
    public async Task A_signal_drains_and_ends_with_0_and_the_next_start_has_everything(int signal)
    {
        var definitions = TestDefinitions.Write(_folder);
        await using (var program = await TriggersProgram.ServeAsync(_folder.Data, definitions))
        {
            using var site = program.Site();
            await site.TrackAsync("ada", "Product Viewed");
            program.Signal(signal);
            await program.WaitForExitAsync();
            Assert.Equal(0, program.ExitCode);
        }

        await using var again = await TriggersProgram.ServeAsync(_folder.Data, definitions);
        using var api = again.Client();
        Assert.Equal(1, await api.EventsOfAsync("ada"));
    }

    [Fact]
    public async Task An_unknown_option_ends_with_2_and_says_which()
    {
        await using var program = await TriggersProgram.RunAsync("serve", "--frobnicate");

        Assert.Equal(2, program.ExitCode);
        Assert.Contains("--frobnicate", program.Output, StringComparison.Ordinal);
    }

    private static void AssertOneMessage(TriggersProgram program, string expected)
    {
        Assert.NotEqual(0, program.ExitCode);
        Assert.Contains(expected, program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", program.Output, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"http://\S+/sign-in\?token=\S+")]
    private static partial Regex SignInLink();
}
