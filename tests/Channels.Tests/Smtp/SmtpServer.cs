using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Triggers.Channels.Tests.Smtp;

/// <summary>A real SMTP server on loopback whose replies a test may change: what a channel meets in the world, without the world.</summary>
internal sealed class SmtpServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<int, TcpClient> _clients = new();
    private readonly ConcurrentQueue<ReceivedMail> _mails = new();
    private readonly Task _accepting;
    private int _connections;
    private int _conversations;
    private int _quits;

    public SmtpServer()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public bool OffersStartTls { get; init; }

    public bool ImplicitTls { get; init; }

    public X509Certificate2 Certificate { get; init; } = TestCertificates.Trusted;

    /// <summary>user:password; null: no authentication is offered or needed.</summary>
    public string? Login { get; init; }

    public string AuthMechanisms { get; init; } = "PLAIN LOGIN";

    /// <summary>Given the verb and its argument, the reply in place of the usual one; null: the usual. <see cref="Drop"/> and <see cref="Hang"/> are not replies.</summary>
    public Func<string, string, string?> Fault { get; set; } = (_, _) => null;

    public const string Drop = "drop";

    public const string Hang = "hang";

    /// <summary>Those in which EHLO was said and more than QUIT followed: a probe does not count.</summary>
    public int Conversations => Volatile.Read(ref _conversations);

    public int Quits => Volatile.Read(ref _quits);

    public IReadOnlyList<ReceivedMail> Mails => [.. _mails];

    public void DropConnections()
    {
        foreach (var client in _clients.Values)
        {
            client.Close();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        DropConnections();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var conversations = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                conversations.Add(ServeAsync(client, Interlocked.Increment(ref _connections)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            await Task.WhenAll(conversations);
        }
    }

    private async Task ServeAsync(TcpClient client, int number)
    {
        _clients[number] = client;
        client.NoDelay = true;
        try
        {
            using (client)
            {
                await new Conversation(this, client.GetStream(), number).RunAsync(_stop.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or SocketException or System.Security.Authentication.AuthenticationException)
        {
            // The other side went away, or does not trust us: its own test looks at what it says then.
        }

        _clients.TryRemove(number, out _);
    }

    private sealed class Conversation(SmtpServer server, Stream stream, int number)
    {
        private readonly List<string> _receivers = [];
        private Stream _stream = stream;
        private bool _secure;
        private bool _counted;
        private string? _user;
        private string _sender = "";

        public async Task RunAsync(CancellationToken stop)
        {
            if (server.ImplicitTls)
            {
                await SecureAsync(stop);
            }

            if (!await ReplyAsync("CONNECT", "", "220 test ESMTP", stop))
            {
                return;
            }

            while (await ReadLineAsync(stop) is { } line)
            {
                var space = line.IndexOf(' ', StringComparison.Ordinal);
                var verb = (space < 0 ? line : line[..space]).ToUpperInvariant();
                if (!await HandleAsync(verb, space < 0 ? "" : line[(space + 1)..], stop))
                {
                    return;
                }
            }
        }

        private async Task<bool> HandleAsync(string verb, string argument, CancellationToken stop)
        {
            if (!_counted && verb is not ("EHLO" or "QUIT"))
            {
                _counted = true;
                Interlocked.Increment(ref server._conversations);
            }

            switch (verb)
            {
                case "EHLO" or "HELO":
                    return await ReplyAsync(verb, argument, Greeting(), stop);
                case "STARTTLS" when server.OffersStartTls && !_secure:
                    if (!await ReplyAsync(verb, argument, "220 go ahead", stop))
                    {
                        return false;
                    }

                    await SecureAsync(stop);
                    return true;
                case "AUTH":
                    return await AuthenticateAsync(argument, stop);
                case "MAIL":
                    if (server.Login is not null && _user is null)
                    {
                        return await ReplyAsync(verb, argument, "530 5.7.0 Authentication required", stop);
                    }

                    _sender = Path(argument);
                    _receivers.Clear();
                    return await ReplyAsync(verb, _sender, "250 2.1.0 Ok", stop);
                case "RCPT":
                    _receivers.Add(Path(argument));
                    return await ReplyAsync(verb, Path(argument), "250 2.1.5 Ok", stop);
                case "DATA":
                    if (!await ReplyAsync(verb, "", "354 End data with <CR><LF>.<CR><LF>", stop, out354: true))
                    {
                        return false;
                    }

                    return await ReceiveAsync(stop);
                case "RSET" or "NOOP":
                    return await ReplyAsync(verb, "", "250 Ok", stop);
                case "QUIT":
                    Interlocked.Increment(ref server._quits);
                    await ReplyAsync(verb, "", "221 Bye", stop);
                    return false;
                default:
                    return await ReplyAsync(verb, argument, "502 5.5.2 Not known", stop);
            }
        }

        private string Greeting()
        {
            var lines = new List<string> { "test", "8BITMIME", "SIZE 10485760" };
            if (server.OffersStartTls && !_secure)
            {
                lines.Add("STARTTLS");
            }

            if (server.Login is not null)
            {
                lines.Add("AUTH " + server.AuthMechanisms);
            }

            return string.Join("\r\n", lines.Select((line, i) => (i == lines.Count - 1 ? "250 " : "250-") + line));
        }

        private async Task<bool> AuthenticateAsync(string argument, CancellationToken stop)
        {
            var parts = argument.Split(' ');
            string login;
            if (parts[0].Equals("PLAIN", StringComparison.OrdinalIgnoreCase))
            {
                var answer = parts.Length > 1 ? parts[1] : await AskAsync("334 ", stop);
                login = string.Join(':', Decode(answer).Split('\0')[1..]);
            }
            else
            {
                var user = parts.Length > 1 ? parts[1] : await AskAsync("334 VXNlcm5hbWU6", stop);
                login = Decode(user) + ":" + Decode(await AskAsync("334 UGFzc3dvcmQ6", stop));
            }

            var right = login == server.Login;
            _user = right ? login : null;
            return await ReplyAsync("AUTH", argument, right ? "235 2.7.0 Ok" : "535 5.7.8 Username and password not accepted", stop);
        }

        private async Task<bool> ReceiveAsync(CancellationToken stop)
        {
            if (_stopped354)
            {
                _stopped354 = false;
                return true;
            }

            var data = new StringBuilder();
            while (await ReadLineAsync(stop) is { } line && line != ".")
            {
                data.Append(line.StartsWith('.') ? line.AsSpan(1) : line).Append("\r\n");
            }

            var mail = new ReceivedMail(_sender, [.. _receivers], data.ToString(), number, _secure, _user);
            var usual = "250 2.0.0 Queued";
            if ((server.Fault("END", "") ?? usual).StartsWith('2'))
            {
                server._mails.Enqueue(mail);
            }

            return await ReplyAsync("END", "", usual, stop);
        }

        private bool _stopped354;

        private async Task<bool> ReplyAsync(string verb, string argument, string usual, CancellationToken stop, bool out354 = false)
        {
            var reply = server.Fault(verb, argument) ?? usual;
            if (reply == Hang)
            {
                await Task.Delay(Timeout.Infinite, stop);
            }

            if (reply == Drop)
            {
                return false;
            }

            _stopped354 = out354 && !reply.StartsWith('3');
            await _stream.WriteAsync(Encoding.ASCII.GetBytes(reply + "\r\n"), stop);
            return !reply.StartsWith("421", StringComparison.Ordinal);
        }

        private async Task<string> AskAsync(string question, CancellationToken stop)
        {
            await _stream.WriteAsync(Encoding.ASCII.GetBytes(question + "\r\n"), stop);
            return await ReadLineAsync(stop) ?? throw new IOException("the client went away while it authenticated");
        }

        private async Task SecureAsync(CancellationToken stop)
        {
            var secure = new SslStream(_stream);
            await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = server.Certificate }, stop);
            _stream = secure;
            _secure = true;
        }

        /// <summary>Byte by byte, so that nothing behind STARTTLS is read in the clear.</summary>
        private async Task<string?> ReadLineAsync(CancellationToken stop)
        {
            var line = new List<byte>();
            var one = new byte[1];
            while (await _stream.ReadAsync(one, stop) == 1)
            {
                if (one[0] == '\n')
                {
                    return Encoding.Latin1.GetString([.. line]).TrimEnd('\r');
                }

                line.Add(one[0]);
            }

            return null;
        }

        private static string Path(string argument) => argument[(argument.IndexOf('<', StringComparison.Ordinal) + 1)..argument.IndexOf('>', StringComparison.Ordinal)];

        private static string Decode(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));
    }
}
