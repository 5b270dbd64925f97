using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Triggers.Grains;
using Triggers.Silo.Cli;

namespace Triggers.Silo.Serve;

/// <summary>What a process of a cluster does.</summary>
public enum ServeRole
{
    All,
    Silo,
    Web,
}

/// <summary>How a process takes part in a cluster: options of the command line, which win, and the configuration's <c>Cluster</c>.</summary>
public sealed record ClusterChoice
{
    private const int DefaultSiloPort = 11_111, DefaultGatewayPort = 30_000, DefaultDeadAfter = 3;

    private static readonly Option<string?> _role = new("--role") { Description = "Of a cluster's process: silo (customers and sending), web (HTTP), or all; also Cluster:Role. [default: all]" };
    private static readonly Option<int?> _siloPort = new("--silo-port") { Description = "Where other silos reach this one; also Cluster:SiloPort. [default: 11111]" };
    private static readonly Option<int?> _gatewayPort = new("--gateway-port") { Description = "Where web processes reach this silo; also Cluster:GatewayPort. [default: 30000]" };
    private static readonly Option<string?> _address = new("--advertise") { Description = "The address at which other processes reach this silo; also Cluster:Address. [default: 127.0.0.1, or this machine's own when --listen is not the loopback]" };
    private static readonly Option<string?> _clusterId = new("--cluster-id") { Description = "Processes of one id are one cluster; also Cluster:Id. [default: triggers]" };
    private static readonly Option<string?> _serviceId = new("--service-id") { Description = "What reminders belong to, kept when the cluster's id changes; also Cluster:ServiceId. [default: triggers]" };

    public static IEnumerable<Option> All => [_role, _siloPort, _gatewayPort, _address, _clusterId, _serviceId, KubernetesChoice.Option];

    public string? Role { get; init; }

    public int? SiloPort { get; init; }

    public int? GatewayPort { get; init; }

    public string? Address { get; init; }

    public string? ClusterId { get; init; }

    public string? ServiceId { get; init; }

    public bool Kubernetes { get; init; }

    public static ClusterChoice From(ParseResult parsed) => new()
    {
        Role = parsed.GetValue(_role),
        SiloPort = parsed.GetValue(_siloPort),
        GatewayPort = parsed.GetValue(_gatewayPort),
        Address = parsed.GetValue(_address),
        ClusterId = parsed.GetValue(_clusterId),
        ServiceId = parsed.GetValue(_serviceId),
        Kubernetes = parsed.GetValue(KubernetesChoice.Option),
    };

    public static ServeRole ReadRole(IConfiguration configuration, ClusterChoice given)
    {
        var role = given.Role ?? configuration["Cluster:Role"];
        return role?.ToLowerInvariant() switch
        {
            null or "" or "all" => ServeRole.All,
            "silo" => ServeRole.Silo,
            "web" => ServeRole.Web,
            _ => throw new UserErrorException($"--role {role}: all, silo or web was expected.", ExitCodes.Usage),
        };
    }

    public static ClusterSettings Read(IConfiguration configuration, ServeOptions options, string connection, ServeRole role)
    {
        var settings = ReadPlain(configuration, options, connection, role);
        // A web process has no silo that could be watched; it may have the setting in common with those that do.
        return role == ServeRole.Web || !KubernetesChoice.IsAsked(configuration, options.Cluster.Kubernetes) ? settings : KubernetesChoice.InPod(
            settings,
            IsGiven(options.Cluster.Address, "Cluster:Address"),
            IsGiven(options.Cluster.ClusterId, "Cluster:Id"),
            IsGiven(options.Cluster.ServiceId, "Cluster:ServiceId"),
            Environment.GetEnvironmentVariable,
            File.Exists);

        bool IsGiven(string? option, string key) => !string.IsNullOrWhiteSpace(option ?? configuration[key]);
    }

    private static ClusterSettings ReadPlain(IConfiguration configuration, ServeOptions options, string connection, ServeRole role) => new()
    {
        ConnectionString = connection,
        HasSilo = role != ServeRole.Web,
        ClusterId = Id(options.Cluster.ClusterId ?? configuration["Cluster:Id"], "--cluster-id"),
        ServiceId = Id(options.Cluster.ServiceId ?? configuration["Cluster:ServiceId"], "--service-id"),
        Address = ReadAddress(options.Cluster.Address ?? configuration["Cluster:Address"], options),
        SiloPort = Number(options.Cluster.SiloPort, configuration, "Cluster:SiloPort", DefaultSiloPort, 65_535),
        GatewayPort = Number(options.Cluster.GatewayPort, configuration, "Cluster:GatewayPort", DefaultGatewayPort, 65_535),
        DeadAfterSeconds = Number(null, configuration, "Cluster:DeadAfterSeconds", DefaultDeadAfter, 600),
    };

    private static string Id(string? text, string option)
    {
        text = string.IsNullOrWhiteSpace(text) ? "triggers" : text;
        return text.Length <= 100 && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.')
            ? text
            : throw new UserErrorException($"{option} {text}: up to 100 letters, digits, '-', '_' and '.' were expected.", ExitCodes.Usage);
    }

    private static int Number(int? given, IConfiguration configuration, string key, int otherwise, int most)
    {
        var text = given?.ToString(CultureInfo.InvariantCulture) ?? configuration[key];
        return string.IsNullOrWhiteSpace(text) ? otherwise
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most ? number
            : throw new UserErrorException($"{key} is '{text}': a number from 1 to {most.ToString(CultureInfo.InvariantCulture)} was expected.", ExitCodes.Usage);
    }

    private static IPAddress ReadAddress(string? text, ServeOptions options)
    {
        if (!string.IsNullOrWhiteSpace(text))
        {
            return IPAddress.TryParse(text, out var address) ? address : Resolve(text) ?? throw new UserErrorException($"--advertise {text}: an address, or a name that has one, was expected.", ExitCodes.Usage);
        }

        return IPAddress.IsLoopback(options.Address) ? IPAddress.Loopback : Resolve(Dns.GetHostName()) ?? IPAddress.Loopback;
    }

    private static IPAddress? Resolve(string name)
    {
        try
        {
            var addresses = Dns.GetHostAddresses(name, AddressFamily.InterNetwork);
            return Array.Find(addresses, address => !IPAddress.IsLoopback(address)) ?? addresses.FirstOrDefault();
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
