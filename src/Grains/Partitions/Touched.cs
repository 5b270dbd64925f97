using Triggers.Grains.Customers;

namespace Triggers.Grains.Partitions;

/// <summary>What the owner of a partition knows of a customer whose grain it has called.</summary>
internal sealed class Touched(ulong hash, byte[] key, ICustomerGrain grain)
{
    public ulong Hash { get; } = hash;

    public byte[] Key { get; } = key;

    public ICustomerGrain Grain { get; } = grain;

    /// <summary>The next customer of the same hash.</summary>
    public Touched? Next { get; set; }

    /// <summary>Offset of the last record that the customer contains; −1: it was not called yet.</summary>
    public long Last { get; set; } = -1;

    /// <summary>Offset of the first record that no snapshot contains; −1: none.</summary>
    public long DirtyOffset { get; set; } = -1;

    /// <summary>Number of the commit that carried the latest snapshot.</summary>
    public long FlushCommit { get; set; }

    /// <summary>The customer's next due instant.</summary>
    public long Due { get; set; } = long.MaxValue;

    /// <summary>The earliest timer in the heap that will look at this customer.</summary>
    public long Armed { get; set; } = long.MaxValue;

    /// <summary>It stands in the heap at that very instant. Otherwise at an earlier one, or what it does is on its way as a record.</summary>
    public bool IsArmed { get; set; }

    public int ProgramVersion { get; set; }

    /// <summary>What it takes in memory, roughly.</summary>
    public long Bytes { get; set; }

    /// <summary>Used since the sweep last came by: it gets a second chance.</summary>
    public bool Used { get; set; }

    /// <summary>Place in the table's list.</summary>
    public int Index { get; set; }

    /// <summary>Its call of the batch in hand; null: none.</summary>
    public Turn? Turn { get; set; }
}
