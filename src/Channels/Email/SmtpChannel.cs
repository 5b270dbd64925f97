using System.Net;
using System.Net.Mail;
using Microsoft.Extensions.Logging;

namespace Triggers.Channels.Email;

/// <summary>What every SMTP client shares: receivers read strictly, pooled connections, one limit of time, and refusals told apart.</summary>
public abstract partial class SmtpChannel<TConnection> : IChannel, IAsyncDisposable
    where TConnection : class
{
    private readonly SmtpPool<TConnection> _pool;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private volatile Pause? _pause;

    private protected SmtpChannel(SmtpOptions options, TimeProvider time, ILogger log)
    {
        Options = options;
        From = new MailAddress(options.From);
        ReplyTo = options.ReplyTo.Length > 0 ? new MailAddress(options.ReplyTo) : null;
        Server = $"{options.Host}:{options.Port}";
        _time = time;
        _log = log;
        _pool = new SmtpPool<TConnection>(options.ConnectionsMax, time, OpenAsync, Close);
    }

    public string Id => "email";

    protected SmtpOptions Options { get; }

    protected MailAddress From { get; }

    protected MailAddress? ReplyTo { get; }

    protected string Server { get; }

    /// <summary>A password goes in the clear only where the operator says so, or where nobody else can listen.</summary>
    protected bool MayAuthenticateInTheClear =>
        Options.Security == SmtpSecurity.None
        || Options.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(Options.Host, out var address) && IPAddress.IsLoopback(address));

    protected static string ClearTextRefusal =>
        $"the server offers no STARTTLS, and the password is not sent in the clear; if it may be, set {SmtpOptions.Section}:Security to None";

    public async Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellation)
    {
        if (!MailAddresses.TryReceiver(message, out var to, out var reason))
        {
            return SendOutcome.Failed(reason);
        }

        if (_pause is { } pause)
        {
            var left = pause.Until - _time.GetUtcNow();
            if (left > TimeSpan.Zero && left <= SmtpFailure.AuthenticationPause)
            {
                return SendOutcome.PutOff(pause.Reason, left);
            }

            _pause = null;
        }

        try
        {
            await _pool.EnterAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            return SendOutcome.Retry("the server is stopping");
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(Options.TimeoutSeconds));
        return await SendAsync(message, to, limit.Token, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Connects, encrypts and authenticates as the options say.</summary>
    private protected abstract Task<TConnection> OpenAsync(CancellationToken cancellation);

    private protected abstract Task SendAsync(TConnection connection, OutgoingMessage message, MailAddress to, CancellationToken cancellation);

    /// <summary>Ends the conversation, politely if it still can; does not throw.</summary>
    private protected abstract void Close(TConnection connection);

    /// <summary>What the client's exception means for this message; <paramref name="reused"/>: the connection had carried others before.</summary>
    private protected abstract Task<SendOutcome> ClassifyAsync(Exception e, OutgoingMessage message, bool reused, CancellationToken cancellation);

    /// <summary>The innermost message says what happened; the outer ones say "failure sending mail".</summary>
    private protected static string Cause(Exception e)
    {
        while (e.InnerException is { } inner)
        {
            e = inner;
        }

        return e.Message;
    }

    private async Task<SendOutcome> SendAsync(OutgoingMessage message, MailAddress to, CancellationToken limit, CancellationToken stopping)
    {
        SmtpPool<TConnection>.Lease? lease = null;
        var healthy = false;
        try
        {
            lease = await _pool.RentAsync(limit);
            await SendAsync(lease.Connection, message, to, limit);
            healthy = true;
            return SendOutcome.Sent;
        }
        catch (Exception e) when (limit.IsCancellationRequested)
        {
            return stopping.IsCancellationRequested
                ? SendOutcome.Retry("the server is stopping")
                : SmtpFailure.OfConnection(Server, $"no answer within {Options.TimeoutSeconds} s ({SmtpOptions.Section}:TimeoutSeconds): {Cause(e)}", reused: false);
        }
        catch (Exception e)
        {
            var outcome = e is FormatException or ArgumentException
                ? SendOutcome.Failed($"the mail could not be written: {e.Message}")
                : await ClassifyAsync(e, message, lease?.Reused ?? false, limit);
            NotTaken(message.MessageId, Server, outcome.Status, outcome.Reason);
            if (outcome.RetryAfter == SmtpFailure.AuthenticationPause)
            {
                _pause = new Pause(_time.GetUtcNow() + SmtpFailure.AuthenticationPause, outcome.Reason);
                Paused(Server, outcome.Reason);
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

    [LoggerMessage(2001, LogLevel.Debug, "Message {MessageId} was not taken by {Server} ({Status}): {Reason}")]
    private partial void NotTaken(string messageId, string server, SendStatus status, string reason);

    [LoggerMessage(2002, LogLevel.Error, "No mail can be sent: {Server} refuses us. Check Channels:Email:Smtp:Username, Password and Security. {Reason}")]
    private partial void Paused(string server, string reason);

    private sealed record Pause(DateTimeOffset Until, string Reason);
}
