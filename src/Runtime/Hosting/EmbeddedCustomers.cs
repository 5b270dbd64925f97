using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Extensions.Logging;
using Triggers.Engine.Customers;
using Triggers.Engine.Records;
using Triggers.Storage;

namespace Triggers.Runtime.Hosting;

/// <summary>
/// Customers of the embedded host: in this process, loaded from the store when a record comes for them, applied in place, evicted when memory is short.
/// A partition is touched by its own loop only, so nothing here locks, and every call completes before it returns.
/// </summary>
internal sealed class EmbeddedCustomers : ICustomers
{
    private readonly ICustomerStore _store;
    private readonly IDueSink _dues;
    private readonly ILogger _log;
    private readonly ResidentTable[] _tables;
    private readonly long _budget;
    [ThreadStatic]
    private static Slot[]? s_warmed;

    public EmbeddedCustomers(ICustomerStore store, int partitions, long memoryBytes, IDueSink dues, ILogger log)
    {
        _store = store;
        _dues = dues;
        _log = log;
        _budget = memoryBytes / partitions;
        _tables = new ResidentTable[partitions];
        var pool = new SlabPool();
        for (var partition = 0; partition < partitions; partition++)
        {
            _tables[partition] = new ResidentTable(pool);
        }
    }

    /// <summary>Customers in memory; read from any thread for metrics, so only about right.</summary>
    public long Resident => _tables.Sum(table => (long)table.Count);

    public ValueTask<int> ApplyAsync(CustomerBatch batch, IRecordEffects effects)
    {
        var table = _tables[batch.Partition];
        if (batch.Epoch < table.Epoch)
        {
            throw new EpochLostException(batch.Partition, batch.Epoch);
        }

        table.Epoch = batch.Epoch;
        var bytes = batch.Bytes.Span;
        var applied = 0;
        batch.BytesUsed = 0;
        batch.Timers = 0;
        batch.Erased.Clear();
        var warmed = 0;
        if (_store.IsFar)
        {
            AdmitStrangers(table, batch);
        }

        while (applied < batch.Count)
        {
            if (applied == warmed)
            {
                warmed += WarmNext(table, bytes[batch.BytesUsed..], Math.Min(Limits.RecordsWarmed, batch.Count - applied));
            }

            var length = RecordView.Read(bytes[batch.BytesUsed..], out var view);
            if (view.Kind == RecordKind.Fact)
            {
                break;
            }

            view.Offset = batch.FirstOffset + applied;
            view.At = batch.At;
            if (!view.Key.IsEmpty)
            {
                ApplyOne(table, batch, view, effects);
            }

            batch.BytesUsed += length;
            applied++;
        }

        batch.WantsFlush = table.Bytes > _budget && table.OldestDirty >= 0;
        return new ValueTask<int>(applied);
    }

    public void Committed(int partition, long epoch, long cursor, long commitNumber)
    {
        var table = _tables[partition];
        table.DurableCommit = Math.Max(table.DurableCommit, commitNumber);
        if (table.Bytes > _budget)
        {
            var evicted = table.Evict(_budget, Limits.EvictionLooks);
            RuntimeMetrics.CustomersEvicted.Add(evicted);
        }

        table.Compact(Limits.CompactionLooks);
    }

    public int FlushAgeMs => _store.IsFar ? Limits.SharedFlushAgeMs : Limits.FlushAgeMs;

    public ValueTask<FlushAnswer> FlushAsync(FlushRequest request)
    {
        var table = _tables[request.Partition];
        var before = table.Bytes > _budget ? long.MaxValue : request.DirtyBefore;
        var taken = new List<Slot>();
        while (taken.Count < request.Max && table.TryTakeDirty(taken.Count < request.Ahead ? long.MaxValue : before, request.OffsetBefore, out var dirty))
        {
            taken.Add(dirty);
        }

        if (taken.Count == 0)
        {
            return new ValueTask<FlushAnswer>(new FlushAnswer([], table.OldestDirty, null) { Unflushed = table.DirtyCount });
        }

        var writer = new ByteWriter(16 * 1024);
        var places = new List<(Slot Slot, int Start, int Length)>(taken.Count);
        for (var index = 0; index < taken.Count; index++)
        {
            if (index % Limits.RecordsWarmed == 0)
            {
                Warm(CollectionsMarshal.AsSpan(taken).Slice(index, Math.Min(Limits.RecordsWarmed, taken.Count - index)), whole: true);
            }

            var slot = taken[index];
            slot.DirtyOffset = -1;
            slot.FlushCommit = request.CommitNumber;
            var start = writer.Length;
            if (!slot.Customer.IsEmpty)
            {
                CustomerCodec.Write(slot.Customer, writer);
            }

            places.Add((slot, start, writer.Length - start));
        }

        var snapshots = new Snapshot[places.Count];
        for (var index = 0; index < snapshots.Length; index++)
        {
            var place = places[index];
            snapshots[index] = new Snapshot(place.Slot.Hash, place.Slot.Customer.Due, writer.WrittenMemory.Slice(place.Start, place.Length));
        }

        return new ValueTask<FlushAnswer>(new FlushAnswer(snapshots, table.OldestDirty, writer) { Unflushed = table.DirtyCount });
    }

