using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Triggers.Channels.Email;

namespace Triggers.Channels.Tests.Email;

public sealed class EmailChannelFactoryTests
{
    private static readonly string Client = EmailChannelFactory.HasMailKit ? "MailKit" : "framework client";

    [Fact]
    public void Without_a_host_mail_stays_in_the_local_mailbox()
    {
        var result = Create([]);

        Assert.IsType<LocalMailboxChannel>(result.Channel);
        Assert.Equal("mail: local mailbox", result.Description);
        Assert.False(result.IsSmtp);
    }

    [Fact]
    public async Task With_a_host_mail_leaves_by_smtp()
    {
        var result = Create([("Host", "smtp.example"), ("From", "Shop <hello@shop.example>")]);

        Assert.Empty(result.Problems);
        Assert.Equal($"mail: smtp smtp.example:587 ({Client})", result.Description);
        Assert.True(result.IsSmtp);
        await ((IAsyncDisposable)result.Channel!).DisposeAsync();
    }

    [Fact]
    public void A_demo_keeps_mail_whatever_is_configured() =>
        Assert.IsType<LocalMailboxChannel>(Create([("Host", "smtp.example"), ("From", "hello@shop.example")], localOnly: true).Channel);

    [Theory]
    [InlineData("None", 25)]
    [InlineData("starttls", 587)]
    [InlineData("StartTlsWhenAvailable", 587)]
    public void The_port_follows_from_the_security(string security, int port) =>
        Assert.Contains($":{port} ", Create([("Host", "h.example"), ("From", "a@h.example"), ("Security", security)]).Description, StringComparison.Ordinal);

    [Theory]
    [InlineData("From", "", "Channels:Email:Smtp:From is not set")]
    [InlineData("From", "not an address", "Channels:Email:Smtp:From is 'not an address'")]
    [InlineData("ReplyTo", "nobody", "Channels:Email:Smtp:ReplyTo is 'nobody'")]
    [InlineData("Port", "70000", "Channels:Email:Smtp:Port is '70000'; write a whole number from 1 to 65535.")]
    [InlineData("Port", "smtp", "Channels:Email:Smtp:Port is 'smtp'")]
    [InlineData("Security", "Ssl", "Channels:Email:Smtp:Security is 'Ssl'; write one of None, StartTls, StartTlsWhenAvailable, Tls.")]
    [InlineData("Security", "3", "Channels:Email:Smtp:Security is '3'")]
    [InlineData("Host", "smtp.example:25", "Channels:Email:Smtp:Host is 'smtp.example:25'")]
    [InlineData("Username", "shop", "Channels:Email:Smtp:Username is set, but Password is not")]
    [InlineData("Password", "secret", "Channels:Email:Smtp:Password is set, but Username is not")]
    [InlineData("ConnectionsMax", "0", "Channels:Email:Smtp:ConnectionsMax is '0'")]
    [InlineData("TimeoutSeconds", "-1", "Channels:Email:Smtp:TimeoutSeconds is '-1'")]
    public void A_wrong_setting_is_named_with_the_fix(string key, string value, string problem)
    {
        var result = Create([("Host", "smtp.example"), ("From", "a@shop.example"), (key, value)]);

        Assert.Null(result.Channel);
        Assert.StartsWith(problem, Assert.Single(result.Problems), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", result.Problems[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Implicit_tls_needs_mailkit_and_is_otherwise_refused_by_name()
    {
        var result = Create([("Host", "smtp.example"), ("From", "a@shop.example"), ("Security", "Tls")]);

        if (EmailChannelFactory.HasMailKit)
        {
            Assert.Equal("mail: smtp smtp.example:465 (MailKit)", result.Description);
        }
        else
        {
            Assert.Contains("a build with MailKit", Assert.Single(result.Problems), StringComparison.Ordinal);
        }
    }

    private static EmailChannelResult Create((string Key, string Value)[] settings, bool localOnly = false) => EmailChannelFactory.Create(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Reverse().DistinctBy(setting => setting.Key, StringComparer.Ordinal).Select(setting => KeyValuePair.Create("Channels:Email:Smtp:" + setting.Key, (string?)setting.Value))).Build(),
        new MemoryKeeper(), TimeProvider.System, NullLoggerFactory.Instance, localOnly);
}
