using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;

namespace Triggers.Silo.Bench.Viewers;

/// <summary>One dashboard: SignalR's JSON protocol over a web socket, read as far as the version of each frame.</summary>
public sealed class Viewer : IDisposable
{
    private const byte RecordSeparator = 0x1E;
    private const int BufferBytes = 32 * 1024;

    private readonly ClientWebSocket _socket = new();
    private readonly List<(long Version, long At)> _frames = [];
    private readonly byte[] _buffer = new byte[BufferBytes];
    private Task _reading = Task.CompletedTask;
    private volatile bool _closing;
    private bool _isFrameBegun;

    /// <summary>The newest version seen, and when each came (<see cref="Stopwatch"/>).</summary>
    public IReadOnlyList<(long Version, long At)> Frames => _frames;

    public long Version { get; private set; } = -1;

    public int Snapshots { get; private set; }

    public int Deltas { get; private set; }

    /// <summary>Deltas that were neither next after what was there nor old: something was missed and not made good.</summary>
    public int Gaps { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>The server ended the connection.</summary>
    public bool IsLost { get; private set; }

    public static async Task<Viewer> ConnectAsync(IPEndPoint server, string managementKey, CancellationToken cancellation)
    {
        var viewer = new Viewer();
        viewer._socket.Options.SetRequestHeader("Authorization", $"Bearer {managementKey}");
        viewer._socket.Options.KeepAliveInterval = TimeSpan.Zero;
        await viewer._socket.ConnectAsync(new Uri($"ws://{server}/live"), cancellation);
        await viewer._socket.SendAsync("{\"protocol\":\"json\",\"version\":1}\u001e"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, cancellation);
        viewer._reading = viewer.ReadAsync();
        return viewer;
    }

    /// <summary>Hangs up.</summary>
    public async Task CloseAsync()
    {
        _closing = true;
        _socket.Abort();
        await _reading;
    }

    public void Dispose() => _socket.Dispose();

    private async Task ReadAsync()
    {
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveAsync(_buffer.AsMemory(), CancellationToken.None);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    IsLost = !_closing;
                    return;
                }

                Take(_buffer.AsSpan(0, received.Count));
            }
        }
        catch (WebSocketException)
        {
            IsLost = !_closing;
        }
        catch (OperationCanceledException)
        {
            IsLost = !_closing;
        }
    }

    /// <summary>Frames may come in parts; a frame's head with its version comes whole, since the version stands among its first bytes.</summary>
    private void Take(ReadOnlySpan<byte> bytes)
    {
        Bytes += bytes.Length;
        while (!bytes.IsEmpty)
        {
            if (!_isFrameBegun)
            {
                Begin(bytes[..Math.Min(bytes.Length, 256)]);
            }

            var end = bytes.IndexOf(RecordSeparator);
            _isFrameBegun = end < 0;
            bytes = end < 0 ? [] : bytes[(end + 1)..];
        }
    }

    private void Begin(ReadOnlySpan<byte> head)
    {
        var isSnapshot = head.IndexOf("\"snapshot\""u8) >= 0;
        var at = head.IndexOf("\"version\":"u8);
        if (at < 0 || (!isSnapshot && head.IndexOf("\"delta\""u8) < 0) || !Utf8Parser.TryParse(head[(at + "\"version\":"u8.Length)..], out long version, out _))
        {
            // A ping, or the answer to the handshake.
            return;
        }

        if (isSnapshot)
        {
            Snapshots++;
        }
        else
        {
            Deltas++;
            Gaps += version > Version + 1 ? 1 : 0;
        }

        if (version > Version)
        {
            Version = version;
            _frames.Add((version, Stopwatch.GetTimestamp()));
        }
    }
}
