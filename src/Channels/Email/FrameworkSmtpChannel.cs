using System.Net;
using System.Net.Mail;
using Microsoft.Extensions.Logging;

namespace Triggers.Channels.Email;

/// <summary>
/// Mail by the framework's own SMTP client, for builds without MailKit. What is particular about that client: it sends one message at a time, so there
/// is a pool of them; it keeps its connection until it is disposed, and says QUIT then; it has STARTTLS and no implicit TLS; it cannot encrypt
/// opportunistically, so the server is asked beforehand; after any failure its state is unknown, so it is thrown away.
/// </summary>
public sealed partial class FrameworkSmtpChannel : IChannel, IAsyncDisposable
{
    private readonly SmtpOptions _options;
    private readonly MailAddress _from;
    private readonly MailAddress? _replyTo;
    private readonly SmtpPool<SmtpClient> _pool;
    private readonly SmtpStartTlsProbe _probe;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private long _pausedUntil;
    private string _pauseReason = "";

    public FrameworkSmtpChannel(SmtpOptions options, TimeProvider time, ILogger<FrameworkSmtpChannel> log)
    {
        _options = options;
        _from = new MailAddress(options.From);
        _replyTo = options.ReplyTo.Length > 0 ? new MailAddress(options.ReplyTo) : null;
        _probe = new SmtpStartTlsProbe(options, time);
        _time = time;
        _log = log;
        _pool = new SmtpPool<SmtpClient>(options.ConnectionsMax, time, OpenAsync, client => client.Dispose());
    }

    public string Id => "email";

    /// <summary>Why these settings cannot be used with this client; null: they can.</summary>
    public static string? Refuses(SmtpOptions options) => options.Security == SmtpSecurity.Tls
        ? $"{SmtpOptions.Section}:Security is Tls, which the framework's SMTP client does not have; use StartTls (port 587 at most providers), or a build with MailKit (WithMailKit=true)."
        : null;

    public async Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellation)
    {
        if (!MailAddresses.TryReceiver(message, out var to, out var reason))
        {
            return SendOutcome.Failed(reason);
        }

        if (_time.GetTimestamp() is var now && now < Volatile.Read(ref _pausedUntil))
        {
            return SendOutcome.Retry(_pauseReason, _time.GetElapsedTime(now, Volatile.Read(ref _pausedUntil)));
        }

        MailMessage mail;
        try
        {
            mail = FrameworkMail.Build(message, _from, to, _replyTo);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            return SendOutcome.Failed($"the mail could not be written: {e.Message}");
        }

        using (mail)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(TimeSpan.FromSeconds(_options.TimeoutSeconds));
            return await SendAsync(mail, message, limit.Token, cancellation);
        }
    }

    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    private async Task<SendOutcome> SendAsync(MailMessage mail, OutgoingMessage message, CancellationToken limit, CancellationToken stopping)
    {
        SmtpPool<SmtpClient>.Lease? lease = null;
        var healthy = false;
        try
        {
            lease = await _pool.RentAsync(limit);
            await lease.Connection.SendMailAsync(mail, limit);
            healthy = true;
            return SendOutcome.Sent;
        }
        catch (OperationCanceledException)
        {
            return stopping.IsCancellationRequested
                ? SendOutcome.Retry("the server is stopping")
                : SmtpFailure.OfConnection(Server, $"no answer within {_options.TimeoutSeconds} s ({SmtpOptions.Section}:TimeoutSeconds)", reused: false);
        }
        catch (Exception e)
        {
            var outcome = Classify(e, message, lease?.Reused ?? false);
            Refused(message.MessageId, Server, outcome.Status, outcome.Reason);
            if (outcome.RetryAfter == SmtpFailure.AuthenticationPause)
            {
                _pauseReason = outcome.Reason;
                Volatile.Write(ref _pausedUntil, _time.GetTimestamp() + (long)(SmtpFailure.AuthenticationPause.TotalSeconds * _time.TimestampFrequency));
            }

            return outcome;
        }
        finally
        {
            if (lease is not null)
            {
                _pool.Return(lease, healthy);
            }
        }
    }

    private SendOutcome Classify(Exception e, OutgoingMessage message, bool reused) => e switch
    {
        SmtpFailedRecipientException refused => SmtpFailure.OfReply((int)refused.StatusCode, message.Address, Reply(refused)),
        SmtpException { StatusCode: >= (SmtpStatusCode)400 and < (SmtpStatusCode)600 } refused => SmtpFailure.OfReply((int)refused.StatusCode, Server, Reply(refused)),
        _ => SmtpFailure.OfConnection(Server, Cause(e), reused),
    };

    private async Task<SmtpClient> OpenAsync(CancellationToken cancellation)
    {
        var encrypt = _options.Security switch
        {
            SmtpSecurity.StartTls => true,
            SmtpSecurity.StartTlsWhenAvailable => await _probe.OffersStartTlsAsync(cancellation),
            _ => false,
        };
        if (!encrypt && _options.Security == SmtpSecurity.StartTlsWhenAvailable && _options.Username.Length > 0 && !IsThisMachine(_options.Host))
        {
            throw new SmtpException($"the server offers no STARTTLS, and the password is not sent in the clear; if it may be, set {SmtpOptions.Section}:Security to None");
        }

        return new SmtpClient(_options.Host, _options.Port)
        {
            EnableSsl = encrypt,
            DeliveryMethod = SmtpDeliveryMethod.Network,
            UseDefaultCredentials = false,
            Credentials = _options.Username.Length > 0 ? new NetworkCredential(_options.Username, _options.Password) : null,
        };
    }

    private string Server => $"{_options.Host}:{_options.Port}";

    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static string Reply(SmtpException e) => e.Message;

    /// <summary>The innermost message says what happened; the outer one says "Failure sending mail".</summary>
    private static string Cause(Exception e)
    {
        while (e.InnerException is { } inner)
        {
            e = inner;
        }

        return e.Message;
    }

    [LoggerMessage(2001, LogLevel.Debug, "Message {MessageId} was not taken by {Server} ({Status}): {Reason}")]
    private partial void Refused(string messageId, string server, SendStatus status, string reason);
}
