using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using Triggers.Silo.Cli;
using Triggers.Silo.Serve;

namespace Triggers.Silo.Bench;

/// <summary><c>triggers bench ingest</c>: how fast this machine takes events in, beside a bare endpoint under the same load.</summary>
public static class BenchCommand
{
    private static readonly Option<string?> _url = new("--url") { Description = "A running server to drive, such as http://127.0.0.1:8080; without it, one is started on a folder of its own." };
    private static readonly Option<string> _writeKey = new("--write-key") { Description = "With --url: the write key.", DefaultValueFactory = _ => BenchDefinitions.WriteKey };
    private static readonly Option<string?> _key = new("--key") { Description = "With --url: the management key; also TRIGGERS_KEY." };
    private static readonly Option<int> _customers = new("--customers") { Description = "Customers that the events are spread over.", DefaultValueFactory = _ => 200_000 };
    private static readonly Option<int> _seconds = new("--seconds") { Description = "Length of a round.", DefaultValueFactory = _ => 10 };
    private static readonly Option<int> _rounds = new("--rounds") { Description = "Rounds of each kind, by turns with the bare endpoint.", DefaultValueFactory = _ => 3 };
    private static readonly Option<int> _batch = new("--batch") { Description = "Events in a batch.", DefaultValueFactory = _ => 100 };
    private static readonly Option<int> _connections = new("--connections") { Description = "Connections that send batches.", DefaultValueFactory = _ => 16 };
    private static readonly Option<int> _singles = new("--single-connections") { Description = "Connections that send single events.", DefaultValueFactory = _ => 128 };
    private static readonly Option<string?> _json = new("--json") { Description = "Also write the report to this file." };
    private static readonly Option<string?> _folder = new("--folder") { Description = "Where the started server keeps its data; a temporary folder, removed at the end, if not given." };

    private static readonly Option<int> _port = new("--port") { Description = "Port to listen on.", Required = true };
    private static readonly Option<string> _bareFolder = new("--folder") { Description = "Folder of the file that is appended to.", Required = true };

    public static Command Create()
    {
        var ingest = new Command("ingest", "Drive a server over HTTP, and a bare endpoint that only parses and appends, by turns; print both rates, their ratio, and latencies.")
        {
            _url, _writeKey, _key, _customers, _seconds, _rounds, _batch, _connections, _singles, _json, _folder,
        };
        ingest.SetAction(RunAsync);
        var bare = new Command("bare", "Serve the bare endpoint that `bench ingest` compares with.") { _port, _bareFolder };
        bare.SetAction(async (parsed, cancellation) =>
        {
            await BareEndpoint.RunAsync(parsed.GetValue(_port), parsed.GetValue(_bareFolder)!, cancellation);
            return ExitCodes.Ok;
        });
        return new Command("bench", "Measure.") { ingest, bare };
    }

    private static async Task<int> RunAsync(ParseResult parsed)
    {
        using var signals = new StopSignals("ending the measured programs");
        var cancellation = signals.Requested;
        // Completions on the thread that polls: a generator of one thread leaves the machine to what it measures. Read before the first socket.
        Environment.SetEnvironmentVariable(ProgramProcess.InlineCompletions, "1");
        var given = parsed.GetValue(_folder);
        var folder = given ?? Directory.CreateTempSubdirectory("triggers-bench-").FullName;
        try
        {
            var report = await MeasureAsync(parsed, folder, cancellation);
            report.Print(Output.Console);
            if (parsed.GetValue(_json) is { } path)
            {
                report.Save(path);
            }

            return report.EventsApplied == report.EventsAcknowledged ? ExitCodes.Ok : ExitCodes.Failed;
        }
        finally
        {
            if (given is null)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static async Task<BenchReport> MeasureAsync(ParseResult parsed, string folder, CancellationToken cancellation)
    {
        await using var sink = new SmtpSink();
        var barePort = ProgramProcess.FreePort();
        await using var bare = await ProgramProcess.StartAsync(
            ["bench", "bare", "--port", Text(barePort), "--folder", folder], barePort, "/", new Dictionary<string, string>(StringComparer.Ordinal), cancellation);
        var url = parsed.GetValue(_url);
        await using var own = url is null ? await StartServerAsync(folder, sink, cancellation) : null;
        var server = own is not null ? new IPEndPoint(IPAddress.Loopback, own.Port) : await ResolveAsync(url!, cancellation);
        var key = own is not null ? (await File.ReadAllTextAsync(Path.Combine(folder, "data", "management.key"), cancellation)).Trim()
            : parsed.GetValue(_key) ?? Environment.GetEnvironmentVariable("TRIGGERS_KEY") ?? throw new UserErrorException("--url wants the server's management key: give --key or TRIGGERS_KEY.");
        var options = new IngestBenchOptions(
            server, new IPEndPoint(IPAddress.Loopback, barePort), own is not null ? BenchDefinitions.WriteKey : parsed.GetValue(_writeKey)!, key,
            parsed.GetValue(_customers), parsed.GetValue(_batch), parsed.GetValue(_connections), parsed.GetValue(_singles), parsed.GetValue(_seconds), parsed.GetValue(_rounds));

        var bench = new IngestBench(options, Output.Console);
        var before = await bench.TotalsAsync(cancellation);
        var (batches, singles) = await bench.MeasureRatesAsync(cancellation);
        var half = batches.Triggers / 2;
        var latency = own is null ? null : await bench.MeasureLatencyAsync(sink, half, cancellation);
        await bench.WaitAppliedAsync(cancellation);
        var totals = await bench.TotalsAsync(cancellation);
        var customers = Math.Max(1, totals.Customers.Total);
        var resident = own?.ResidentBytes ?? 0;
        var bytes = own is null ? 0 : await BytesOnDiskAsync(own, Path.Combine(folder, "data"));
        var applied = totals.Events.Total - before.Events.Total;
        return new BenchReport(
            string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, .NET {Environment.Version}"),
            (int)customers, Segments: 50, Campaigns: 10, options.Connections, options.Seconds, batches, singles, half, latency,
            bench.Acknowledged, applied, bytes, bytes / (double)Math.Max(1, applied), bytes / (double)customers, resident / (double)customers);
    }

    private static async Task<ProgramProcess> StartServerAsync(string folder, SmtpSink sink, CancellationToken cancellation)
    {
        var definitions = Path.Combine(folder, "definitions");
        BenchDefinitions.Write(definitions);
        var port = ProgramProcess.FreePort();
        return await ProgramProcess.StartAsync(
            ["serve", "--port", Text(port), "--data", Path.Combine(folder, "data"), "--definitions", definitions],
            port,
            "/health/ready",
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["Channels__Email__Smtp__Host"] = "127.0.0.1",
                ["Channels__Email__Smtp__Port"] = Text(sink.Port),
                ["Channels__Email__Smtp__Security"] = "none",
                ["Channels__Email__Smtp__From"] = "bench@example.com",
            },
            cancellation);
    }

    private static async Task<long> BytesOnDiskAsync(ProgramProcess server, string data)
    {
        await server.StopAsync();
        return new DirectoryInfo(data).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
    }

    private static async Task<IPEndPoint> ResolveAsync(string url, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme != "http")
        {
            throw new UserErrorException($"--url {url}: an address such as http://127.0.0.1:8080 was expected.", ExitCodes.Usage);
        }

        var addresses = await Dns.GetHostAddressesAsync(uri.Host, System.Net.Sockets.AddressFamily.InterNetwork, cancellation);
        return new IPEndPoint(addresses[0], uri.Port);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
