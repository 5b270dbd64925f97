using System.Net;
using System.Net.Sockets;

namespace Triggers.Channels.Webhook;

/// <summary>
/// Connects webhooks to public addresses only, so that a definition cannot make this server ask services of its own network. The address that is
/// checked is the one that is connected to: a name that changes between the two (DNS rebinding) gains nothing.
/// </summary>
internal sealed class PublicConnector(IReadOnlyList<IPNetwork> allowed)
{
    private static readonly IPNetwork[] Inner =
    [
        IPNetwork.Parse("0.0.0.0/8"), IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.0.0.0/24"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("198.18.0.0/15"), IPNetwork.Parse("224.0.0.0/3"),
        IPNetwork.Parse("::/127"), IPNetwork.Parse("64:ff9b::/96"), IPNetwork.Parse("64:ff9b:1::/48"), IPNetwork.Parse("2002::/16"),
        IPNetwork.Parse("fc00::/7"), IPNetwork.Parse("fe80::/10"), IPNetwork.Parse("fec0::/10"), IPNetwork.Parse("ff00::/8"),
    ];

    private readonly NameLookup _names = new(Dns.GetHostAddresses);

    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = await _names.FindAsync(host, cancellation);
        var reachable = Array.FindAll(addresses, IsAllowed);
        if (reachable.Length == 0)
        {
            throw new PrivateAddressException(addresses.Length == 0
                ? $"{host} has no address"
                : $"{host} is {addresses[0]}, an address of a private network; if webhooks may go there, list it in {WebhookOptions.Section}:AllowedPrivateNetworks");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(reachable, context.DnsEndPoint.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public bool IsAllowed(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return !Array.Exists(Inner, network => network.Contains(plain)) || allowed.Any(network => network.Contains(plain));
    }
}

/// <summary>Tells a refused address from a network that does not answer.</summary>
internal sealed class PrivateAddressException(string message) : IOException(message);
