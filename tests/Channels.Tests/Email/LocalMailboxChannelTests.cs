using Microsoft.Extensions.Logging.Abstractions;
using Triggers.Channels.Email;

namespace Triggers.Channels.Tests.Email;

public sealed class LocalMailboxChannelTests
{
    private readonly MemoryKeeper _keeper = new();

    [Fact]
    public async Task Mail_is_kept_as_its_receiver_would_have_got_it()
    {
        var message = SmtpConformance.Message() with { Headers = [new("List-Unsubscribe", "<https://t.example/u/x>")], IsTest = true };

        Assert.Equal(SendOutcome.Sent, await SendAsync(message, "Shop <hello@shop.example>"));

        var mail = Assert.Single(_keeper.Mails);
        Assert.Equal((message.MessageId, "\"Shop\" <hello@shop.example>", "\"Ada\" <ada@example.com>", "Hello", "<p>Hello</p>", "Hello"), (mail.MessageId, mail.From, mail.To, mail.Subject, mail.Html, mail.Text));
        Assert.Equal($"Message-ID: <{message.MessageId}@shop.example>\nList-Unsubscribe: <https://t.example/u/x>", mail.Headers);
        Assert.Equal(("welcome", "u:1", true), (mail.Campaign, mail.CustomerKey, mail.IsTest));
    }

    [Fact]
    public async Task Without_a_sender_the_default_stands_in()
    {
        await SendAsync(SmtpConformance.Message(), "");

        Assert.Equal(LocalMailboxChannel.FromDefault, Assert.Single(_keeper.Mails).From);
    }

    [Fact]
    public async Task An_address_that_would_fail_at_a_server_fails_here_too()
    {
        Assert.Equal(SendStatus.Failed, (await SendAsync(SmtpConformance.Message() with { Address = "a@example.com, b@example.com" }, "")).Status);
        Assert.Empty(_keeper.Mails);
    }

    [Fact]
    public async Task A_mailbox_that_cannot_keep_means_later()
    {
        _keeper.Fails = true;

        var outcome = await SendAsync(SmtpConformance.Message(), "");

        Assert.Equal(SendStatus.Retry, outcome.Status);
        Assert.Contains("disk full", outcome.Reason, StringComparison.Ordinal);
    }

    private Task<SendOutcome> SendAsync(OutgoingMessage message, string from) =>
        new LocalMailboxChannel(_keeper, from, TimeProvider.System, NullLogger<LocalMailboxChannel>.Instance).SendAsync(message, CancellationToken.None);
}

internal sealed class MemoryKeeper : IMailKeeper
{
    public List<KeptMail> Mails { get; } = [];

    public bool Fails { get; set; }

    public Task KeepAsync(KeptMail mail)
    {
        if (Fails)
        {
            return Task.FromException(new IOException("disk full"));
        }

        Mails.Add(mail);
        return Task.CompletedTask;
    }
}
