using Triggers.Runtime.Hosting;

namespace Triggers.Runtime.Live;

/// <summary>The live numbers of a server: of this process, and of the whole if other processes share its store.</summary>
internal sealed class ServerLive : IAsyncDisposable
{
    /// <summary>Of this process among those that are summed; others have names that their host gives.</summary>
    private const string Here = "here";

    private readonly OwnedPartitions _owned;
    private readonly LiveSum? _sum;
    private IAsyncDisposable? _others;

    /// <param name="sum">null: this process is alone.</param>
    public ServerLive(LiveFeed share, LiveSum? sum, OwnedPartitions owned, TimeProvider time)
    {
        Share = share;
        _sum = sum;
        _owned = owned;
        if (sum is not null)
        {
            share.Shared += OnShared;
            sum.Outdated += OnOutdated;
            sum.Come(Here, share.Share());
        }

        Past = new PastSeconds(Whole, time);
    }

    /// <summary>Of this process.</summary>
    public LiveFeed Share { get; }

    /// <summary>Of all processes.</summary>
    public CoalescedFeed Whole => _sum is null ? Share : _sum;

    /// <summary>Of all processes.</summary>
    public PastSeconds Past { get; }

    /// <summary>Brings the shares of other processes in, as the host knows them.</summary>
    public async Task JoinAsync(LoopHost? host, CancellationToken cancellation)
    {
        if (_sum is not null && host is not null)
        {
            _others = await host.JoinLiveAsync(new LiveExchange(Share, _sum, _owned), cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Past.DisposeAsync();
        if (_others is not null)
        {
            await _others.DisposeAsync();
        }

        if (_sum is not null)
        {
            Share.Shared -= OnShared;
            _sum.Outdated -= OnOutdated;
            await _sum.DisposeAsync();
        }

        await Share.DisposeAsync();
    }

    private void OnShared(LiveShareDelta delta)
    {
        if (!_sum!.Apply(Here, delta))
        {
            _sum.Come(Here, Share.Share());
        }
    }

    private void OnOutdated(string process, OwnedPartition owner)
    {
        if (process == Here)
        {
            _owned.Lose(owner.Number, owner.Epoch);
        }
    }
}

/// <summary>What a host brings together: this process's share, which it gives to others, and the sum, to which it adds theirs.</summary>
internal sealed record LiveExchange(LiveFeed Share, LiveSum Sum, OwnedPartitions Owned);
