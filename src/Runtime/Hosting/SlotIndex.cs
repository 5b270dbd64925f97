namespace Triggers.Runtime.Hosting;

/// <summary>
/// Finds the first slot of a hash. Open addressing with linear probing, at most half full: a hash tells the one line of memory that almost always holds the answer, so that
/// the lines of many can be asked for ahead, which a <see cref="Dictionary{TKey,TValue}"/> does not let one do.
/// </summary>
internal sealed class SlotIndex
{
    private const int LeastBits = 4;

    /// <summary>2⁶⁴ over the golden ratio: spreads hashes whose upper bits are alike, since a partition has those of some bits in common.</summary>
    private const ulong Spread = 0x9E37_79B9_7F4A_7C15;

    private Cell[] _cells = new Cell[1 << LeastBits];
    private int _shift = 64 - LeastBits;
    private int _count;

    private int Mask => _cells.Length - 1;

    public Slot? this[ulong hash]
    {
        get
        {
            var cells = _cells;
            for (var place = Home(hash); cells[place].Slot is { } slot; place = (place + 1) & (cells.Length - 1))
            {
                if (cells[place].Hash == hash)
                {
                    return slot;
                }
            }

            return null;
        }
    }

    public IEnumerable<ulong> Hashes
    {
        get
        {
            foreach (var cell in _cells)
            {
                if (cell.Slot is not null)
                {
                    yield return cell.Hash;
                }
            }
        }
    }

    /// <summary>Asks the processor for the memory that a look at the hash reads.</summary>
    public void Prefetch(ulong hash) => Engine.Customers.Prefetch.Line(in _cells[Home(hash)]);

    public void Set(ulong hash, Slot slot)
    {
        var place = Place(hash);
        if (_cells[place].Slot is null && ++_count * 2 > _cells.Length)
        {
            Grow();
            place = Place(hash);
        }

        _cells[place] = new Cell(hash, slot);
    }

    /// <summary>The hash is there.</summary>
    public void Remove(ulong hash)
    {
        var gap = Place(hash);
        for (var place = (gap + 1) & Mask; _cells[place].Slot is not null; place = (place + 1) & Mask)
        {
            // What stands behind the gap moves into it, unless it would come to stand before its home.
            if (((place - Home(_cells[place].Hash)) & Mask) >= ((place - gap) & Mask))
            {
                _cells[gap] = _cells[place];
                gap = place;
            }
        }

        _cells[gap] = default;
        _count--;
    }

    public void Clear()
    {
        _cells = new Cell[1 << LeastBits];
        _shift = 64 - LeastBits;
        _count = 0;
    }

    private int Home(ulong hash) => (int)((hash * Spread) >> _shift);

    /// <summary>Where the hash is, or belongs.</summary>
    private int Place(ulong hash)
    {
        var place = Home(hash);
        while (_cells[place].Slot is not null && _cells[place].Hash != hash)
        {
            place = (place + 1) & Mask;
        }

        return place;
    }

    private void Grow()
    {
        var cells = _cells;
        _cells = new Cell[cells.Length * 2];
        _shift--;
        foreach (var cell in cells)
        {
            if (cell.Slot is not null)
            {
                _cells[Place(cell.Hash)] = cell;
            }
        }
    }

    private readonly record struct Cell(ulong Hash, Slot? Slot);
}
