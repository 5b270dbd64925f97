using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Triggers.Channels.Webhook;

namespace Triggers.Channels.Tests.Webhook;

public sealed class WebhookChannelTests
{
    private const string Secret = "a secret of the shop";
    private static readonly DateTimeOffset Now = new(2025, 11, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task The_body_is_posted_as_it_is_with_a_signature_that_the_receiver_can_verify()
    {
        await using var receiver = await WebhookReceiver.StartAsync(204);
        var message = Message(receiver.Url) with { Text = """{"name":"Zoë 🛒"}""", Headers = [new("X-Triggers-Test", "true")] };

        Assert.Equal(SendOutcome.Sent, await SendAsync(message));

        var post = Assert.Single(receiver.Posts);
        Assert.Equal("POST", post.Method);
        Assert.Equal(message.Text, Encoding.UTF8.GetString(post.Body));
        Assert.StartsWith("application/json", post.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.Equal(message.MessageId, post.Headers["Triggers-Message-Id"]);
        Assert.Equal("true", post.Headers["X-Triggers-Test"]);
        var parts = post.Headers["Triggers-Signature"].Split(',');
        var time = parts[0]["t=".Length..];
        Assert.Equal(Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), time);
        var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), (byte[])[.. Encoding.UTF8.GetBytes(time + "."), .. post.Body]);
        Assert.Equal("v1=" + Convert.ToHexStringLower(expected), parts[1]);
    }

    [Theory]
    [InlineData(200, SendStatus.Sent)]
    [InlineData(202, SendStatus.Sent)]
    [InlineData(400, SendStatus.Failed)]
    [InlineData(401, SendStatus.Failed)]
    [InlineData(404, SendStatus.Failed)]
    [InlineData(410, SendStatus.Failed)]
    [InlineData(408, SendStatus.Retry)]
    [InlineData(425, SendStatus.Retry)]
    [InlineData(429, SendStatus.Retry)]
    [InlineData(500, SendStatus.Retry)]
    [InlineData(503, SendStatus.Retry)]
    public async Task The_status_decides(int status, SendStatus expected)
    {
        await using var receiver = await WebhookReceiver.StartAsync(status);

        var outcome = await SendAsync(Message(receiver.Url));

        Assert.Equal(expected, outcome.Status);
        Assert.Equal(expected != SendStatus.Sent, outcome.Reason.Contains($"answered {status} the receiver's  words", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("120", 120)]
    [InlineData("Sat, 01 Nov 2025 12:05:00 GMT", 300)]
    [InlineData("Sat, 01 Nov 2025 11:00:00 GMT", 0)]
    [InlineData("99999999", 6 * 3600)]
    [InlineData("soon", null)]
    public async Task Retry_after_is_heeded(string header, int? seconds)
    {
        await using var receiver = await WebhookReceiver.StartAsync(context =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = header;
            return Task.CompletedTask;
        });

        var outcome = await SendAsync(Message(receiver.Url));

        Assert.Equal(SendStatus.Retry, outcome.Status);
        Assert.Equal(seconds is { } s ? TimeSpan.FromSeconds(s) : null, outcome.RetryAfter);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var elsewhere = await WebhookReceiver.StartAsync(200);
        await using var receiver = await WebhookReceiver.StartAsync(context =>
        {
            context.Response.Redirect(elsewhere.Url, permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        });

        var outcome = await SendAsync(Message(receiver.Url));

        Assert.Equal(SendStatus.Failed, outcome.Status);
        Assert.Contains("redirects are not followed", outcome.Reason, StringComparison.Ordinal);
        Assert.Empty(elsewhere.Posts);
    }

    [Fact]
    public async Task A_receiver_that_does_not_answer_is_given_up_and_tried_later()
    {
        await using var receiver = await WebhookReceiver.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default));

        var outcome = await SendAsync(Message(receiver.Url), options => options with { TimeoutSeconds = 1 });

        Assert.Equal(SendStatus.Retry, outcome.Status);
        Assert.Contains("no answer within 1 s", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_that_does_not_answer_leaves_senders_to_the_others()
    {
        await using var silent = new BrokenReceiver("");
        await using var receiver = await WebhookReceiver.StartAsync(200);
        using var channel = Channel(options => options with { TimeoutSeconds = 120 });
        using var stop = new CancellationTokenSource();

        var senders = Enumerable.Range(0, channel.AtOnceMax).Select(_ => channel.SendAsync(Message(silent.Url), stop.Token)).ToList();
        for (var back = 0; back < channel.AtOnceMax - Receivers.AtOnceMax; back++)
        {
            var sender = await Task.WhenAny(senders);
            Assert.Equal((SendStatus.Retry, true), ((await sender).Status, (await sender).IsPutOff));
            Assert.Contains("earlier messages wait for its answer", (await sender).Reason, StringComparison.Ordinal);
            senders.Remove(sender);
        }

        Assert.Equal(SendOutcome.Sent, await channel.SendAsync(Message(receiver.Url), CancellationToken.None));
        Assert.All(senders, sender => Assert.False(sender.IsCompleted));
        await stop.CancelAsync();
        await Task.WhenAll(senders);
    }

    [Fact]
    public async Task An_answer_whose_words_do_not_come_counts_by_its_status()
    {
        await using var receiver = new BrokenReceiver("HTTP/1.1 410 Gone\r\nContent-Length: 1000\r\n\r\nmoved");

        var outcome = await SendAsync(Message(receiver.Url), options => options with { TimeoutSeconds = 4 });

        Assert.Equal(SendStatus.Failed, outcome.Status);
        Assert.EndsWith("answered 410 moved", outcome.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\u001b[2J\u001b]0;gone\u0007 LONG\r\n\r\n", SendStatus.Retry, "invalid status line")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: /\u001b[2JLONG\r\nContent-Length: 0\r\n\r\n", SendStatus.Failed, "write the final address")]
    public async Task What_a_receiver_says_is_one_short_line_without_control_characters(string answer, SendStatus expected, string words)
    {
        await using var receiver = new BrokenReceiver(answer.Replace("LONG", new string('x', 10_000), StringComparison.Ordinal));

        var outcome = await SendAsync(Message(receiver.Url));

        Assert.Equal(expected, outcome.Status);
        Assert.Contains(words, outcome.Reason, StringComparison.Ordinal);
        Assert.InRange(outcome.Reason.Length, 1, 600);
        Assert.DoesNotContain(outcome.Reason, char.IsControl);
    }

    [Fact]
    public async Task Nobody_listening_means_later()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        Assert.Equal(SendStatus.Retry, (await SendAsync(Message($"http://127.0.0.1:{port}/"))).Status);
    }

    [Theory]
    [InlineData("ftp://example.com/x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("/hook")]
    [InlineData("")]
    public async Task Only_web_addresses_are_posted_to(string url) => Assert.Equal(SendStatus.Failed, (await SendAsync(Message(url))).Status);

    [Theory]
    [InlineData("http://127.0.0.1:PORT/")]
    [InlineData("http://localhost:PORT/")]
    [InlineData("http://[::1]:PORT/")]
    [InlineData("http://[::ffff:127.0.0.1]:PORT/")]
    [InlineData("http://2130706433:PORT/")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://10.0.0.1/")]
    public async Task Private_addresses_are_refused_unless_listed(string url)
    {
        await using var receiver = await WebhookReceiver.StartAsync(200);

        var outcome = await SendAsync(Message(url.Replace("PORT", new Uri(receiver.Url).Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)), options => options with { AllowedPrivateNetworks = [] });

        Assert.Equal(SendStatus.Failed, outcome.Status);
        Assert.Contains("Channels:Webhook:AllowedPrivateNetworks", outcome.Reason, StringComparison.Ordinal);
        Assert.Empty(receiver.Posts);
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700:4700::1111", true)]
    [InlineData("172.15.255.255", true)]
    [InlineData("172.16.0.1", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("fd00::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    public void An_address_is_public_or_not(string address, bool isPublic) => Assert.Equal(isPublic, new PublicConnector([]).IsAllowed(IPAddress.Parse(address)));

    private static OutgoingMessage Message(string url) => Email.SmtpConformance.Message() with { Address = url, Text = "{}" };

    private static async Task<SendOutcome> SendAsync(OutgoingMessage message, Func<WebhookOptions, WebhookOptions>? change = null)
    {
        using var channel = Channel(change);
        return await channel.SendAsync(message, CancellationToken.None);
    }

    private static WebhookChannel Channel(Func<WebhookOptions, WebhookOptions>? change)
    {
        var options = new WebhookOptions { Secret = Secret, AllowedPrivateNetworks = [IPNetwork.Parse("127.0.0.0/8")] };
        return new WebhookChannel((change ?? (same => same))(options), new FixedTime(), NullLogger<WebhookChannel>.Instance);
    }

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
