namespace Triggers.Storage.Sqlite.States;

/// <summary>One entry of a chunk's head.</summary>
/// <param name="Check">16 bits of a second hash of the key under the store's secret: tells colliding customers apart without reading their states. Never 0.</param>
/// <param name="Length">0: a tombstone, this customer is gone.</param>
internal readonly record struct StateSlot(int Partition, ulong Hash, ushort Check, long Due, int Start, int Length);

/// <summary>Where a customer's newest state lies: chunk by its handle in the <see cref="ChunkTable"/>, and slot.</summary>
internal readonly record struct StatePlace(int Handle, ushort Slot);
