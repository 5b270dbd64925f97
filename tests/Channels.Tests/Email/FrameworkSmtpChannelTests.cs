using Microsoft.Extensions.Logging.Abstractions;
using Triggers.Channels.Email;

namespace Triggers.Channels.Tests.Email;

public sealed class FrameworkSmtpChannelTests : SmtpConformance
{
    protected override Capability Capabilities => Capability.None;

    protected override IChannel Create(SmtpOptions options) => new FrameworkSmtpChannel(options, TimeProvider.System, NullLogger<FrameworkSmtpChannel>.Instance);
}
