namespace Triggers.Engine.Definitions;

/// <summary>What definitions must know of a channel to check a send step; the channels themselves live elsewhere.</summary>
/// <param name="NeedsUrl">The step says where to (<c>url</c>); otherwise a trait of the customer does.</param>
/// <param name="NeedsTemplate">Without a template there is nothing to send; otherwise the channel has a standard content.</param>
/// <param name="NeedsSubject">Its templates have a subject, and html or text; otherwise a JSON body.</param>
public sealed record ChannelRule(string Id, bool NeedsUrl, bool NeedsTemplate, bool NeedsSubject)
{
    public static IReadOnlyList<ChannelRule> Defaults { get; } =
    [
        new("email", NeedsUrl: false, NeedsTemplate: true, NeedsSubject: true),
        new("webhook", NeedsUrl: true, NeedsTemplate: false, NeedsSubject: false),
    ];
}
