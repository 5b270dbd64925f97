using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Triggers.EndToEnd.Tests.Harness;

/// <summary>A real SMTP server on loopback that keeps what it takes. It can go away and come back on the same port.</summary>
public sealed class SmtpServer : IAsyncDisposable
{
    private readonly ConcurrentQueue<ReceivedMail> _mails = new();
    private TcpListener? _listener;
    private CancellationTokenSource _stop = new();

    private readonly IPAddress _address;

    /// <param name="address">Where it listens; null: the loopback.</param>
    public SmtpServer(string? address = null)
    {
        _address = address is null ? IPAddress.Loopback : IPAddress.Parse(address);
        Port = TriggersProgram.FreePort();
        Up();
    }

    public int Port { get; }

    public IReadOnlyList<ReceivedMail> Mails => [.. _mails];

    public IReadOnlyDictionary<string, string> Configuration => new Dictionary<string, string>
    {
        ["Channels__Email__Smtp__Host"] = _address.ToString(),
        ["Channels__Email__Smtp__Port"] = Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["Channels__Email__Smtp__Security"] = "None",
        ["Channels__Email__Smtp__From"] = "Shop <shop@example.com>",
    };

    public IReadOnlyList<ReceivedMail> To(string address) => [.. _mails.Where(mail => mail.To == address)];

    public void Up()
    {
        _stop = new CancellationTokenSource();
        _listener = new TcpListener(_address, Port);
        _listener.Start();
        _ = AcceptAsync(_listener, _stop.Token);
    }

    /// <summary>Refuses connections, and cuts those that are open.</summary>
    public async Task DownAsync()
    {
        await _stop.CancelAsync();
        _listener?.Stop();
        _listener = null;
    }

    public async ValueTask DisposeAsync()
    {
        await DownAsync();
        _stop.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptSocketAsync(stop);
                socket.NoDelay = true;
                _ = ServeAsync(socket, stop);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The server is down.
        }
    }

    private async Task ServeAsync(Socket socket, CancellationToken stop)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            await using var cut = stop.Register(socket.Dispose);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            await SayAsync(stream, "220 test server");
            var to = "";
            while (await reader.ReadLineAsync(stop) is { } line)
            {
                var verb = line.Length >= 4 ? line[..4].ToUpperInvariant() : line;
                if (verb == "EHLO")
                {
                    await SayAsync(stream, "250-test server\r\n250-8BITMIME\r\n250 SMTPUTF8");
                }
                else if (verb == "RCPT")
                {
                    to = line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)];
                    await SayAsync(stream, "250 ok");
                }
                else if (verb == "DATA")
                {
                    await SayAsync(stream, "354 go on");
                    var text = new StringBuilder();
                    for (var content = await reader.ReadLineAsync(stop); content != "."; content = await reader.ReadLineAsync(stop))
                    {
                        if (content is null)
                        {
                            // Cut off in the middle: no mail.
                            return;
                        }

                        text.AppendLine(content.StartsWith('.') ? content[1..] : content);
                    }

                    _mails.Enqueue(new ReceivedMail(to, text.ToString()));
                    await SayAsync(stream, "250 taken");
                }
                else if (verb == "QUIT")
                {
                    await SayAsync(stream, "221 bye");
                    return;
                }
                else
                {
                    await SayAsync(stream, "250 ok");
                }
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Cut off.
        }
    }

    private static Task SayAsync(NetworkStream stream, string text) => stream.WriteAsync(Encoding.ASCII.GetBytes(text + "\r\n")).AsTask();
}

/// <param name="Text">Headers and body as they came.</param>
public sealed record ReceivedMail(string To, string Text)
{
    public string? Header(string name)
    {
        var unfolded = Text.ReplaceLineEndings("\n").Replace("\n ", " ", StringComparison.Ordinal).Replace("\n\t", " ", StringComparison.Ordinal);
        return unfolded.Split('\n').TakeWhile(line => line.Length > 0).FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
    }
}
