using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Triggers.Silo.Bench;

/// <summary>One keep-alive HTTP/1.1 connection that sends ready bytes and reads just enough of the answer.</summary>
public sealed class RawConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[64 * 1024];

    private RawConnection()
    {
    }

    public static async Task<RawConnection> OpenAsync(IPEndPoint server, CancellationToken cancellation)
    {
        var connection = new RawConnection();
        await connection._socket.ConnectAsync(server, cancellation);
        return connection;
    }

    public async ValueTask<RawAnswer> SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        while (!request.IsEmpty)
        {
            request = request[await _socket.SendAsync(request, cancellation)..];
        }

        var length = 0;
        while (true)
        {
            var count = await _socket.ReceiveAsync(_buffer.AsMemory(length), cancellation);
            if (count == 0)
            {
                throw new IOException("The server closed the connection.");
            }

            length += count;
            if (TryParse(_buffer.AsSpan(0, length), out var answer))
            {
                return answer;
            }

            if (length == _buffer.Length)
            {
                throw new IOException("An answer of over 64 KB.");
            }
        }
    }

    /// <summary>Sends again, after the time that the server asks for, as long as it is refused for want of room.</summary>
    public async Task SendUntilTakenAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        for (var answer = await SendAsync(request, cancellation); answer.Status != 200; answer = await SendAsync(request, cancellation))
        {
            if (answer.Status is not (429 or 503))
            {
                throw new InvalidOperationException($"The server answered {answer.Status}: {answer.Body}");
            }

            await Task.Delay(TimeSpan.FromSeconds(Math.Max(1, answer.RetryAfterSeconds)), cancellation);
        }
    }

    public void Dispose() => _socket.Dispose();

    private static bool TryParse(ReadOnlySpan<byte> bytes, out RawAnswer answer)
    {
        answer = default;
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        var head = bytes[..(end + 2)];
        var body = bytes[(end + 4)..];
        var status = ((head[9] - '0') * 100) + ((head[10] - '0') * 10) + (head[11] - '0');
        if (Header(head, "\r\nContent-Length: "u8) is { IsEmpty: false } text)
        {
            var length = int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
            if (body.Length < length)
            {
                return false;
            }

            body = body[..length];
        }
        else if (!body.EndsWith("0\r\n\r\n"u8))
        {
            return false;
        }

        // The common answer costs nothing; the others are explained.
        var retry = status == 200 ? [] : Header(head, "\r\nRetry-After: "u8);
        answer = new RawAnswer(status, retry.IsEmpty ? 0 : int.Parse(retry, NumberStyles.None, CultureInfo.InvariantCulture), status == 200 ? "" : Encoding.UTF8.GetString(body), end + 4, end + 4 + body.Length);
        return true;
    }

    /// <summary>The body of the last answer.</summary>
    public ReadOnlySpan<byte> Body(RawAnswer answer) => _buffer.AsSpan(answer.BodyStart..answer.BodyEnd);

    private static ReadOnlySpan<byte> Header(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        var start = head.IndexOf(name);
        if (start < 0)
        {
            return [];
        }

        var value = head[(start + name.Length)..];
        return value[..value.IndexOf((byte)'\r')];
    }
}

/// <param name="Body">What an error said; empty for 200.</param>
public readonly record struct RawAnswer(int Status, int RetryAfterSeconds, string Body, int BodyStart, int BodyEnd);
