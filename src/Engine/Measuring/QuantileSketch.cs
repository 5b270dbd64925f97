namespace Triggers.Engine.Measuring;

/// <summary>
/// Which numbers the customers of a store have, in little memory: levels of at most <see cref="Capacity"/> numbers, each number of a level standing for twice as
/// many as one of the level below. A full level is sorted, and every second number of it goes up, beginning in turn with the first and with the second. Two
/// sketches merge into what one over both would know. Nothing is drawn: the same numbers in the same order give the same sketch.
/// A rank that it tells is wrong by at most <see cref="ErrorRanks"/>, for whatever numbers: each time a level of weight w goes up, a rank moves by at most w. Up to
/// <see cref="Capacity"/> numbers it is exact; behind that the error is at most levels ÷ capacity of all: 0.14 % at ten million.
/// (Munro and Paterson 1980; Manku, Rajagopalan and Lindsay 1998.)
/// </summary>
public sealed class QuantileSketch
{
    /// <summary>Numbers in a level, even: 64 KiB.</summary>
    public const int Capacity = 8192;

    private readonly List<Level> _levels = [new()];

    /// <summary>Numbers taken in.</summary>
    public long Count { get; private set; }

    /// <summary>No rank is told wrong by more.</summary>
    public long ErrorRanks { get; private set; }

    /// <exception cref="ArgumentException">Not a number.</exception>
    public void Add(double number)
    {
        if (double.IsNaN(number))
        {
            throw new ArgumentException("A quantile of what is not a number has no meaning.", nameof(number));
        }

        Count++;
        Put(0, number);
    }

    public void Merge(QuantileSketch other)
    {
        Count += other.Count;
        ErrorRanks += other.ErrorRanks;
        for (var height = 0; height < other._levels.Count; height++)
        {
            var level = other._levels[height];
            foreach (var number in level.Items.AsSpan(0, level.Count))
            {
                Put(height, number);
            }
        }
    }

    /// <summary>The smallest number that at most this share of all (0 to 1) is greater than; null: it is empty.</summary>
    public double? LineOf(double share)
    {
        var allowed = share * Count;
        var above = 0.0;
        var items = Items();
        for (var index = items.Count - 1; index >= 0;)
        {
            var number = items[index].Number;
            var weight = 0L;
            for (; index >= 0 && items[index].Number == number; index--)
            {
                weight += items[index].Weight;
            }

            if (above + weight > allowed)
            {
                return number;
            }

            above += weight;
        }

        return items.Count == 0 ? null : items[0].Number;
    }

    /// <summary>How many numbers are greater, about.</summary>
    public long Above(double number)
    {
        var above = 0L;
        foreach (var item in Items())
        {
            above += item.Number > number ? item.Weight : 0;
        }

        return above;
    }

    /// <summary>Ascending.</summary>
    private List<(double Number, long Weight)> Items()
    {
        var items = new List<(double Number, long Weight)>();
        for (var height = 0; height < _levels.Count; height++)
        {
            foreach (var number in _levels[height].Items.AsSpan(0, _levels[height].Count))
            {
                items.Add((number, 1L << height));
            }
        }

        items.Sort();
        return items;
    }

    private void Put(int height, double number)
    {
        if (height == _levels.Count)
        {
            _levels.Add(new Level());
        }

        var level = _levels[height];
        if (level.Count == Capacity)
        {
            Raise(height);
        }

        if (level.Count == level.Items.Length)
        {
            Array.Resize(ref level.Items, Math.Min(Capacity, Math.Max(64, level.Items.Length * 2)));
        }

        // Zero is one number.
        level.Items[level.Count++] = number == 0 ? 0 : number;
    }

    private void Raise(int height)
    {
        var level = _levels[height];
        Array.Sort(level.Items, 0, level.Count);
        for (var index = level.BeginsWithSecond ? 1 : 0; index < level.Count; index += 2)
        {
            Put(height + 1, level.Items[index]);
        }

        ErrorRanks += 1L << height;
        level.BeginsWithSecond = !level.BeginsWithSecond;
        level.Count = 0;
    }

    private sealed class Level
    {
        public double[] Items = [];

        public int Count;

        public bool BeginsWithSecond;
    }
}
