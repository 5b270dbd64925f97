using System.Net;
using System.Net.Mail;
using Microsoft.Extensions.Logging;

namespace Triggers.Channels.Email;

/// <summary>
/// Mail by the framework's own SMTP client, for builds without MailKit. What is particular about that client: it sends one message at a time, so there
/// is a pool of them; it keeps its connection until it is disposed, and says QUIT then; it has STARTTLS and no implicit TLS; it cannot encrypt
/// opportunistically, so the server is asked beforehand; after any failure its state is unknown, so it is thrown away.
/// </summary>
public sealed class FrameworkSmtpChannel(SmtpOptions options, TimeProvider time, ILogger<FrameworkSmtpChannel> log) : SmtpChannel<SmtpClient>(options, time, log)
{
    private readonly SmtpProbe _probe = new(options, time);

    /// <summary>Why these settings cannot be used with this client; null: they can.</summary>
    public static string? Refuses(SmtpOptions options) => options.Security == SmtpSecurity.Tls
        ? $"{SmtpOptions.Section}:Security is Tls, which the framework's SMTP client does not have; use StartTls (port 587 at most providers), or a build with MailKit (WithMailKit=true)."
        : null;

    private protected override async Task<SmtpClient> OpenAsync(CancellationToken cancellation)
    {
        var encrypt = Options.Security switch
        {
            SmtpSecurity.None => false,
            SmtpSecurity.StartTlsWhenAvailable => await _probe.OffersStartTlsAsync(cancellation),
            _ => true,
        };
        if (!encrypt && Options.Username.Length > 0 && !MayAuthenticateInTheClear)
        {
            throw new SmtpException(ClearTextRefusal);
        }

        return new SmtpClient(Options.Host, Options.Port)
        {
            EnableSsl = encrypt,
            DeliveryMethod = SmtpDeliveryMethod.Network,
            UseDefaultCredentials = false,
            Credentials = Options.Username.Length > 0 ? new NetworkCredential(Options.Username, Options.Password) : null,
        };
    }

    private protected override async Task SendAsync(SmtpClient connection, OutgoingMessage message, MailAddress to, CancellationToken cancellation)
    {
        var mail = FrameworkMail.Build(message, From, to, ReplyTo);
        var sending = connection.SendMailAsync(mail, cancellation);
        FrameworkSocket.SendAtOnce(connection);
        try
        {
            // The client does not watch its cancellation while it waits for the answer to the mail's end: it is left behind then, and closed.
            await sending.WaitAsync(cancellation);
        }
        finally
        {
            _ = sending.ContinueWith(
                ended =>
                {
                    _ = ended.Exception;
                    mail.Dispose();
                },
                CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private protected override void Close(SmtpClient connection)
    {
        try
        {
            connection.Dispose();
        }
        catch (Exception e) when (e is IOException or SmtpException or InvalidOperationException)
        {
            // It says QUIT to a server that may be gone.
        }
    }

    private protected override async Task<SendOutcome> ClassifyAsync(Exception e, OutgoingMessage message, bool reused, CancellationToken cancellation)
    {
        if (e is not SmtpException { StatusCode: >= (SmtpStatusCode)400 and < (SmtpStatusCode)600 } refused)
        {
            _probe.Forget();
            return SmtpFailure.OfConnection(Server, Cause(e), reused);
        }

        if (refused is SmtpFailedRecipientException)
        {
            return SmtpFailure.OfReply((int)refused.StatusCode, message.Address, refused.Message);
        }

        // The client does not tell a refused mail from a refused connection, such as a greeting with 554: ask, before a mail is given up for good.
        var outcome = SmtpFailure.OfReply((int)refused.StatusCode, Server, refused.Message);
        return outcome.Status == SendStatus.Failed && !reused && await _probe.RefusalAsync(cancellation) is { } refusal
            ? SmtpFailure.OfConnection(Server, refusal, reused)
            : outcome;
    }
}
