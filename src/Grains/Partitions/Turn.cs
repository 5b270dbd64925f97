using Triggers.Grains.Customers;

namespace Triggers.Grains.Partitions;

/// <summary>One customer's part of a batch: the records that go to its grain in one call, and how much of the answer has been read.</summary>
internal sealed class Turn(Touched customer)
{
    private readonly List<(int Start, int Length)> _places = new(1);
    private readonly List<long> _offsets = new(1);

    public Touched Customer { get; } = customer;

    /// <summary>What the store has of a customer that was not called yet; empty: nothing. Null: it was, and knows itself.</summary>
    public ReadOnlyMemory<byte>? Snapshot { get; set; }

    public Task<CustomerAnswer> Answer { get; private set; } = null!;

    /// <summary>Bytes of the answer's effects that were read.</summary>
    public int Read { get; set; }

    public bool HasTimer { get; set; }

    public void Add(int start, int length, long offset)
    {
        _places.Add((start, length));
        _offsets.Add(offset);
    }

    public void Call(CustomerStand stand, long at, ReadOnlyMemory<byte> batch) => Answer = Customer.Grain.ApplyAsync(new CustomerCall
    {
        Stand = stand,
        At = at,
        Offsets = [.. _offsets],
        Records = _places.Count == 1 ? batch.Slice(_places[0].Start, _places[0].Length) : Joined(batch.Span),
        HasSnapshot = Snapshot is not null,
        Snapshot = Snapshot ?? default,
    });

    private byte[] Joined(ReadOnlySpan<byte> batch)
    {
        var joined = new byte[_places.Sum(place => place.Length)];
        var length = 0;
        foreach (var place in _places)
        {
            batch.Slice(place.Start, place.Length).CopyTo(joined.AsSpan(length));
            length += place.Length;
        }

        return joined;
    }
}
