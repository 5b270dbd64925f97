using Microsoft.Extensions.Logging.Abstractions;
using Triggers.Channels.Email;
using Triggers.Channels.Tests.Smtp;

namespace Triggers.Channels.Tests.Email;

public sealed class FrameworkSmtpChannelTests : SmtpConformance
{
    protected override Capability Capabilities => Capability.None;

    [Theory]
    [InlineData("CONNECT")]
    [InlineData("EHLO")]
    public async Task A_reply_whose_line_does_not_end_is_not_read_into_memory(string verb)
    {
        await using var server = new SmtpServer { Fault = (at, _) => at == verb ? "220 " + new string('x', 100_000) : null };
        var channel = (FrameworkSmtpChannel)Create(new SmtpOptions { Host = "localhost", Port = server.Port, From = "hello@shop.example", Security = SmtpSecurity.StartTlsWhenAvailable });
        await using var closing = channel;

        var outcome = await channel.SendAsync(Message(), CancellationToken.None);

        Assert.Equal(SendStatus.Retry, outcome.Status);
        Assert.Contains("a line of the reply does not end", outcome.Reason, StringComparison.Ordinal);
        Assert.Empty(server.Mails);
    }

    protected override IChannel Create(SmtpOptions options) => new FrameworkSmtpChannel(options, TimeProvider.System, NullLogger<FrameworkSmtpChannel>.Instance);
}
