using Triggers.Engine.Customers;

namespace Triggers.Runtime.Hosting;

/// <summary>One customer in memory with what its host must know to flush, evict and wake it.</summary>
internal sealed class Slot(Customer customer)
{
    public Customer Customer { get; set; } = customer;

    public ulong Hash => Customer.Hash;

    public string Key => Customer.Key;

    /// <summary>The next customer of the same hash.</summary>
    public Slot? Next { get; set; }

    /// <summary>Offset of the first record that no snapshot contains; −1: none.</summary>
    public long DirtyOffset { get; set; } = -1;

    /// <summary>Number of the commit that carried the latest snapshot: the customer may leave when that is durable.</summary>
    public long FlushCommit { get; set; }

    /// <summary>The earliest timer in the heap that will look at this customer.</summary>
    public long Armed { get; set; } = long.MaxValue;

    /// <summary>It stands in the heap at that very instant. Otherwise at an earlier one, or what it does is on its way as a record.</summary>
    public bool IsArmed { get; set; }

    /// <summary>Used since the sweep last came by: it gets a second chance.</summary>
    public bool Used { get; set; }

    /// <summary>Place in the table's list.</summary>
    public int Index { get; set; }
}
