using System.CommandLine;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;
using Triggers.Silo.Cli;
using Triggers.Silo.Definitions;

namespace Triggers.Silo.Serve;

/// <summary>What <c>triggers serve</c> was asked to do, from the command line; the rest of the configuration is read where it is used.</summary>
public sealed record ServeOptions
{
    private static readonly Option<string> _listen = new("--listen") { Description = "Address to listen on; 0.0.0.0 for every interface.", DefaultValueFactory = _ => "127.0.0.1" };
    private static readonly Option<int> _port = new("--port") { Description = "Port to listen on.", DefaultValueFactory = _ => 8080 };
    private static readonly Option<string> _data = new("--data") { Description = "Data folder; made if it is not there.", DefaultValueFactory = _ => "data" };
    private static readonly Option<string> _definitions = new("--definitions") { Description = "Folder of definitions.", DefaultValueFactory = _ => "definitions" };
    private static readonly Option<bool> _demo = new("--demo") { Description = "Stream simulated visitors of the shop through the public API; mail goes to the local mailbox." };
    private static readonly Option<double> _demoRate = new("--demo-rate") { Description = "Events a second of the demo, at its busiest.", DefaultValueFactory = _ => 20 };
    private static readonly Option<bool> _watch = new("--watch") { Description = "Take in changed definitions as soon as they are saved." };
    private static readonly Option<string?> _publicUrl = new("--public-url") { Description = "Base of the links in mail, such as https://triggers.example.com; also PublicUrl." };
    private static readonly Option<string?> _log = new("--log") { Description = "text, or json: one JSON object a line, for log collectors; also Log. [default: text]" };
    private static readonly Option<bool> _paused = new("--paused") { Description = "Begin with all sending paused, until somebody resumes; for a store that was restored." };

    public required string Listen { get; init; }

    public required int Port { get; init; }

    /// <summary>Full path.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Full path.</summary>
    public required string DefinitionsFolder { get; init; }

    public bool Demo { get; init; }

    public double DemoEventsPerSecond { get; init; }

    public bool Watch { get; init; }

    public bool StartPaused { get; init; }

    /// <summary>null: not given on the command line.</summary>
    public string? Store { get; init; }

    /// <summary>null: not given on the command line.</summary>
    public string? Connection { get; init; }

    /// <summary>null: not given on the command line.</summary>
    public string? Runtime { get; init; }

    public ClusterChoice Cluster { get; init; } = new();

    /// <summary>null: not given on the command line.</summary>
    public string? PublicUrl { get; init; }

    public static IEnumerable<Option> All => [_listen, _port, _data, StoreChoice.EngineOption, StoreChoice.ConnectionOption, HostChoice.RuntimeOption, .. ClusterChoice.All, _definitions, _demo, _demoRate, _watch, _paused, _publicUrl, _log];

    public LogFormat LogFormat { get; init; } = LogFormat.Text;

    /// <summary>Where this machine reaches the server.</summary>
    public string LocalUrl => string.Create(CultureInfo.InvariantCulture, $"http://{(Address.Equals(IPAddress.Any) || Address.Equals(IPAddress.IPv6Any) ? "127.0.0.1" : Host)}:{Port}");

    public IPAddress Address => Listen is "localhost" ? IPAddress.Loopback : Listen is "*" ? IPAddress.Any : IPAddress.Parse(Listen);

    private string Host => Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{Address}]" : Address.ToString();

    public static ServeOptions From(ParseResult parsed)
    {
        var port = parsed.GetValue(_port);
        if (port is < 1 or > 65_535)
        {
            throw new UserErrorException(string.Create(CultureInfo.InvariantCulture, $"--port {port}: a number from 1 to 65535 was expected."), ExitCodes.Usage);
        }

        var listen = parsed.GetValue(_listen)!;
        if (listen is not ("localhost" or "*") && !IPAddress.TryParse(listen, out _))
        {
            throw new UserErrorException($"--listen {listen}: an address such as 127.0.0.1 or 0.0.0.0 was expected.", ExitCodes.Usage);
        }

        var rate = parsed.GetValue(_demoRate);
        if (rate is not (> 0 and <= 100_000))
        {
            throw new UserErrorException(string.Create(CultureInfo.InvariantCulture, $"--demo-rate {rate}: events a second, above 0 and up to 100000, were expected."), ExitCodes.Usage);
        }

        if (parsed.GetResult(_demoRate) is { Implicit: false } && !parsed.GetValue(_demo))
        {
            throw new UserErrorException("--demo-rate says how many events a second the demo sends: give --demo with it, or leave it out.", ExitCodes.Usage);
        }

        var data = Path.GetFullPath(parsed.GetValue(_data)!);
        return new ServeOptions
        {
            Listen = listen,
            Port = port,
            DataFolder = data,
            DefinitionsFolder = DefinitionsPath.Resolve(parsed.GetValue(_definitions)!),
            Store = parsed.GetValue(StoreChoice.EngineOption),
            Connection = parsed.GetValue(StoreChoice.ConnectionOption),
            Runtime = parsed.GetValue(HostChoice.RuntimeOption),
            Cluster = ClusterChoice.From(parsed),
            Demo = parsed.GetValue(_demo),
            DemoEventsPerSecond = rate,
            Watch = parsed.GetValue(_watch),
            StartPaused = parsed.GetValue(_paused),
            PublicUrl = parsed.GetValue(_publicUrl),
            LogFormat = ReadLogFormat(parsed.GetValue(_log), data),
        };
    }

    private static LogFormat ReadLogFormat(string? text, string data) => (text ?? ServeConfiguration.Read(data)["Log"])?.ToLowerInvariant() switch
    {
        null or "" or "text" => LogFormat.Text,
        "json" => LogFormat.Json,
        var other => throw new UserErrorException($"--log {other}: text or json was expected.", ExitCodes.Usage),
    };

    /// <summary>Bytes for customers held in memory: configuration (<c>CustomerMemoryMiB</c>), or a quarter of what this process may use, at least 256 MiB.</summary>
    public static long ResolveCustomerMemory(IConfiguration configuration)
    {
        const long MiB = 1L << 20;
        var text = configuration["CustomerMemoryMiB"];
        if (string.IsNullOrWhiteSpace(text))
        {
            return Math.Max(256 * MiB, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size is >= 16 and <= 1 << 24
            ? size * MiB
            : throw new UserErrorException($"CustomerMemoryMiB is '{text}': a number of MiB, 16 or more, was expected.", ExitCodes.Usage);
    }

    /// <summary>Large pages for the heap: configuration (<c>HugePages</c>: on, off), or on.</summary>
    public static bool ResolveHugePages(IConfiguration configuration) => configuration["HugePages"]?.ToLowerInvariant() switch
    {
        null or "" or "on" => true,
        "off" => false,
        var text => throw new UserErrorException($"HugePages is '{text}': on or off was expected.", ExitCodes.Usage),
    };

    /// <summary>The base of links in mail: command line, then configuration (<c>PublicUrl</c>), then where the server listens.</summary>
    public string ResolvePublicUrl(IConfiguration configuration)
    {
        var text = PublicUrl ?? configuration["PublicUrl"];
        if (string.IsNullOrWhiteSpace(text))
        {
            return LocalUrl;
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme is "http" or "https")
            ? text.TrimEnd('/')
            : throw new UserErrorException($"PublicUrl is '{text}': an address such as https://triggers.example.com was expected.", ExitCodes.Usage);
    }
}

/// <summary>How log lines are written.</summary>
public enum LogFormat
{
    Text = 1,
    Json = 2,
}
