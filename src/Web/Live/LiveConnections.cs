using Microsoft.AspNetCore.SignalR;

namespace Triggers.Web.Live;

/// <summary>Tells the relay of the hub's connections themselves: SignalR's own broadcast would queue without bound behind a slow viewer.</summary>
internal sealed class LiveConnections(LiveRelay relay, ILogger<DefaultHubLifetimeManager<LiveHub>> logger) : DefaultHubLifetimeManager<LiveHub>(logger)
{
    public override async Task OnConnectedAsync(HubConnectionContext connection)
    {
        await base.OnConnectedAsync(connection);
        relay.Add(connection);
    }

    public override Task OnDisconnectedAsync(HubConnectionContext connection)
    {
        relay.Remove(connection.ConnectionId);
        return base.OnDisconnectedAsync(connection);
    }
}
