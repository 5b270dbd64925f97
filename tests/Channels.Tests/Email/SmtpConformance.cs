using Triggers.Channels.Email;
using Triggers.Channels.Tests.Smtp;

namespace Triggers.Channels.Tests.Email;

/// <summary>What every SMTP client of ours does, against a real server. A client inherits this and says what it can.</summary>
public abstract class SmtpConformance
{
    /// <summary>What not every client has; a case that needs one asserts elsewhere that the setting is refused by name.</summary>
    [Flags]
    public enum Capability
    {
        None = 0,
        ImplicitTls = 1,
    }

    protected abstract Capability Capabilities { get; }

    protected abstract IChannel Create(SmtpOptions options);

    [Fact]
    public async Task Text_and_html_arrive_as_alternatives_in_utf8_with_our_headers()
    {
        await using var server = new SmtpServer();
        await using var client = Open(server);
        var message = Message() with
        {
            Subject = "Grüße, 你好 — your cart is waiting for you, and so is this rather long subject that has to be folded somewhere 🛒",
            AddresseeName = "Zoë \"Z\" Åström, 李",
            Text = "Zeile eins: äöü\n.\n..two dots\nFrom here\n" + new string('x', 300) + " 你好",
            Html = "<p class=\"a\">Grüße — <b>你好</b> 🛒</p>\n.\n<p>" + string.Concat(Enumerable.Repeat("long ", 400)) + "</p>",
            Headers = [new("List-Unsubscribe", "<https://t.example/u/abc-_123>"), new("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")],
        };

        Assert.Equal(SendOutcome.Sent, await client.SendAsync(message));

        var mail = Assert.Single(server.Mails);
        Assert.Equal("hello@shop.example", mail.Sender);
        Assert.Equal(["ada@example.com"], mail.Receivers);
        Assert.Equal(message.Subject, mail.Header("Subject"));
        Assert.Contains("Zoë", mail.Header("To"), StringComparison.Ordinal);
        Assert.Contains("李", mail.Header("To"), StringComparison.Ordinal);
        Assert.EndsWith("<ada@example.com>", mail.Header("To"), StringComparison.Ordinal);
        Assert.Contains("Lädchen", mail.Header("From"), StringComparison.Ordinal);
        Assert.StartsWith("multipart/alternative", mail.ContentType, StringComparison.Ordinal);
        Assert.Equal(["text/plain", "text/html"], mail.PartTypes);
        Assert.Equal(message.Text, mail.Text);
        Assert.Equal(message.Html, mail.Html);
        Assert.Equal($"<{message.MessageId}@shop.example>", mail.Header("Message-ID"));
        Assert.Equal(1, mail.HeaderCount("Message-ID"));
        Assert.Equal(1, mail.HeaderCount("Date"));
        Assert.Equal("<https://t.example/u/abc-_123>", mail.Header("List-Unsubscribe"));
        Assert.Equal("List-Unsubscribe=One-Click", mail.Header("List-Unsubscribe-Post"));
        Assert.All(mail.Raw.Split("\r\n"), line => Assert.True(line.Length <= 998, "a line of a mail has at most 998 characters"));
        Assert.All(mail.Raw, c => Assert.True(c < 128, "mail leaves as ASCII"));
    }

    [Theory]
    [InlineData("Only text", "", "text/plain")]
    [InlineData("", "<p>Only HTML</p>", "text/html")]
    public async Task One_part_alone_is_not_wrapped(string text, string html, string type)
    {
        await using var server = new SmtpServer();
        await using var client = Open(server);

        Assert.Equal(SendOutcome.Sent, await client.SendAsync(Message() with { Text = text, Html = html }));

        var mail = Assert.Single(server.Mails);
        Assert.StartsWith(type, mail.ContentType, StringComparison.Ordinal);
        Assert.Equal(text + html, mail.Text ?? mail.Html);
    }

    [Fact]
    public async Task A_repeat_has_the_same_message_id()
    {
        await using var server = new SmtpServer();
        await using var client = Open(server);

        await client.SendAsync(Message());
        await client.SendAsync(Message());

        Assert.Equal(server.Mails[0].Header("Message-ID"), server.Mails[1].Header("Message-ID"));
        Assert.NotEmpty(server.Mails[0].Header("Message-ID"));
    }

    [Fact]
    public async Task One_connection_carries_many_messages_and_is_closed_politely()
    {
        await using var server = new SmtpServer();
        await using (var client = Open(server))
        {
            for (var i = 0; i < 5; i++)
            {
                Assert.Equal(SendOutcome.Sent, await client.SendAsync(Message(i)));
            }

            Assert.Equal(1, server.Conversations);
        }

        Assert.Equal(5, server.Mails.Count);
        Assert.Single(server.Mails.Select(mail => mail.Connection).Distinct());
        await Wait.ForAsync(() => server.Quits >= 1, "QUIT");
    }

