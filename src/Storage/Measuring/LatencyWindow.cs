using System.Numerics;

namespace Triggers.Storage.Measuring;

/// <summary>Percentiles of durations over the last minute: for people who look now, where an instrument's histogram needs somebody who kept the one before. To an eighth of the value.</summary>
public sealed class LatencyWindow(TimeProvider time)
{
    private const int SlotSeconds = 5;
    private const int Slots = 13;
    private const int SubBits = 3;
    private const int Buckets = 40 << SubBits;

    private readonly Slot[] _slots = CreateSlots();

    /// <summary>From any thread; two interlocked additions.</summary>
    public void Record(TimeSpan duration)
    {
        var microseconds = (ulong)Math.Max(0, duration.Ticks / TimeSpan.TicksPerMicrosecond);
        var slot = Current();
        Interlocked.Increment(ref slot.Counts[BucketOf(microseconds)]);
        var max = Volatile.Read(ref slot.Max);
        while (microseconds > max && (max = Interlocked.CompareExchange(ref slot.Max, microseconds, max)) < microseconds)
        {
        }
    }

    /// <param name="seconds">How far back, to five seconds.</param>
    public Latency Read(int seconds = (Slots - 1) * SlotSeconds)
    {
        var counts = new long[Buckets];
        var now = Period();
        ulong max = 0;
        foreach (var slot in _slots)
        {
            if (now - Volatile.Read(ref slot.Period) > seconds / SlotSeconds)
            {
                continue;
            }

            max = Math.Max(max, Volatile.Read(ref slot.Max));
            for (var bucket = 0; bucket < Buckets; bucket++)
            {
                counts[bucket] += Volatile.Read(ref slot.Counts[bucket]);
            }
        }

        var total = counts.Sum();
        return total == 0 ? Latency.None : new Latency(total, At(counts, total, 0.50, max), At(counts, total, 0.95, max), At(counts, total, 0.99, max), Milliseconds(max));
    }

    internal static int BucketOf(ulong microseconds)
    {
        if (microseconds < 1 << SubBits)
        {
            return (int)microseconds;
        }

        var exponent = BitOperations.Log2(microseconds);
        var sub = (int)(microseconds >> (exponent - SubBits)) & ((1 << SubBits) - 1);
        return Math.Min(((exponent - SubBits + 1) << SubBits) + sub, Buckets - 1);
    }

    /// <summary>The largest value of a bucket.</summary>
    internal static ulong UpperOf(int bucket)
    {
        if (bucket < 1 << SubBits)
        {
            return (ulong)bucket;
        }

        var shift = (bucket >> SubBits) - 1;
        var sub = (ulong)(bucket & ((1 << SubBits) - 1));
        return (((1UL << SubBits) + sub + 1) << shift) - 1;
    }

    private static double At(long[] counts, long total, double share, ulong max)
    {
        var rank = (long)Math.Ceiling(total * share);
        var bucket = 0;
        for (var seen = counts[0]; seen < rank; seen += counts[bucket])
        {
            bucket++;
        }

        return Milliseconds(Math.Min(UpperOf(bucket), max));
    }

    private static double Milliseconds(ulong microseconds) => microseconds / 1000.0;

    private static Slot[] CreateSlots()
    {
        var slots = new Slot[Slots];
        for (var index = 0; index < Slots; index++)
        {
            slots[index] = new Slot();
        }

        return slots;
    }

    private long Period() => (long)(time.GetTimestamp() / (double)time.TimestampFrequency) / SlotSeconds;

    private Slot Current()
    {
        var period = Period();
        var slot = _slots[period % Slots];
        if (Volatile.Read(ref slot.Period) != period)
        {
            lock (slot)
            {
                if (slot.Period != period)
                {
                    Array.Clear(slot.Counts);
                    slot.Max = 0;
                    Volatile.Write(ref slot.Period, period);
                }
            }
        }

        return slot;
    }

    private sealed class Slot
    {
        public readonly long[] Counts = new long[Buckets];
        public ulong Max;
        public long Period = long.MinValue / 2;
    }
}

/// <summary>Durations in ms over the last minute.</summary>
public sealed record Latency(long Count, double P50Ms, double P95Ms, double P99Ms, double MaxMs)
{
    public static Latency None { get; } = new(0, 0, 0, 0, 0);
}
