using System.Buffers;
using System.IO.Pipelines;
using System.Net.Mail;
using System.Net.Sockets;
using System.Text;

namespace Triggers.Channels.Email;

/// <summary>
/// Asks the server what the framework's client does not find out: whether it offers STARTTLS, which that client either insists on or never uses (the
/// answer is kept for ten minutes, or until a failure), and whether it talks to us at all.
/// </summary>
internal sealed class SmtpProbe(SmtpOptions options, TimeProvider time)
{
    /// <summary>RFC 5321 allows a line of a reply 512 bytes; some servers say more. A line without an end would fill the memory.</summary>
    private const int LineBytesMax = 8 * 1024;

    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(10);
    private volatile Answer? _answer;

    public async Task<bool> OffersStartTlsAsync(CancellationToken cancellation)
    {
        if (_answer is { } known && time.GetElapsedTime(known.At) < KeptFor)
        {
            return known.Offers;
        }

        var offers = await AskAsync(cancellation);
        _answer = new Answer(offers, time.GetTimestamp());
        return offers;
    }

    public void Forget() => _answer = null;

    /// <summary>Why the server talks to nobody at all now; null: it does.</summary>
    public async Task<string?> RefusalAsync(CancellationToken cancellation)
    {
        try
        {
            await AskAsync(cancellation);
            return null;
        }
        catch (Exception e) when (e is IOException or SmtpException or SocketException or OperationCanceledException)
        {
            return e.Message;
        }
    }

    private async Task<bool> AskAsync(CancellationToken cancellation)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(options.Host, options.Port, cancellation);
        var stream = client.GetStream();
        await using var closing = stream;
        var reader = PipeReader.Create(stream);
        await ReadReplyAsync(reader, "greeting", cancellation);
        await WriteAsync(stream, "EHLO triggers\r\n", cancellation);
        var offers = (await ReadReplyAsync(reader, "EHLO", cancellation)).Any(line => line.Length > 4 && line.AsSpan(4).Trim().Equals("STARTTLS", StringComparison.OrdinalIgnoreCase));
        await WriteAsync(stream, "QUIT\r\n", cancellation);
        return offers;
    }

    private static async Task WriteAsync(NetworkStream stream, string line, CancellationToken cancellation) =>
        await stream.WriteAsync(Encoding.ASCII.GetBytes(line), cancellation);

    private static async Task<List<string>> ReadReplyAsync(PipeReader reader, string to, CancellationToken cancellation)
    {
        var lines = new List<string>();
        while (lines.Count < 100)
        {
            var line = await ReadLineAsync(reader, to, cancellation);
            lines.Add(line);
            if (line.Length >= 4 && line[3] == '-')
            {
                continue;
            }

            return line.StartsWith('2') ? lines : throw new SmtpException($"{to}: {line}");
        }

        throw new SmtpException($"{to}: the reply does not end");
    }

    private static async Task<string> ReadLineAsync(PipeReader reader, string to, CancellationToken cancellation)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellation);
            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = Encoding.ASCII.GetString(read.Buffer.Slice(0, end)).TrimEnd('\r');
                reader.AdvanceTo(read.Buffer.GetPosition(1, end));
                return line;
            }

            if (read.IsCompleted)
            {
                throw new IOException($"the connection was closed during {to}");
            }

            if (read.Buffer.Length > LineBytesMax)
            {
                throw new SmtpException($"{to}: a line of the reply does not end");
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private sealed record Answer(bool Offers, long At);
}
