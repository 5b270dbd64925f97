namespace Triggers.Engine.Customers;

/// <summary>
/// Slabs for many heaps, cut from a few very large arrays: the system puts large pages under those when they are first touched, and need not join small ones later,
/// which stops the process for moments. From any thread.
/// </summary>
public sealed class SlabPool
{
    internal const int SlabWords = 1 << 16;
    private const int ArrayWords = 64 * SlabWords;

    private readonly Lock _lock = new();
    private readonly Stack<ArraySegment<long>> _returned = [];
    private ArraySegment<long> _uncut = ArraySegment<long>.Empty;

    /// <summary>A slab, not cleared.</summary>
    internal ArraySegment<long> Rent()
    {
        lock (_lock)
        {
            if (_returned.TryPop(out var returned))
            {
                return returned;
            }

            if (_uncut.Count == 0)
            {
                _uncut = GC.AllocateUninitializedArray<long>(ArrayWords);
            }

            var slab = _uncut[..SlabWords];
            _uncut = _uncut[SlabWords..];
            return slab;
        }
    }

    internal void Return(ArraySegment<long> slab)
    {
        lock (_lock)
        {
            _returned.Push(slab);
        }
    }
}
