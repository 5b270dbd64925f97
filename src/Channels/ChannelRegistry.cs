namespace Triggers.Channels;

/// <summary>The channels of this server, by id.</summary>
public sealed class ChannelRegistry(IEnumerable<IChannel> channels)
{
    private readonly Dictionary<string, IChannel> _channels = channels.ToDictionary(channel => channel.Id, StringComparer.Ordinal);

    /// <summary>Ids that definitions may name.</summary>
    public static IReadOnlyList<string> KnownIds { get; } = ["email", "webhook"];

    public IChannel? Find(string id) => _channels.GetValueOrDefault(id);
}
