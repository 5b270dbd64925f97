using System.Diagnostics;
using System.Text.Json;

namespace Triggers.Bench;

/// <summary>One stage of the hot path: set up once, then run again and again over the same number of operations.</summary>
public interface IStage : IAsyncDisposable
{
    string Name { get; }

    /// <summary>How many operations one <see cref="RunAsync"/> is.</summary>
    int Operations { get; }

    Task SetUpAsync();

    Task RunAsync();
}

/// <summary>What a stage costs per operation.</summary>
/// <param name="BytesPerOperation">Over all threads of the process, since stages hand work on to others.</param>
public readonly record struct Measurement(double NanosecondsPerOperation, double BytesPerOperation)
{
    private const int WarmUps = 30;
    private const int Rounds = 30;

    public static JsonSerializerOptions Json { get; } = new() { WriteIndented = true };

    /// <summary>The median time and the least bytes of several rounds: what other threads do by the way is not the stage's.</summary>
    public static async Task<Measurement> OfAsync(IStage stage)
    {
        await stage.SetUpAsync();
        for (var i = 0; i < WarmUps; i++)
        {
            await stage.RunAsync();
        }

        var times = new List<double>();
        var bytes = double.MaxValue;
        for (var i = 0; i < Rounds; i++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            var started = Stopwatch.GetTimestamp();
            await stage.RunAsync();
            times.Add(Stopwatch.GetElapsedTime(started).TotalNanoseconds / stage.Operations);
            bytes = Math.Min(bytes, (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)stage.Operations);
        }

        await stage.DisposeAsync();
        times.Sort();
        return new Measurement(times[times.Count / 2], bytes);
    }
}
