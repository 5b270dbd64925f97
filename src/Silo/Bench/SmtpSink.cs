using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Triggers.Silo.Bench;

/// <summary>A bare SMTP server that notes when a message for each address was complete. TCP_NODELAY, and nothing that delays.</summary>
public sealed class SmtpSink : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<string, long> _arrived = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private long _count;

    public SmtpSink()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public long Count => Interlocked.Read(ref _count);

    /// <summary>When the first message to the address was complete, as a <see cref="Stopwatch"/> timestamp.</summary>
    public bool TryGetArrival(string address, out long timestamp) => _arrived.TryGetValue(address, out timestamp);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                socket.NoDelay = true;
                _ = ServeAsync(socket);
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            using var reader = new StreamReader(stream, Encoding.Latin1, false, 16 * 1024);
            await SayAsync(stream, "220 sink");
            var address = "";
            while (await reader.ReadLineAsync(_stop.Token) is { } line)
            {
                switch (line.Length >= 4 ? line[..4].ToUpperInvariant() : line)
                {
                    case "EHLO":
                        await SayAsync(stream, "250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8");
                        break;
                    case "RCPT":
                        address = line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)];
                        await SayAsync(stream, "250 ok");
                        break;
                    case "DATA":
                        await SayAsync(stream, "354 go on");
                        while (await reader.ReadLineAsync(_stop.Token) is { } text && text != ".")
                        {
                        }

                        _arrived.TryAdd(address, Stopwatch.GetTimestamp());
                        Interlocked.Increment(ref _count);
                        await SayAsync(stream, "250 taken");
                        break;
                    case "QUIT":
                        await SayAsync(stream, "221 bye");
                        return;
                    default:
                        await SayAsync(stream, "250 ok");
                        break;
                }
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or SocketException)
        {
            // The other side went away, or the run is over.
        }
    }

    private ValueTask SayAsync(NetworkStream stream, string text) => stream.WriteAsync(Encoding.ASCII.GetBytes(text + "\r\n"), _stop.Token);
}
