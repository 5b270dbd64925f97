#if WITH_MAILKIT
using System.Net.Mail;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Logging;
using MimeKit;
using Client = MailKit.Net.Smtp.SmtpClient;

namespace Triggers.Channels.Email;

/// <summary>Mail by MailKit: every kind of encryption, and replies with their code at every stage of the conversation.</summary>
public sealed class MailKitChannel(SmtpOptions options, TimeProvider time, ILogger<MailKitChannel> log) : SmtpChannel<Client>(options, time, log)
{
    private protected override async Task<Client> OpenAsync(CancellationToken cancellation)
    {
        // Revocation lists are asked for over HTTP at each connection, and many closed networks have none: the framework's client does not ask either.
        var client = new Client { CheckCertificateRevocation = false, Timeout = Options.TimeoutSeconds * 1000 };
        // A mail leaves in several small writes: without NoDelay each waits for the server's delayed acknowledgement, 40 ms.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(Options.Host, Options.Port, cancellation);
            await client.ConnectAsync(socket, Options.Host, Options.Port, SocketOptionsOf(Options.Security), cancellation);
            if (Options.Username.Length > 0)
            {
                if (!client.IsSecure && !MayAuthenticateInTheClear)
                {
                    throw new ServiceNotAuthenticatedException(ClearTextRefusal);
                }

                await client.AuthenticateAsync(Options.Username, Options.Password, cancellation);
            }

            return client;
        }
        catch (SmtpCommandException e)
        {
            // Refused before any mail was named, such as a greeting with 554: it is about the connection.
            client.Dispose();
            socket.Dispose();
            throw new IOException(e.Message, e);
        }
        catch
        {
            client.Dispose();
            socket.Dispose();
            throw;
        }
    }

    private protected override async Task SendAsync(Client connection, OutgoingMessage message, MailAddress to, CancellationToken cancellation)
    {
        using var mail = Build(message, to);
        await connection.SendAsync(mail, cancellation);
    }

    private protected override void Close(Client connection)
    {
        try
        {
            connection.Disconnect(quit: true, new CancellationTokenSource(TimeSpan.FromSeconds(1)).Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ProtocolException or CommandException or InvalidOperationException)
        {
            // The server may be gone already.
        }

        connection.Dispose();
    }

    private protected override Task<SendOutcome> ClassifyAsync(Exception e, OutgoingMessage message, bool reused, CancellationToken cancellation) => Task.FromResult(e switch
    {
        AuthenticationException => SendOutcome.Retry($"{Server}: {Cause(e)}", SmtpFailure.AuthenticationPause),
        ServiceNotAuthenticatedException => SendOutcome.Retry($"{Server}: {e.Message}", SmtpFailure.AuthenticationPause),
        SmtpCommandException { ErrorCode: SmtpErrorCode.RecipientNotAccepted } refused => SmtpFailure.OfReply((int)refused.StatusCode, message.Address, refused.Message),
        SmtpCommandException refused => SmtpFailure.OfReply((int)refused.StatusCode, Server, refused.Message),
        _ => SmtpFailure.OfConnection(Server, Cause(e), reused),
    });

    private static SecureSocketOptions SocketOptionsOf(SmtpSecurity security) => security switch
    {
        SmtpSecurity.None => SecureSocketOptions.None,
        SmtpSecurity.StartTls => SecureSocketOptions.StartTls,
        SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
        _ => SecureSocketOptions.StartTlsWhenAvailable,
    };

    private MimeMessage Build(OutgoingMessage message, MailAddress to)
    {
        var mail = new MimeMessage
        {
            Date = DateTimeOffset.UtcNow,
            MessageId = MailMessageId.Bare(message.MessageId, From),
            Subject = message.Subject,
        };
        mail.From.Add(Mailbox(From));
        mail.To.Add(Mailbox(to));
        if (ReplyTo is not null)
        {
            mail.ReplyTo.Add(Mailbox(ReplyTo));
        }

        foreach (var (name, value) in message.Headers)
        {
            mail.Headers.Replace(name, value);
        }

        mail.Body = new BodyBuilder
        {
            TextBody = message.Text.Length > 0 ? MailAddresses.Lines(message.Text) : null,
            HtmlBody = message.Html.Length > 0 ? MailAddresses.Lines(message.Html) : null,
        }.ToMessageBody();
        return mail;
    }

    private static MailboxAddress Mailbox(MailAddress address) => new(address.DisplayName, address.Address);
}
#endif
