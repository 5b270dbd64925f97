using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Triggers.Web.Tests.Support;

namespace Triggers.Web.Tests.Live;

/// <summary>A viewer that speaks SignalR's JSON protocol over a web socket, and reads only when told to.</summary>
public sealed class LiveClient : IAsyncDisposable
{
    private const byte RecordSeparator = 0x1E;
    private readonly ClientWebSocket _socket = new();
    private readonly List<byte> _pending = [];

    public static async Task<LiveClient> ConnectAsync(WebHost host, params (string Name, string Value)[] headers)
    {
        var client = new LiveClient();
        foreach (var (name, value) in headers)
        {
            client._socket.Options.SetRequestHeader(name, value);
        }

        await client._socket.ConnectAsync(new Uri($"ws://{host.Address.Authority}/live"), CancellationToken.None);
        await client.SendAsync("""{"protocol":"json","version":1}""");
        Assert.Equal("{}", await client.ReadFrameAsync());
        return client;
    }

    public Task ResyncAsync() => SendAsync("""{"type":1,"target":"Resync","arguments":[]}""");

    /// <summary>The next invocation; pings are left out.</summary>
    public async Task<(string Target, JsonElement Argument)> ReadAsync()
    {
        while (true)
        {
            using var frame = JsonDocument.Parse(await ReadFrameAsync());
            if (frame.RootElement.GetProperty("type").GetInt32() == 1)
            {
                return (frame.RootElement.GetProperty("target").GetString()!, frame.RootElement.GetProperty("arguments")[0].Clone());
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _socket.Abort();
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task SendAsync(string frame) => _socket.SendAsync(new ReadOnlyMemory<byte>([.. Encoding.UTF8.GetBytes(frame), RecordSeparator]), WebSocketMessageType.Text, true, CancellationToken.None).AsTask();

    private async Task<string> ReadFrameAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var end = _pending.IndexOf(RecordSeparator);
            if (end >= 0)
            {
                var text = Encoding.UTF8.GetString([.. _pending.Take(end)]);
                _pending.RemoveRange(0, end + 1);
                return text;
            }

            WebSocketReceiveResult part;
            try
            {
                part = await _socket.ReceiveAsync(buffer, limit.Token);
            }
            catch (OperationCanceledException error)
            {
                throw new TimeoutException("No frame came from the live hub within 20 s.", error);
            }

            _pending.AddRange(buffer.AsSpan(0, part.Count));
        }
    }
}
