using System.Diagnostics;
using System.Globalization;
using System.Text;
using Triggers.Engine.Effects;
using Triggers.Engine.Records;
using Triggers.Storage;

namespace Triggers.Silo.Bench.Stores;

/// <summary>Does the same on every engine, in turns, so that what else the machine does meets all of them.</summary>
internal sealed class StoresBench(IReadOnlyList<(string Name, IStore Store)> engines, TimeSpan time, int customers)
{
    private const int Callers = 32, BatchEvents = 100, Turns = 4, FlushedStates = 2_000, StateBytes = 1_000, CountersMoved = 40;

    private readonly string _properties = $$"""{"product_id":"p-1","name":"{{new string('x', 100)}}","price":12.5}""";
    private int _round;

    public async Task<StoresReport> RunAsync(CancellationToken cancellation)
    {
        var rates = new Dictionary<string, double[]>(StringComparer.Ordinal)
        {
            [string.Create(CultureInfo.InvariantCulture, $"events appended, {Callers} callers, {BatchEvents} at once")] = await InTurnsAsync(store => AppendAsync(store, Callers, BatchEvents), cancellation),
            [string.Create(CultureInfo.InvariantCulture, $"events appended, {Callers} callers, one at once")] = await InTurnsAsync(store => AppendAsync(store, Callers, 1), cancellation),
            ["events appended, one caller, one at once"] = await InTurnsAsync(store => AppendAsync(store, 1, 1), cancellation),
            [string.Create(CultureInfo.InvariantCulture, $"commits of all partitions and {CountersMoved} counters")] = await InTurnsAsync(CommitAsync, cancellation),
            [string.Create(CultureInfo.InvariantCulture, $"states of {StateBytes} bytes flushed, {FlushedStates} at once")] = await InTurnsAsync(FlushAsync, cancellation),
            ["states loaded, one caller"] = await InTurnsAsync(LoadAsync, cancellation),
            ["records read back by the log's reader"] = await InTurnsAsync(ReadAsync, cancellation),
        };
        return new StoresReport(BenchRun.Machine, [.. engines.Select(engine => engine.Name)], rates);
    }

    /// <summary>Rates by engine: all that was done in all its turns, by their time.</summary>
    private async Task<double[]> InTurnsAsync(Func<IStore, Task<long>> work, CancellationToken cancellation)
    {
        var done = new double[engines.Count];
        var seconds = new double[engines.Count];
        for (var turn = 0; turn < Turns; turn++)
        {
            for (var engine = 0; engine < engines.Count; engine++)
            {
                cancellation.ThrowIfCancellationRequested();
                var began = Stopwatch.GetTimestamp();
                done[engine] += await work(engines[engine].Store);
                seconds[engine] += Stopwatch.GetElapsedTime(began).TotalSeconds;
            }
        }

        return [.. done.Zip(seconds, (count, taken) => count / taken)];
    }

    private async Task<long> AppendAsync(IStore store, int callers, int events)
    {
        var until = Stopwatch.GetTimestamp() + Ticks();
        var counts = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            using var batch = new RecordBatch();
            for (var i = 0; i < events; i++)
            {
                batch.AddTrack(Customer((caller * events) + i), "Product Viewed", 0, "message-id-of-an-event", _properties);
            }

            long count = 0;
            while (Stopwatch.GetTimestamp() < until)
            {
                count += (await store.Log.AppendAsync(batch, AppendLane.External)).IsOk ? events : 0;
            }

            return count;
        })));
        return counts.Sum();
    }

    private async Task<long> CommitAsync(IStore store)
    {
        var marks = store.Recover().Partitions;
        var until = Stopwatch.GetTimestamp() + Ticks();
        long count = 0;
        for (; Stopwatch.GetTimestamp() < until; count++)
        {
            using var commit = new Commit();
            foreach (var mark in marks)
            {
                var from = Math.Min(mark.Cursor + count, mark.Head);
                commit.Advances.Add(new PartitionAdvance(mark.Partition, mark.Epoch, from, Math.Min(from + 1, mark.Head)));
            }

            for (var counter = 0; counter < CountersMoved; counter++)
            {
                commit.Counters[new Counter(string.Create(CultureInfo.InvariantCulture, $"segment/bench-{counter}/size"))] = 1;
            }

            await store.CommitAsync(commit);
        }

        return count;
    }

    private async Task<long> FlushAsync(IStore store)
    {
        var until = Stopwatch.GetTimestamp() + Ticks();
        long count = 0;
        while (Stopwatch.GetTimestamp() < until)
        {
            using var commit = new Commit();
            var states = Enumerable.Range(_round++ * FlushedStates, FlushedStates).Select(number => Customer(number % customers)).ToList();
            foreach (var partition in states.GroupBy(key => CustomerKey.PartitionOf(key.Hash(), store.Log.Partitions)))
            {
                commit.Flushes.Add(new Flush(partition.Key, 0, [], [.. partition.Select(key => new Snapshot(key.Hash(), _round, StateOf(key)))]));
            }

            await store.CommitAsync(commit);
            count += states.Count;
        }

        return count;
    }

    private Task<long> LoadAsync(IStore store)
    {
        var until = Stopwatch.GetTimestamp() + Ticks();
        var random = new Random(1);
        long count = 0;
        for (; Stopwatch.GetTimestamp() < until; count++)
        {
            var key = Customer(random.Next(customers));
            var hash = key.Hash();
            store.Customers.TryLoad(CustomerKey.PartitionOf(hash, store.Log.Partitions), hash, Encoding.UTF8.GetBytes(key.Text), out _);
        }

        return Task.FromResult(count);
    }

    private async Task<long> ReadAsync(IStore store)
    {
        var until = Stopwatch.GetTimestamp() + Ticks();
        using var reader = store.Log.OpenReader([.. store.Recover().Partitions.Select(mark => new PartitionOffset(mark.Partition, mark.Floor))]);
        long count = 0;
        while (Stopwatch.GetTimestamp() < until && await reader.ReadAsync(TimeSpan.Zero, default) is { Count: > 0 } slices)
        {
            count += slices.Sum(slice => (long)slice.Count);
        }

        return count;
    }

    private static CustomerKey Customer(int number) => CustomerKey.User(string.Create(CultureInfo.InvariantCulture, $"bench-{number:000000}"));

    private static byte[] StateOf(CustomerKey key)
    {
        using var state = new ByteWriter(StateBytes);
        state.Text(key.Text);
        state.Bytes(new byte[StateBytes - state.Length]);
        return state.Written.ToArray();
    }

    private long Ticks() => (long)(time.TotalSeconds / Turns * Stopwatch.Frequency);
}
