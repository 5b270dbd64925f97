using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Triggers.EndToEnd.Tests.Harness;

/// <summary>The built program as users run it: a process on a data folder, with everything it printed.</summary>
public sealed class TriggersProgram : IAsyncDisposable
{
    public const int SigInt = 2;
    public const int SigTerm = 15;
    public const int SigCont = 18;
    public const int SigStop = 19;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private TriggersProgram(Process process, int port, string data, string host)
    {
        _process = process;
        Host = host;
        Port = port;
        Data = data;
    }

    public int Port { get; }

    /// <summary>Where it listens.</summary>
    public string Host { get; }

    public string Data { get; }

    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://{Host}:{Port}");

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public string ManagementKey => File.ReadAllText(Path.Combine(Data, "management.key")).Trim();

    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <summary>Runs a command to its end.</summary>
    public static Task<TriggersProgram> RunAsync(params string[] arguments) => RunAsync(s_patience, arguments);

    /// <summary>Runs a command that may take longer to its end.</summary>
    public static async Task<TriggersProgram> RunAsync(TimeSpan patience, params string[] arguments)
    {
        var program = Launch(arguments, 0, "", []);
        await program.WaitForExitAsync(patience);
        return program;
    }

    /// <summary>Starts a command without waiting for it.</summary>
    public static TriggersProgram Begin(params string[] arguments) => Launch(arguments, 0, "", []);

    public static TriggersProgram Begin(IReadOnlyDictionary<string, string> environment, params string[] arguments) => Launch(arguments, 0, "", environment);

    /// <summary>Starts a server and waits until it is ready.</summary>
    public static async Task<TriggersProgram> ServeAsync(string data, string definitions, int port = 0, IReadOnlyDictionary<string, string>? environment = null, params string[] more)
    {
        var program = BeginServe(data, definitions, port, environment, more);
        try
        {
            await program.WaitReadyAsync();
            return program;
        }
        catch
        {
            await program.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a server without waiting for it.</summary>
    public static TriggersProgram BeginServe(string data, string definitions, int port = 0, IReadOnlyDictionary<string, string>? environment = null, params string[] more)
    {
        port = port == 0 ? FreePort() : port;
        return Launch(["serve", "--port", port.ToString(CultureInfo.InvariantCulture), "--data", data, "--definitions", definitions, .. more], port, data, environment ?? new Dictionary<string, string>());
    }

    /// <summary>Until it says that it is ready.</summary>
    public async Task WaitReadyAsync()
    {
        using var client = new HttpClient { BaseAddress = new Uri(Url) };
        await Wait.UntilAsync("the program is ready", async () =>
        {
            if (HasExited)
            {
                throw new InvalidOperationException($"The program ended with {ExitCode}:\n{Output}");
            }

            try
            {
                using var response = await client.GetAsync("/health/ready");
                return response.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, () => Output);
    }

    /// <summary>A client of the management API.</summary>
    public HttpClient Client()
    {
        var client = new HttpClient { BaseAddress = new Uri(Url) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ManagementKey);
        return client;
    }

    /// <summary>A client of the event API, as a site's server has it.</summary>
    public HttpClient Site(string writeKey = "shop-web")
    {
        var client = new HttpClient { BaseAddress = new Uri(Url) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(writeKey + ":")));
        return client;
    }

    /// <summary>SIGKILL: nothing is flushed, nothing is said.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
    }

    public void Signal(int signal) => _ = Kill(_process.Id, signal);

    public async Task<int> StopAsync()
    {
        Signal(SigTerm);
        await WaitForExitAsync();
        return ExitCode;
    }

    public Task WaitForExitAsync() => WaitForExitAsync(s_patience);

    public async Task WaitForExitAsync(TimeSpan patience)
    {
        using var over = new CancellationTokenSource(patience);
        try
        {
            await _process.WaitForExitAsync(over.Token);
        }
        catch (OperationCanceledException error)
        {
            throw new TimeoutException($"Waited {patience} for the program to end. It printed:\n{Output}", error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    /// <summary>Starts a server elsewhere than on the loopback, without waiting for it.</summary>
    /// <param name="command">What it is started by, such as <c>ip netns exec</c>.</param>
    public static TriggersProgram BeginServeAt(string host, IReadOnlyList<string> command, string data, string definitions, int port, IReadOnlyDictionary<string, string> environment, params string[] more) =>
        Launch(["serve", "--listen", host, "--port", port.ToString(CultureInfo.InvariantCulture), "--data", data, "--definitions", definitions, .. more], port, data, environment, host, command);

    private static TriggersProgram Launch(
        IReadOnlyList<string> arguments, int port, string data, IEnumerable<KeyValuePair<string, string>> environment, string host = "127.0.0.1", IReadOnlyList<string>? command = null)
    {
        string[] whole = [.. command ?? [], "dotnet"];
        var start = new ProcessStartInfo(whole[0], whole[1..]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(typeof(Silo.Cli.CommandLine).Assembly.Location);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var program = new TriggersProgram(Process.Start(start)!, port, data, host);
        program._process.OutputDataReceived += (_, line) => program.Keep(line.Data);
        program._process.ErrorDataReceived += (_, line) => program.Keep(line.Data);
        program._process.BeginOutputReadLine();
        program._process.BeginErrorReadLine();
        return program;
    }

    private void Keep(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
