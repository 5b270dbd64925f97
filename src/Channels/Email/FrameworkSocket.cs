using System.Net.Mail;
using System.Net.Sockets;
using System.Reflection;

namespace Triggers.Channels.Email;

/// <summary>
/// Turns Nagle's algorithm off on the connection of the framework's client. That client writes a mail in several pieces, so that each mail waits for the
/// server's delayed acknowledgement: 44 ms instead of 1 ms, measured. It offers no setting for it, hence the private fields; where a later framework
/// has others, mail leaves as before, only slower (a conformance case says so).
/// </summary>
internal static class FrameworkSocket
{
    private const BindingFlags Private = BindingFlags.Instance | BindingFlags.NonPublic;

    private static readonly FieldInfo? Transport = typeof(SmtpClient).GetField("_transport", Private);
    private static readonly FieldInfo? Connection = Transport?.FieldType.GetField("_connection", Private);
    private static readonly FieldInfo? Tcp = Connection?.FieldType.GetField("_tcpClient", Private);

    /// <summary>Call when a send has begun: the socket exists then, connected or not.</summary>
    public static void SendAtOnce(SmtpClient client)
    {
        try
        {
            if (Transport?.GetValue(client) is { } transport && Connection?.GetValue(transport) is { } connection && Tcp?.GetValue(connection) is TcpClient { NoDelay: false } tcp)
            {
                tcp.NoDelay = true;
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or NullReferenceException or ArgumentException)
        {
            // The connection is gone already: the send itself says so.
        }
    }
}
