using System.CommandLine;
using System.Globalization;
using System.Net;
using Triggers.Silo.Cli;

namespace Triggers.Silo.Bench.Ingest;

/// <summary><c>triggers bench ingest</c>: how fast this machine takes events in, beside a bare endpoint under the same load.</summary>
public static class IngestCommand
{
    private static readonly Option<string?> _url = new("--url") { Description = "A running server to drive, such as http://127.0.0.1:8080; without it, one is started on a folder of its own." };
    private static readonly Option<string> _writeKey = new("--write-key") { Description = "With --url: the write key.", DefaultValueFactory = _ => BenchDefinitions.WriteKey };
    private static readonly Option<string?> _key = new("--key") { Description = "With --url: the management key; also TRIGGERS_KEY." };
    private static readonly Option<int> _customers = BenchRun.Number("--customers", "Customers that the events are spread over.", 200_000, max: EventTemplates.CustomersMax);
    private static readonly Option<int> _seconds = BenchRun.Number("--seconds", "Length of a round.", 10);
    private static readonly Option<int> _rounds = BenchRun.Number("--rounds", "Rounds of each kind, by turns with the bare endpoint.", 3);
    private static readonly Option<int> _batch = BenchRun.Number("--batch", "Events in a batch.", 100);
    private static readonly Option<int> _connections = BenchRun.Number("--connections", "Connections that send batches.", 16);
    private static readonly Option<int> _singles = BenchRun.Number("--single-connections", "Connections that send single events.", 128);

    private static readonly Option<int> _port = new("--port") { Description = "Port to listen on.", Required = true };
    private static readonly Option<string> _bareFolder = new("--folder") { Description = "Folder of the file that is appended to.", Required = true };

    public static Command Create()
    {
        var ingest = new Command("ingest", "Drive a server over HTTP, and a bare endpoint that only parses and appends, by turns; print both rates, their ratio, and latencies.")
        {
            _url, _writeKey, _key, _customers, _seconds, _rounds, _batch, _connections, _singles,
        };
        foreach (var option in BenchRun.Options)
        {
            ingest.Add(option);
        }

        ingest.SetAction(parsed => BenchRun.RunAsync(parsed, async (folder, cancellation) => await MeasureAsync(parsed, folder, cancellation)));
        return ingest;
    }

    public static Command CreateBare()
    {
        var bare = new Command("bare", "Serve the bare endpoint that `bench ingest` compares with.") { _port, _bareFolder };
        bare.SetAction(async (parsed, cancellation) =>
        {
            await BareEndpoint.RunAsync(parsed.GetValue(_port), parsed.GetValue(_bareFolder)!, cancellation);
            return ExitCodes.Ok;
        });
        return bare;
    }

    private static async Task<IngestReport> MeasureAsync(ParseResult parsed, string folder, CancellationToken cancellation)
    {
        await using var sink = new SmtpSink();
        var barePort = ProgramProcess.FreePort();
        await using var bare = await ProgramProcess.StartAsync(
            ["bench", "bare", "--port", barePort.ToString(CultureInfo.InvariantCulture), "--folder", folder], barePort, "/", new Dictionary<string, string>(StringComparer.Ordinal), cancellation);
        var url = parsed.GetValue(_url);
        await using var own = url is null ? await StartServerAsync(folder, sink, cancellation) : null;
        var server = own?.Endpoint ?? await ResolveAsync(url!, cancellation);
        var key = own?.ManagementKey
            ?? parsed.GetValue(_key) ?? Environment.GetEnvironmentVariable("TRIGGERS_KEY") ?? throw new UserErrorException("--url wants the server's management key: give --key or TRIGGERS_KEY.");
        var options = new IngestBenchOptions(
            server, new IPEndPoint(IPAddress.Loopback, barePort), own is not null ? BenchDefinitions.WriteKey : parsed.GetValue(_writeKey)!, key,
            parsed.GetValue(_customers), parsed.GetValue(_batch), parsed.GetValue(_connections), parsed.GetValue(_singles), parsed.GetValue(_seconds), parsed.GetValue(_rounds));

        using var api = new ServerApi(server, key);
        var bench = new IngestBench(options, api);
        var before = await api.TotalsAsync(cancellation);
        var (batches, singles) = await bench.MeasureRatesAsync(cancellation);
        var half = batches.Triggers / 2;
        var latency = own is null ? null : await bench.MeasureLatencyAsync(sink, half, cancellation);
        var totals = await api.WaitAppliedAsync(cancellation);
        var customers = Math.Max(1, totals.Customers.Total);
        var resident = own?.Process.ResidentBytes ?? 0;
        await (own?.StopAsync() ?? Task.CompletedTask);
        var bytes = own?.BytesOnDisk ?? 0;
        var applied = totals.Events.Total - before.Events.Total;
        return new IngestReport(
            BenchRun.Machine, (int)customers, Segments: 50, Campaigns: 10, options.Connections, options.Seconds, batches, singles, half, latency,
            bench.Acknowledged, applied, bytes, bytes / (double)Math.Max(1, applied), bytes / (double)customers, resident / (double)customers);
    }

    private static Task<BenchServer> StartServerAsync(string folder, SmtpSink sink, CancellationToken cancellation)
    {
        BenchDefinitions.Write(BenchServer.DefinitionsIn(folder));
        return BenchServer.StartAsync(folder, sink, BenchServer.CustomerMemory(0), cancellation);
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
}
