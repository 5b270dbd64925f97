using System.Threading.Channels;
using Triggers.Runtime.Loop;

namespace Triggers.Grains.Partitions;

/// <summary>Waits by yielding, so that a grain answers other calls meanwhile.</summary>
internal sealed class TurnPace : IPace
{
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Signal() => _signals.Writer.TryWrite(true);

    public async ValueTask WaitAsync() => await _signals.Reader.ReadAsync();

    public async ValueTask WaitAsync(int atMost)
    {
        using var patience = new CancellationTokenSource(atMost);
        try
        {
            await _signals.Reader.ReadAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // The time has passed.
        }
    }

    public async ValueTask UntilAsync(Task task) => await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

    public void Dispose()
    {
        // Nothing is held; a signal that comes after the end is one too many for nobody.
    }
}
