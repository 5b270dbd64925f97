using Microsoft.Extensions.Logging.Abstractions;
using Triggers.Storage.Upkeep;

namespace Triggers.Storage.Tests.Upkeep;

public sealed class UpkeepLoopTests
{
    [Fact]
    public async Task Nothing_is_begun_while_somebody_holds_it_but_who_asks_for_all_of_it_gets_it()
    {
        using var work = new Work();
        await using var loop = new UpkeepLoop([work], TimeProvider.System, NullLogger.Instance);
        var (first, second) = (loop.Hold(), loop.Hold());
        loop.Start();

        first.Dispose();
        first.Dispose();
        Assert.False(await work.Steps.WaitAsync(3 * Limits.UpkeepRestMs));

        work.Left = 3;
        await loop.SettleAsync();
        Assert.Equal(4, work.Steps.CurrentCount);

        second.Dispose();
        for (var step = 1; step <= 5; step++)
        {
            await work.Steps.WaitAsync();
        }
    }

    private sealed class Work : IUpkeep, IDisposable
    {
        /// <summary>Released at each.</summary>
        public SemaphoreSlim Steps { get; } = new(0);

        /// <summary>Steps that find something.</summary>
        public int Left { get; set; }

        public string Name => "work";

        public Task<bool> StepAsync(CancellationToken cancellation)
        {
            Steps.Release();
            return Task.FromResult(Left-- > 0);
        }

        public void Dispose() => Steps.Dispose();
    }
}
