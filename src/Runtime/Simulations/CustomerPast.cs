using Triggers.Engine.Customers;
using Triggers.Engine.Records;

namespace Triggers.Runtime.Simulations;

/// <summary>One customer's records in the order in which they are lived through again, and how far that has come.</summary>
internal sealed class CustomerPast(byte[] key, ulong hash)
{
    private readonly List<Item> _items = [];

    /// <summary>When the record happened in the simulation (ms since 1970), and its bytes.</summary>
    public readonly record struct Item(long At, long Offset, ReadOnlyMemory<byte> Bytes);

    public byte[] Key => key;

    public ulong Hash => hash;

    /// <summary>Another customer of the same hash.</summary>
    public CustomerPast? Next { get; set; }

    public Customer Customer { get; private set; } = null!;

    public bool HasBegun => Customer is not null;

    public IReadOnlyList<Item> Items => _items;

    public int Done { get; set; }

    /// <summary>It has come to where campaigns begin to work.</summary>
    public bool HasCrossed { get; set; }

    /// <summary>The state of whom it absorbs, once it is there; null: it is not. Empty: nobody will hand it over.</summary>
    public byte[]? Absorbed { get; set; }

    /// <param name="at">When it happens, ms since 1970.</param>
    public void Add(long at, long offset, ReadOnlyMemory<byte> bytes) => _items.Add(new Item(at, offset, bytes));

    public void Begin()
    {
        _items.Sort(static (a, b) => a.At != b.At ? a.At.CompareTo(b.At) : a.Offset.CompareTo(b.Offset));
        Customer = new Customer(key, hash, new StateHeap());
    }
}