    public ValueTask<int> DueAsync(int partition, ulong customerHash, long now, RecordBatch timers)
    {
        var table = _tables[partition];
        if (table.Chain(customerHash) is null)
        {
            foreach (var state in _store.LoadByHash(partition, customerHash))
            {
                Admit(table, state);
            }
        }

        var added = 0;
        for (var slot = table.Chain(customerHash); slot is not null; slot = slot.Next)
        {
            if (slot.IsArmed && slot.Armed > now)
            {
                // One that was overtaken: another will look at this customer in time.
                continue;
            }

            var due = slot.Customer.Due;
            slot.Armed = due;
            slot.IsArmed = due > now && due < long.MaxValue;
            if (due <= now)
            {
                timers.AddTimer(slot.Customer.KeyUtf8);
                added++;
            }
            else if (slot.IsArmed)
            {
                _dues.Arm(partition, customerHash, due);
            }
        }

        return new ValueTask<int>(added);
    }

    public ValueTask<WalkStep> WalkAsync(int partition, ulong? afterHash, Walk walk, RecordBatch timers)
    {
        var looked = 0;
        var added = 0;
        var last = afterHash ?? 0;
        foreach (var customer in From(partition, afterHash))
        {
            if (looked >= walk.Looks && customer.Hash != last)
            {
                return new ValueTask<WalkStep>(new WalkStep(last, looked, added, Done: false));
            }

            looked++;
            last = customer.Hash;
            if (customer.IsBehind(walk.Program, walk.Now))
            {
                timers.AddTimer(customer.KeyUtf8);
                added++;
            }
        }

        return new ValueTask<WalkStep>(new WalkStep(last, looked, added, Done: true));
    }

    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(int partition, ulong customerHash, string key)
    {
        var utf8 = Encoding.UTF8.GetBytes(key);
        var slot = _tables[partition].Find(customerHash, utf8);
        if (slot is not null)
        {
            return new ValueTask<ReadOnlyMemory<byte>>(Encode(slot.Customer));
        }

        return new ValueTask<ReadOnlyMemory<byte>>(_store.TryLoad(partition, customerHash, utf8, out var state) ? state : default);
    }

    public ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> ScanAsync(int partition, ulong? afterHash, int limit)
    {
        var states = new List<ReadOnlyMemory<byte>>();
        var last = afterHash ?? 0;
        foreach (var customer in From(partition, afterHash))
        {
            if (states.Count >= limit && customer.Hash != last)
            {
                break;
            }

            states.Add(Encode(customer));
            last = customer.Hash;
        }

        return new ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>>(states);
    }

    public ValueTask FillAsync(IReadOnlySet<int> partitions)
    {
        var room = partitions.Count;
        _store.VisitNewest(partitions, (partition, state) =>
        {
            var table = _tables[partition];
            if (table.Bytes <= _budget)
            {
                Admit(table, state);
                room -= table.Bytes > _budget ? 1 : 0;
            }

            return room > 0;
        });
        return ValueTask.CompletedTask;
    }

    public CustomerFigures Figures(int partition) => new(_tables[partition].Count, _tables[partition].Bytes, _tables[partition].Loaded);

    public ValueTask ForgetAsync(int partition)
    {
        _tables[partition].Clear();
        return ValueTask.CompletedTask;
    }

    /// <summary>Asks for the memory of the next records' customers, of all of them at once.</summary>
    /// <returns>How many records were looked at.</returns>
    private static int WarmNext(ResidentTable table, ReadOnlySpan<byte> bytes, int count)
    {
        Span<ulong> hashes = stackalloc ulong[Limits.RecordsWarmed];
        hashes = hashes[..count];
        for (var index = 0; index < count; index++)
        {
            bytes = bytes[RecordView.ReadHead(bytes, out hashes[index], out _)..];
            table.Prefetch(hashes[index]);
        }

        var slots = s_warmed ??= new Slot[Limits.RecordsWarmed];
        var found = 0;
        foreach (var hash in hashes)
        {
            if (table.Chain(hash) is { } slot)
            {
                slots[found++] = slot;
            }
        }

        Warm(slots.AsSpan(0, found), whole: false);
        return count;
    }

