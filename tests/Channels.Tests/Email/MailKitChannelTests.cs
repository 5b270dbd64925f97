#if WITH_MAILKIT
using Microsoft.Extensions.Logging.Abstractions;
using Triggers.Channels.Email;

namespace Triggers.Channels.Tests.Email;

public sealed class MailKitChannelTests : SmtpConformance
{
    protected override Capability Capabilities => Capability.ImplicitTls;

    protected override IChannel Create(SmtpOptions options) => new MailKitChannel(options, TimeProvider.System, NullLogger<MailKitChannel>.Instance);
}
#endif
