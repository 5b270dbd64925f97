using System.Net.Mail;
using System.Net.Sockets;
using System.Text;

namespace Triggers.Channels.Email;

/// <summary>
/// Asks the server whether it offers STARTTLS, since the framework's client either insists on it or never uses it. The answer is asked for again after
/// ten minutes, and after a failure.
/// </summary>
internal sealed class SmtpStartTlsProbe(SmtpOptions options, TimeProvider time)
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(10);
    private volatile Answer? _answer;

    public async Task<bool> OffersStartTlsAsync(CancellationToken cancellation)
    {
        if (_answer is { } known && time.GetElapsedTime(known.At) < KeptFor)
        {
            return known.Offers;
        }

        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(options.Host, options.Port, cancellation);
        var stream = client.GetStream();
        await using var closing = stream;
        using var reader = new StreamReader(stream, Encoding.ASCII);
        await ReadReplyAsync(reader, "greeting", cancellation);
        await WriteAsync(stream, "EHLO triggers\r\n", cancellation);
        var offers = (await ReadReplyAsync(reader, "EHLO", cancellation)).Any(line => line.Length > 4 && line.AsSpan(4).Trim().Equals("STARTTLS", StringComparison.OrdinalIgnoreCase));
        await WriteAsync(stream, "QUIT\r\n", cancellation);
        _answer = new Answer(offers, time.GetTimestamp());
        return offers;
    }

    private static async Task WriteAsync(NetworkStream stream, string line, CancellationToken cancellation) =>
        await stream.WriteAsync(Encoding.ASCII.GetBytes(line), cancellation);

    private static async Task<List<string>> ReadReplyAsync(StreamReader reader, string to, CancellationToken cancellation)
    {
        var lines = new List<string>();
        while (lines.Count < 100)
        {
            var line = await reader.ReadLineAsync(cancellation) ?? throw new IOException($"the connection was closed during {to}");
            lines.Add(line);
            if (line.Length >= 4 && line[3] == '-')
            {
                continue;
            }

            return line.StartsWith('2') ? lines : throw new SmtpException($"{to}: {line}");
        }

        throw new SmtpException($"{to}: the reply does not end");
    }

    private sealed record Answer(bool Offers, long At);
}
