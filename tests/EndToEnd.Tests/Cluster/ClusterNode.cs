using System.Globalization;
using System.Net.Http.Headers;
using Triggers.EndToEnd.Tests.Harness;

namespace Triggers.EndToEnd.Tests.Cluster;

/// <summary>
/// One process of a cluster: keeps its place (folder, ports, role) when it is killed and started again. One that ends by itself is started again, as a supervisor
/// does: on a machine that is busy enough the others may declare it dead at any time.
/// </summary>
/// <param name="network">The network that it is in, by number; null: this machine's.</param>
public sealed class ClusterNode(
    string name, string role, string data, string definitions, IReadOnlyDictionary<string, string> environment, (NetworkNamespaces All, int Number)? network) : IAsyncDisposable
{
    public const string ManagementKey = "the-key-of-all-processes";

    private const int StartsMax = 4;

    private readonly int _port = TriggersProgram.FreePort();
    private readonly string _host = network is var (all, number) ? all.AddressOf(number) : "127.0.0.1";
    private readonly string[] _options = ["--role", role, "--silo-port", Port(), "--gateway-port", Port()];
    private readonly List<TriggersProgram> _ended = [];
    private volatile TriggersProgram? _program;
    private volatile bool _isWanted;
    private Task _watching = Task.CompletedTask;

    public string Name => name;

    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://{_host}:{_port}");

    public TriggersProgram Program => _program ?? throw new InvalidOperationException($"{name} was not started.");

    /// <summary>Those that ended by themselves.</summary>
    public IReadOnlyList<TriggersProgram> Ended
    {
        get
        {
            lock (_ended)
            {
                return [.. _ended];
            }
        }
    }

    /// <summary>What it printed, also before it ended.</summary>
    public string Output => $"=== {name}\n{string.Join("\n--- again\n", Ended.Append(_program).Distinct().Select(program => program?.Output))}";

    public async Task StartAsync()
    {
        _isWanted = true;
        await LaunchAsync();
        _watching = WatchAsync();
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _isWanted = false;
        await Program.KillAsync();
        await WatchedAsync();
    }

    public async Task StopAsync()
    {
        _isWanted = false;
        Assert.True(await Program.StopAsync() == 0, Output);
        await WatchedAsync();
    }

    /// <summary>A client of the management API.</summary>
    public HttpClient Client()
    {
        var client = new HttpClient { BaseAddress = new Uri(Url), Timeout = TimeSpan.FromSeconds(20) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ManagementKey);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        _isWanted = false;
        if (_program is { } program)
        {
            await program.DisposeAsync();
        }

        await WatchedAsync();
    }

    /// <summary>Whoever watched has seen the end, before it could be wanted again.</summary>
    private async Task WatchedAsync() => await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task LaunchAsync()
    {
        var settings = new Dictionary<string, string>(environment) { ["ManagementKey"] = ManagementKey, ["NodeName"] = name };
        settings["Store__Connection"] += $";Application Name={name}";
        for (var attempt = 1; ; attempt++)
        {
            var program = TriggersProgram.BeginServeAt(_host, network?.All.CommandIn(network.Value.Number) ?? [], data, definitions, _port, settings, [.. _options, "--advertise", _host]);
            _program = program;
            try
            {
                await program.WaitReadyAsync();
                return;
            }
            catch (InvalidOperationException) when (_isWanted && attempt < StartsMax)
            {
                End(program);
            }
        }
    }

    private async Task WatchAsync()
    {
        while (_isWanted)
        {
            await Program.WaitForExitAsync(Timeout.InfiniteTimeSpan);
            if (_isWanted)
            {
                End(Program);
                await LaunchAsync();
            }
        }
    }

    private void End(TriggersProgram program)
    {
        lock (_ended)
        {
            _ended.Add(program);
        }
    }

    private static string Port() => TriggersProgram.FreePort().ToString(CultureInfo.InvariantCulture);
}