    [Fact]
    public async Task No_message_waits_for_a_delayed_acknowledgement()
    {
        await using var server = new SmtpServer();
        await using var client = Open(server);
        var fastest = TimeSpan.MaxValue;
        for (var i = 0; i < 40; i++)
        {
            var start = TimeProvider.System.GetTimestamp();
            Assert.Equal(SendOutcome.Sent, await client.SendAsync(Message(i)));
            // The first messages of a connection are acknowledged at once anyway.
            var took = TimeProvider.System.GetElapsedTime(start);
            fastest = i >= 20 && took < fastest ? took : fastest;
        }

        Assert.True(fastest < TimeSpan.FromMilliseconds(35), $"the fastest of 20 messages took {fastest.TotalMilliseconds} ms: Nagle's algorithm is on, which costs 40 ms a message");
    }

    [Fact]
    public async Task Messages_at_once_share_a_bounded_number_of_connections()
    {
        await using var server = new SmtpServer();
        await using var client = Open(server, options => options with { ConnectionsMax = 3 });

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => client.SendAsync(Message(i))));

        Assert.All(outcomes, outcome => Assert.Equal(SendOutcome.Sent, outcome));
        Assert.Equal(60, server.Mails.Select(mail => mail.Header("Message-ID")).Distinct(StringComparer.Ordinal).Count());
        Assert.InRange(server.Conversations, 1, 3);
    }

    [Fact]
    public async Task Waiting_for_a_free_connection_is_not_held_against_the_server()
    {
        var answered = 0;
        await using var server = new SmtpServer
        {
            Fault = (verb, _) =>
            {
                if (verb == "RCPT")
                {
                    Interlocked.Increment(ref answered);
                    Thread.Sleep(400);
                }

                return null;
            },
        };
        await using var client = Open(server, options => options with { ConnectionsMax = 1, TimeoutSeconds = 2 });

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => client.SendAsync(Message(i))));

        Assert.All(outcomes, outcome => Assert.Equal(SendOutcome.Sent, outcome));
        Assert.Equal(8, answered);
    }

    [Theory]
    [InlineData("PLAIN LOGIN")]
    [InlineData("LOGIN")]
    public async Task It_authenticates(string mechanisms)
    {
        await using var server = new SmtpServer { Login = "shop:p&ss wörd", AuthMechanisms = mechanisms };
        await using var client = Open(server, options => options with { Username = "shop", Password = "p&ss wörd" });

        Assert.Equal(SendOutcome.Sent, await client.SendAsync(Message()));
        Assert.Equal("shop:p&ss wörd", Assert.Single(server.Mails).User);
    }

    [Fact]
    public async Task A_wrong_password_holds_mail_back_and_does_not_insist()
    {
        await using var server = new SmtpServer { Login = "shop:right" };
        await using var client = Open(server, options => options with { Username = "shop", Password = "wrong" });

        var first = await client.SendAsync(Message());
        var conversations = server.Conversations;
        var second = await client.SendAsync(Message(2));

        Assert.Equal(SendStatus.Retry, first.Status);
        Assert.Contains("5.7.", first.Reason, StringComparison.Ordinal);
        Assert.Equal(SendStatus.Retry, second.Status);
        Assert.Equal((false, true), (first.IsPutOff, second.IsPutOff));
        Assert.True(second.RetryAfter > TimeSpan.Zero);
        Assert.Equal(conversations, server.Conversations);
    }

    [Fact]
    public async Task Starttls_encrypts()
    {
        await using var server = new SmtpServer { OffersStartTls = true, Login = "shop:secret" };
        await using var client = Open(server, options => options with { Security = SmtpSecurity.StartTls, Username = "shop", Password = "secret" });

        Assert.Equal(SendOutcome.Sent, await client.SendAsync(Message()));
        Assert.Equal(SendOutcome.Sent, await client.SendAsync(Message(2)));
        Assert.All(server.Mails, mail => Assert.True(mail.Secure));
        Assert.Equal(1, server.Conversations);
    }

    [Fact]
    public async Task Starttls_that_is_demanded_and_not_offered_sends_nothing()
    {
        await using var server = new SmtpServer();
        await using var client = Open(server, options => options with { Security = SmtpSecurity.StartTls });

        Assert.Equal(SendStatus.Retry, (await client.SendAsync(Message())).Status);
        Assert.Empty(server.Mails);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Starttls_when_available_takes_what_the_server_has(bool offered)
    {
        await using var server = new SmtpServer { OffersStartTls = offered };
        await using var client = Open(server, options => options with { Security = SmtpSecurity.StartTlsWhenAvailable });

        Assert.Equal(SendOutcome.Sent, await client.SendAsync(Message()));
        Assert.Equal(offered, Assert.Single(server.Mails).Secure);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_refused()
    {
        await using var server = new SmtpServer { OffersStartTls = true, Certificate = TestCertificates.SelfSigned };
        await using var client = Open(server, options => options with { Security = SmtpSecurity.StartTls });

        Assert.Equal(SendStatus.Retry, (await client.SendAsync(Message())).Status);
        Assert.Empty(server.Mails);
    }

    [Fact]
    public async Task Implicit_tls_encrypts_from_the_first_byte_or_is_refused_by_name()
    {
        await using var server = new SmtpServer { ImplicitTls = true };
        if (!Capabilities.HasFlag(Capability.ImplicitTls))
        {
            Assert.Contains("Channels:Email:Smtp:Security is Tls", FrameworkSmtpChannel.Refuses(Options(server) with { Security = SmtpSecurity.Tls }), StringComparison.Ordinal);
            return;
        }

        await using var client = Open(server, options => options with { Security = SmtpSecurity.Tls });
        Assert.Equal(SendOutcome.Sent, await client.SendAsync(Message()));
        Assert.True(Assert.Single(server.Mails).Secure);
    }

    [Theory]
    [InlineData("RCPT", "550 5.1.1 No such user", SendStatus.Failed)]
    [InlineData("RCPT", "553 5.1.3 Bad address", SendStatus.Failed)]
    [InlineData("RCPT", "451 4.7.1 Greylisted, come back", SendStatus.Retry)]
    [InlineData("RCPT", "452 4.2.2 Mailbox full", SendStatus.Retry)]
    [InlineData("MAIL", "550 5.7.1 Sender refused", SendStatus.Failed)]
    [InlineData("MAIL", "451 4.3.0 Try later", SendStatus.Retry)]
    [InlineData("MAIL", "421 4.7.0 Too many connections", SendStatus.Retry)]
    [InlineData("DATA", "554 5.5.1 No", SendStatus.Failed)]
    [InlineData("END", "554 5.7.1 Spam", SendStatus.Failed)]
    [InlineData("END", "552 5.3.4 Too large", SendStatus.Failed)]
    [InlineData("END", "451 4.3.0 Disk full", SendStatus.Retry)]
    [InlineData("END", "421 4.3.2 Shutting down", SendStatus.Retry)]
    [InlineData("CONNECT", "421 4.3.2 Busy", SendStatus.Retry)]
    [InlineData("CONNECT", "554 5.7.1 Your address is listed", SendStatus.Retry)]
    [InlineData("CONNECT", SmtpServer.Drop, SendStatus.Retry)]
    [InlineData("MAIL", SmtpServer.Drop, SendStatus.Retry)]
    [InlineData("END", SmtpServer.Drop, SendStatus.Retry)]
    public async Task A_refusal_is_permanent_or_passing_and_says_why(string verb, string reply, SendStatus expected)
    {
        await using var server = new SmtpServer { Fault = (at, _) => at == verb ? reply : null };
        await using var client = Open(server);

        var outcome = await client.SendAsync(Message());

        Assert.Equal(expected, outcome.Status);
        Assert.NotEmpty(outcome.Reason);
        if (reply != SmtpServer.Drop && expected == SendStatus.Failed)
        {
            Assert.Contains(reply[10..], outcome.Reason, StringComparison.Ordinal);
        }

        server.Fault = (_, _) => null;
        Assert.Equal(SendOutcome.Sent, await client.SendAsync(Message(2)));
        Assert.Equal($"<{Message(2).MessageId}@shop.example>", Assert.Single(server.Mails).Header("Message-ID"));
    }

    [Fact]
    public async Task A_refused_receiver_does_not_touch_the_next_one()
    {
        await using var server = new SmtpServer { Fault = (verb, address) => verb == "RCPT" && address.StartsWith("gone", StringComparison.Ordinal) ? "550 5.1.1 No such user" : null };
        await using var client = Open(server);

        var outcomes = new List<SendStatus>();
        foreach (var address in (string[])["a@example.com", "gone@example.com", "b@example.com"])
        {
            outcomes.Add((await client.SendAsync(Message() with { Address = address })).Status);
        }

        Assert.Equal([SendStatus.Sent, SendStatus.Failed, SendStatus.Sent], outcomes);
        Assert.Equal("a@example.com b@example.com", string.Join(' ', server.Mails.Select(mail => Assert.Single(mail.Receivers))));
    }

    [Fact]
    public async Task A_server_that_is_down_means_later()
    {
        var server = new SmtpServer();
        var options = Options(server);
        await server.DisposeAsync();
        await using var client = new Client(Create(options));

        var outcome = await client.SendAsync(Message());

        Assert.Equal(SendStatus.Retry, outcome.Status);
        Assert.Contains($"localhost:{options.Port}", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_lost_between_messages_costs_one_attempt_at_most()
    {
        await using var server = new SmtpServer();
        await using var client = Open(server);
        Assert.Equal(SendOutcome.Sent, await client.SendAsync(Message()));

        server.DropConnections();
        var second = await client.SendAsync(Message(2));
        if (second.Status != SendStatus.Sent)
        {
            Assert.Equal(SendStatus.Retry, second.Status);
            Assert.InRange(second.RetryAfter!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(1));
            second = await client.SendAsync(Message(2));
        }

        Assert.Equal(SendOutcome.Sent, second);
        Assert.Equal(2, server.Mails.Count);
    }

    [Theory]
    [InlineData("CONNECT")]
    [InlineData("MAIL")]
    [InlineData("END")]
    public async Task A_server_that_does_not_answer_is_given_up(string verb)
    {
        await using var server = new SmtpServer { Fault = (at, _) => at == verb ? SmtpServer.Hang : null };
        await using var client = Open(server, options => options with { TimeoutSeconds = 1 });

        var outcome = await client.SendAsync(Message()).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal(SendStatus.Retry, outcome.Status);
        Assert.Contains("no answer within 1 s", outcome.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not an address")]
    [InlineData("ada@example.com\u2028RCPT")]
    [InlineData("a@example.com, b@example.com")]
    [InlineData("Ada <a@example.com>")]
    [InlineData("a@example.com\r\nBcc: b@example.com")]
    [InlineData("jürgen@example.com")]
    public async Task An_address_that_is_none_fails_without_asking_the_server(string address)
    {
        await using var server = new SmtpServer();
        await using var client = Open(server);

        Assert.Equal(SendStatus.Failed, (await client.SendAsync(Message() with { Address = address })).Status);
        Assert.Equal(0, server.Conversations);
    }

    [Fact]
    public async Task A_domain_beyond_ascii_travels_as_punycode()
    {
        await using var server = new SmtpServer();
        await using var client = Open(server);

        Assert.Equal(SendOutcome.Sent, await client.SendAsync(Message() with { Address = "ada@bücher.example" }));
        Assert.Equal(["ada@xn--bcher-kva.example"], Assert.Single(server.Mails).Receivers);
    }

    [Fact]
    public async Task Nothing_in_a_message_can_begin_another_header()
    {
        await using var server = new SmtpServer();
        await using var client = Open(server);

        await client.SendAsync(Message() with { Subject = "Hi\r\nBcc: all@example.com" });
        await client.SendAsync(Message() with { AddresseeName = "Eve\r\nBcc: all@example.com" });
        await client.SendAsync(Message() with { Headers = [new("X-Note", "a\r\nBcc: all@example.com")] });

        Assert.All(server.Mails, mail => Assert.Equal(0, mail.HeaderCount("Bcc")));
        Assert.All(server.Mails, mail => Assert.Equal(["ada@example.com"], mail.Receivers));
    }

    internal static OutgoingMessage Message(int number = 1) => new(
        number.ToString("x32", System.Globalization.CultureInfo.InvariantCulture), "u:1", "welcome", "welcome", "ada@example.com", "Ada", "Hello", "<p>Hello</p>", "Hello", [],
        new DateTimeOffset(2025, 11, 1, 12, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(), false);

    private static SmtpOptions Options(SmtpServer server) =>
        new() { Host = "localhost", Port = server.Port, Security = SmtpSecurity.None, From = "Lädchen <hello@shop.example>", TimeoutSeconds = 20 };

    private Client Open(SmtpServer server, Func<SmtpOptions, SmtpOptions>? change = null) => new(Create((change ?? (options => options))(Options(server))));

    private sealed class Client(IChannel channel) : IAsyncDisposable
    {
        public Task<SendOutcome> SendAsync(OutgoingMessage message) => channel.SendAsync(message, CancellationToken.None);

        public ValueTask DisposeAsync() => ((IAsyncDisposable)channel).DisposeAsync();
    }
}
