using Microsoft.AspNetCore.SignalR;

namespace Triggers.Web.Live;

/// <summary>
/// The live page's connection: <c>snapshot</c> on connect, then <c>delta</c> with ascending versions. A viewer that sees a gap, or was too slow
/// for a delta, gets a new snapshot; a delta not above the version it has is to be ignored.
/// </summary>
internal sealed class LiveHub(LiveRelay relay) : Hub
{
    /// <summary>Asks for a new snapshot.</summary>
    public void Resync() => relay.Resync(Context.ConnectionId);
}
