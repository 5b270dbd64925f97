using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Triggers.Silo.Cli;

namespace Triggers.Silo.Bench;

/// <summary>This very program, started again as a process of its own; killed with its owner's disposal if it does not end by itself.</summary>
public sealed class ProgramProcess : IAsyncDisposable
{
    /// <summary>Set for the generator alone: a server that ran its requests on the thread that polls sockets would be another server.</summary>
    public const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    private const int SigTerm = 15;

    /// <summary>Sections of the configuration that would lead it to somebody's store, cluster or recipients: what this process's environment says of them is not for it.</summary>
    private static readonly string[] _elsewhere = ["Store", "Cluster", "Channels", "Runtime", "ManagementKey"];

    private static readonly TimeSpan _readyWithin = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private ProgramProcess(Process process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Port { get; }

    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    public long PeakResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64;
        }
    }

    /// <summary>User and kernel time of all its threads since its start.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <param name="readyPath">Answers 200 once the process is ready.</param>
    public static async Task<ProgramProcess> StartAsync(IEnumerable<string> arguments, int port, string readyPath, IReadOnlyDictionary<string, string> environment, CancellationToken cancellation)
    {
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Remove(InlineCompletions);
        foreach (var name in start.Environment.Keys.Where(LeadsElsewhere).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var running = new ProgramProcess(Process.Start(start)!, port);
        running._process.OutputDataReceived += (_, line) => running.Keep(line.Data);
        running._process.ErrorDataReceived += (_, line) => running.Keep(line.Data);
        running._process.BeginOutputReadLine();
        running._process.BeginErrorReadLine();
        await running.WaitReadyAsync(readyPath, cancellation);
        return running;
    }

    private static bool LeadsElsewhere(string variable) => _elsewhere.Contains(variable.Split(["__", ":"], StringSplitOptions.None)[0], StringComparer.OrdinalIgnoreCase);

    /// <summary>SIGTERM, and waits for the process to drain.</summary>
    public async Task StopAsync()
    {
        if (!_process.HasExited)
        {
            _ = Kill(_process.Id, SigTerm);
            try
            {
                await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
            }
            catch (TimeoutException)
            {
                throw new UserErrorException("The server did not stop within 60 s of SIGTERM: nothing was measured.");
            }
        }
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private async Task WaitReadyAsync(string path, CancellationToken cancellation)
    {
        using var client = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}")) };
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(started) > _readyWithin)
            {
                throw new UserErrorException($"The measured program did not become ready:\n{Output()}");
            }

            try
            {
                using var response = await client.GetAsync(path, cancellation);
                if (response.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(50, cancellation);
        }
    }

    public string Output()
    {
        lock (_output)
        {
            return _output.ToString();
        }
    }

    private void Keep(string? line)
    {
        lock (_output)
        {
            if (line is not null && _output.Length < 64 * 1024)
            {
                _output.AppendLine(line);
            }
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
