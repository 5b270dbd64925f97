using System.Diagnostics;
using System.Globalization;

namespace Triggers.EndToEnd.Tests.Harness;

/// <summary>
/// Networks of their own for some processes, joined by a bridge that this machine has an address on. Two of them can be cut off from each other: each then has a
/// wrong hardware address for the other, so that packets vanish and nobody is told.
/// </summary>
public sealed class NetworkNamespaces : IDisposable
{
    private readonly string _name = string.Create(CultureInfo.InvariantCulture, $"tr{Environment.ProcessId % 1_000_000}");
    private readonly int _net = 1 + (Environment.ProcessId % 250);
    private readonly int _count;

    public NetworkNamespaces(int count)
    {
        _count = count;
        try
        {
            Ip($"link add {_name} type bridge");
            Ip($"addr add {HostAddress}/24 dev {_name}");
            Ip($"link set {_name} up");
            for (var number = 0; number < count; number++)
            {
                Ip($"netns add {NameOf(number)}");
                Ip($"link add {NameOf(number)} type veth peer name eth0 netns {NameOf(number)}");
                Ip($"link set {NameOf(number)} master {_name} up");
                Ip($"-n {NameOf(number)} addr add {AddressOf(number)}/24 dev eth0");
                Ip($"-n {NameOf(number)} link set eth0 up");
                Ip($"-n {NameOf(number)} link set lo up");
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>null: this machine can.</summary>
    public static string? WhyNot { get; } = FindOut();

    /// <summary>Where the processes find this machine.</summary>
    public string HostAddress => string.Create(CultureInfo.InvariantCulture, $"10.213.{_net}.1");

    /// <summary>The addresses of all of them, and of this machine.</summary>
    public string Range => string.Create(CultureInfo.InvariantCulture, $"10.213.{_net}.0/24");

    public string AddressOf(int number) => string.Create(CultureInfo.InvariantCulture, $"10.213.{_net}.{11 + number}");

    /// <summary>What a command begins with that is to run in it.</summary>
    public string[] CommandIn(int number) => ["ip", "netns", "exec", NameOf(number)];

    public void Cut(int one, int other)
    {
        Ip($"-n {NameOf(one)} neigh replace {AddressOf(other)} lladdr 02:00:00:00:00:01 dev eth0 nud permanent");
        Ip($"-n {NameOf(other)} neigh replace {AddressOf(one)} lladdr 02:00:00:00:00:01 dev eth0 nud permanent");
    }

    public void Join(int one, int other)
    {
        Ip($"-n {NameOf(one)} neigh del {AddressOf(other)} dev eth0");
        Ip($"-n {NameOf(other)} neigh del {AddressOf(one)} dev eth0");
    }

    public void Dispose()
    {
        for (var number = 0; number < _count; number++)
        {
            TryIp($"netns del {NameOf(number)}");
        }

        TryIp($"link del {_name}");
    }

    private string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{_name}-{number}");

    private static string? FindOut()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
        {
            return "networks of their own need root on Linux";
        }

        try
        {
            using var network = new NetworkNamespaces(1);
            return null;
        }
        catch (Exception error)
        {
            return $"networks of their own cannot be made here: {error.Message}";
        }
    }

    private static void Ip(string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"ip {arguments}: {error.Trim()}");
        }
    }

    private static void TryIp(string arguments)
    {
        try
        {
            Ip(arguments);
        }
        catch (InvalidOperationException)
        {
            // It was not made, or is gone.
        }
    }
}
