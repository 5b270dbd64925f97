namespace Triggers.Channels;

/// <summary>The channels of this server, by id. Closes those that hold connections.</summary>
public sealed class ChannelRegistry(IEnumerable<IChannel> channels) : IAsyncDisposable
{
    private readonly Dictionary<string, IChannel> _channels = channels.ToDictionary(channel => channel.Id, StringComparer.Ordinal);

    /// <summary>Ids that definitions may name.</summary>
    public static IReadOnlyList<string> KnownIds { get; } = ["email", "webhook"];

    public IChannel? Find(string id) => _channels.GetValueOrDefault(id);

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _channels.Values)
        {
            switch (channel)
            {
                case IAsyncDisposable closing:
                    await closing.DisposeAsync();
                    break;
                case IDisposable closing:
                    closing.Dispose();
                    break;
            }
        }
    }
}