    private static void Warm(ReadOnlySpan<Slot> slots, bool whole)
    {
        foreach (var slot in slots)
        {
            Prefetch.Object(slot, lines: 1);
        }

        foreach (var slot in slots)
        {
            Prefetch.Object(slot.Customer, lines: 8);
        }

        foreach (var slot in slots)
        {
            slot.Customer.Prefetch(whole);
        }
    }

    private static ReadOnlyMemory<byte> Encode(Customer customer)
    {
        using var writer = new ByteWriter(1024);
        CustomerCodec.Write(customer, writer);
        return writer.Written.ToArray();
    }

    private static Slot Admit(ResidentTable table, ReadOnlyMemory<byte> state)
    {
        var customer = CustomerCodec.Read(state.Span, table.Heap);

        // Whoever left memory has a timer in the heap that is not later than its due instant, so nothing is armed here.
        var slot = new Slot(customer) { Armed = customer.Due };
        table.Add(slot);
        table.Loaded++;
        return slot;
    }

    /// <summary>In one round trip. The loop's thread waits for it, as it would for each of them.</summary>
    private void AdmitStrangers(ResidentTable table, CustomerBatch batch)
    {
        if (Strangers.Of(batch, table) is { Count: > 1 } strangers)
        {
            var states = _store.LoadAsync(batch.Partition, strangers).AsTask().GetAwaiter().GetResult();
            for (var index = 0; index < states.Length; index++)
            {
                if (states[index].IsEmpty)
                {
                    table.Add(new Slot(new Customer(strangers[index].Key, strangers[index].Hash, table.Heap)));
                }
                else
                {
                    Admit(table, states[index]);
                }
            }
        }
    }

    private void ApplyOne(ResidentTable table, CustomerBatch batch, in RecordView view, IRecordEffects effects)
    {
        var slot = table.Find(view.CustomerHash, view.Key);
        if (slot is null)
        {
            if (_store.TryLoad(batch.Partition, view.CustomerHash, view.Key, out var state))
            {
                slot = Admit(table, state);
            }
            else
            {
                slot = new Slot(new Customer(view.Key, view.CustomerHash, table.Heap));
                table.Add(slot);
            }
        }

        if (view.Kind == RecordKind.Timer)
        {
            batch.Timers++;
            slot.Armed = slot.IsArmed ? slot.Armed : long.MaxValue;
        }

        var customer = slot.Customer;
        if (customer.Offset >= view.Offset)
        {
            Arm(batch.Partition, slot, customer);
            return;
        }

        RecordApplier.Apply(customer, view, batch.Facts, effects, batch.Partition, _log);
        table.MarkDirty(slot, view.Offset, batch.Now);
        if (view is { Kind: RecordKind.Command, CommandKind: CommandKind.Erase })
        {
            batch.Erased.Add(slot.Key);
        }

        Arm(batch.Partition, slot, customer);
    }

    private void Arm(int partition, Slot slot, Customer customer)
    {
        if (customer.Due < slot.Armed)
        {
            slot.Armed = customer.Due;
            slot.IsArmed = true;
            _dues.Arm(partition, slot.Hash, customer.Due);
        }
    }

    /// <summary>Customers of a partition above a hash, ascending: those in memory as they are, the others from the store.</summary>
    private IEnumerable<Customer> From(int partition, ulong? after)
    {
        var table = _tables[partition];
        var resident = table.HashesAbove(after);
        var next = 0;
        foreach (var (hash, state) in _store.Scan(partition, after))
        {
            for (; next < resident.Length && resident[next] < hash; next++)
            {
                foreach (var customer in InMemory(table, resident[next]))
                {
                    yield return customer;
                }
            }

            if (table.Chain(hash) is null)
            {
                yield return CustomerCodec.Read(state.Span);
            }
        }

        for (; next < resident.Length; next++)
        {
            foreach (var customer in InMemory(table, resident[next]))
            {
                yield return customer;
            }
        }
    }

    private static IEnumerable<Customer> InMemory(ResidentTable table, ulong hash)
    {
        for (var slot = table.Chain(hash); slot is not null; slot = slot.Next)
        {
            yield return slot.Customer;
        }
    }
}
