using Microsoft.AspNetCore.SignalR;

namespace Triggers.Web.Live;

/// <summary>
/// One connection and the newest thing it lacks. At most one frame is on its way: what comes meanwhile is not queued, the viewer is only
/// noted to be behind and gets a snapshot when the frame is through.
/// </summary>
internal sealed class LiveViewer(HubConnectionContext connection, Func<SharedFrame> takeSnapshot)
{
    private readonly Lock _lock = new();
    private bool _isSending;
    private bool _isBehind;
    private long _version = -1;

    public void Resync() => Offer(null);

    /// <summary>Gives a delta, or nothing, which asks for a snapshot.</summary>
    public void Offer(SharedFrame? delta)
    {
        lock (_lock)
        {
            if (delta is not null && delta.Version <= _version)
            {
                return;
            }

            if (_isSending)
            {
                _isBehind = true;
                return;
            }

            _isSending = true;
            _isBehind = delta is null || delta.Version != _version + 1;
        }

        _ = SendAsync(delta);
    }

    private async Task SendAsync(SharedFrame? next)
    {
        try
        {
            while (true)
            {
                var frame = TakeNext(next);
                if (frame is null)
                {
                    return;
                }

                next = null;
                await connection.WriteAsync(frame.Message, connection.ConnectionAborted);
            }
        }
        catch (Exception)
        {
            // The connection is gone or going; the hub tells us so itself. It must not be written to again.
            connection.Abort();
        }
    }

    private SharedFrame? TakeNext(SharedFrame? delta)
    {
        lock (_lock)
        {
            if (!_isBehind)
            {
                if (delta is null)
                {
                    _isSending = false;
                }
                else
                {
                    _version = delta.Version;
                }

                return delta;
            }

            _isBehind = false;
        }

        var snapshot = takeSnapshot();
        lock (_lock)
        {
            _version = snapshot.Version;
        }

        return snapshot;
    }
}

/// <summary>A message that is serialised once, whoever many viewers get it.</summary>
internal sealed record SharedFrame(long Version, SerializedHubMessage Message);
