namespace Triggers.Engine.Customers;

/// <summary>An item that lies among others by a hash of what it is about.</summary>
internal interface IHashed
{
    ulong Hash { get; }
}

/// <summary>Lists in the order of hashes. These are spread evenly, so that a hash tells about where it lies, and few places are touched.</summary>
internal static class HashOrder
{
    /// <summary>Among so many, the place lies a few items beside where it would be if they were spread quite evenly.</summary>
    private const int Few = 64;

    /// <summary>So many guesses; then by halves, should the hashes be spread otherwise.</summary>
    private const int GuessesMax = 8;

    /// <summary>Index of an item, or −1 − where it belongs.</summary>
    public static int Find<T>(ReadOnlySpan<T> items, ulong hash)
        where T : struct, IHashed
    {
        var at = items.Length <= Few ? (int)Math.BigMul(hash, (ulong)items.Length, out _) : Near(items, hash);
        while (at < items.Length && items[at].Hash < hash)
        {
            at++;
        }

        while (at > 0 && items[at - 1].Hash >= hash)
        {
            at--;
        }

        return at < items.Length && items[at].Hash == hash ? at : -1 - at;
    }

    private static int Near<T>(ReadOnlySpan<T> items, ulong hash)
        where T : struct, IHashed
    {
        int low = 0, high = items.Length - 1;
        ulong first = 0, last = ulong.MaxValue;
        for (var step = 0; low < high; step++)
        {
            var middle = step < GuessesMax && first < last
                ? low + Math.Clamp((int)((hash - first) / (double)(last - first) * (high - low + 1)), 0, high - low)
                : (low + high) >>> 1;
            var other = items[middle].Hash;
            if (other == hash)
            {
                return middle;
            }

            (low, high, first, last) = other < hash ? (middle + 1, high, other, last) : (low, middle - 1, first, other);
        }

        return low;
    }
}
