using System.Globalization;
using System.Net;

namespace Triggers.Silo.Bench;

/// <summary>A server of this very build in a process of its own, on a folder of the bench's, under the bench's definitions.</summary>
public sealed class BenchServer : IAsyncDisposable
{
    private readonly ProgramProcess _process;
    private readonly string _data;

    private BenchServer(ProgramProcess process, string data, string managementKey)
    {
        _process = process;
        _data = data;
        ManagementKey = managementKey;
        Endpoint = new IPEndPoint(IPAddress.Loopback, process.Port);
        Api = new ServerApi(Endpoint, managementKey);
    }

    public IPEndPoint Endpoint { get; }

    public string ManagementKey { get; }

    public ServerApi Api { get; }

    public ProgramProcess Process => _process;

    /// <summary>Of the data folder; of a stopped server it is what the store needs.</summary>
    public long BytesOnDisk => new DirectoryInfo(_data).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    public static string DefinitionsIn(string folder) => Path.Combine(folder, "definitions");

    public static string DataIn(string folder) => Path.Combine(folder, "data");

    /// <summary>Starts on <paramref name="folder"/>, where the definitions stand already, and waits until it is ready.</summary>
    /// <param name="sink">Takes the mail; null: it goes to the local mailbox.</param>
    /// <param name="settings">Further environment of the process.</param>
    public static async Task<BenchServer> StartAsync(string folder, SmtpSink? sink, IReadOnlyDictionary<string, string> settings, CancellationToken cancellation)
    {
        var environment = new Dictionary<string, string>(settings, StringComparer.Ordinal);
        if (sink is not null)
        {
            environment["Channels__Email__Smtp__Host"] = "127.0.0.1";
            environment["Channels__Email__Smtp__Port"] = Text(sink.Port);
            environment["Channels__Email__Smtp__Security"] = "none";
            environment["Channels__Email__Smtp__From"] = "bench@example.com";
        }

        var port = ProgramProcess.FreePort();
        var data = DataIn(folder);
        var process = await ProgramProcess.StartAsync(
            ["serve", "--port", Text(port), "--data", data, "--definitions", DefinitionsIn(folder)], port, "/health/ready", environment, cancellation);
        return new BenchServer(process, data, settings.GetValueOrDefault("ManagementKey") ?? (await File.ReadAllTextAsync(Path.Combine(data, "management.key"), cancellation)).Trim());
    }

    /// <summary>Settings for a server that may hold this many MiB of customers in memory; 0: what it chooses itself.</summary>
    public static Dictionary<string, string> CustomerMemory(int mebibytes) =>
        mebibytes == 0 ? [] : new Dictionary<string, string>(StringComparer.Ordinal) { ["CustomerMemoryMiB"] = Text(mebibytes) };

    /// <summary>Ends the server cleanly: everything is flushed.</summary>
    public Task StopAsync() => _process.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await _process.DisposeAsync();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
