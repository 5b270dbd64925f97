namespace Triggers.Storage.Sqlite.Runs;

/// <summary>
/// The runs that readers use, oldest first, and who uses them: what a new run replaces is removed only when nobody reads it any more.
/// </summary>
internal sealed class RunSet(IReadOnlyList<RunInfo> runs)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, int> _pins = [];
    private IReadOnlyList<RunInfo> _runs = runs;
    private long _generation = 1;

    public IReadOnlyList<RunInfo> Current
    {
        get
        {
            lock (_lock)
            {
                return _runs;
            }
        }
    }

    /// <summary>The first block that no run holds; 0: there is no run.</summary>
    public static long TailSeq(IReadOnlyList<RunInfo> runs) => runs.Count == 0 ? 0 : runs[^1].ToSeq + 1;

    public Pin Take()
    {
        lock (_lock)
        {
            _pins[_generation] = _pins.GetValueOrDefault(_generation) + 1;
            return new Pin(this, _generation, _runs);
        }
    }

    /// <summary>Returns the generation from which on nobody can see what is no longer in the set.</summary>
    public long Replace(IReadOnlyList<RunInfo> runs)
    {
        lock (_lock)
        {
            _runs = runs;
            return ++_generation;
        }
    }

    /// <summary>Nobody reads who began before the generation.</summary>
    public bool IsUnseen(long generation)
    {
        lock (_lock)
        {
            foreach (var oldest in _pins.Keys)
            {
                return oldest >= generation;
            }

            return true;
        }
    }

    private void Release(long generation)
    {
        lock (_lock)
        {
            if (--_pins[generation] == 0)
            {
                _pins.Remove(generation);
            }
        }
    }

    /// <summary>Keeps the runs and blocks of one moment readable.</summary>
    public sealed class Pin(RunSet set, long generation, IReadOnlyList<RunInfo> runs) : IDisposable
    {
        private bool _released;

        public IReadOnlyList<RunInfo> Runs { get; } = runs;

        public void Dispose()
        {
            if (!_released)
            {
                _released = true;
                set.Release(generation);
            }
        }
    }
}
