using System.Text;
using Triggers.Engine.Customers;
using Triggers.Engine.Records;
using Triggers.Grains.Customers;
using Triggers.Runtime;
using Triggers.Runtime.Hosting;
using Triggers.Storage;

namespace Triggers.Grains.Partitions;

/// <summary>
/// One partition's customers as grains. Keeps the account of whom it called and where they stand; sends each customer's records of a batch in one call, all calls
/// at once, and puts the effects back into the order of the records. Used by the partition's loop alone.
/// </summary>
internal sealed class GrainCustomers(int partition, IGrainFactory grains, ICustomerStore store, IDueSink dues, long budget) : ICustomers
{
    private readonly TouchedTable _table = new();
    private readonly FactsNotes _facts = new();
    private readonly EffectPlayer _player = new();
    private readonly List<Turn> _turns = [];
    private readonly List<(Turn? Turn, int Start, long Offset)> _order = [];
    private long _epoch;

    public async ValueTask<int> ApplyAsync(CustomerBatch batch, IRecordEffects effects)
    {
        _epoch = batch.Epoch;
        _facts.Apply(batch.FirstOffset, batch.Facts);
        Gather(batch);

        // The loop's memory may be gone when a call that came too late reads its records.
        ReadOnlyMemory<byte> bytes = batch.Bytes[..batch.BytesUsed].ToArray();
        for (var begin = 0; begin < _turns.Count; begin += Limits.CallsAtOnce)
        {
            var calls = _turns.GetRange(begin, Math.Min(Limits.CallsAtOnce, _turns.Count - begin));
            await LoadAsync(calls);
            foreach (var turn in calls)
            {
                turn.Call(StandOf(turn.Customer), batch.At, bytes);
            }

            await Task.WhenAll(calls.Select(turn => turn.Answer));
        }

        foreach (var turn in _turns)
        {
            Take(turn);
        }

        Play(batch, bytes.Span, effects);
        batch.WantsFlush = _table.Bytes > budget && _table.OldestDirty >= 0;
        var applied = _order.Count;
        _turns.Clear();
        _order.Clear();
        return applied;
    }

    public void Committed(int partition, long epoch, long cursor, long commitNumber)
    {
        _table.DurableCommit = Math.Max(_table.DurableCommit, commitNumber);
        _facts.Committed(commitNumber);
        var evicted = _table.Evict(budget, Limits.EvictionLooks);
        foreach (var customer in evicted)
        {
            customer.Grain.LeaveAsync(epoch).Ignore();
        }
    }

    public async ValueTask<FlushAnswer> FlushAsync(FlushRequest request)
    {
        var before = _table.Bytes > budget ? long.MaxValue : request.DirtyBefore;
        var taken = new List<Touched>();
        while (taken.Count < request.Max && _table.TryTakeDirty(before, request.OffsetBefore, out var customer))
        {
            customer.DirtyOffset = -1;
            customer.FlushCommit = request.CommitNumber;
            taken.Add(customer);
        }

        var states = await Task.WhenAll(taken.Select(ReadAsync));
        var snapshots = new Snapshot[states.Length];
        for (var index = 0; index < states.Length; index++)
        {
            snapshots[index] = new Snapshot(taken[index].Hash, states[index].Due, states[index].IsEmpty ? default : states[index].State);
        }

        var oldest = _table.OldestDirty;
        _facts.Flush(request.CommitNumber, oldest < 0 ? request.Cursor : oldest);
        return new FlushAnswer(snapshots, oldest, null);
    }

    public ValueTask<int> DueAsync(int partition, ulong customerHash, long now, RecordBatch timers)
    {
        var added = 0;
        if (_table.Chain(customerHash) is { } first)
        {
            for (var customer = first; customer is not null; customer = customer.Next)
            {
                if (customer.IsArmed && customer.Armed > now)
                {
                    // One that was overtaken: another will look at this customer in time.
                    continue;
                }

                customer.Armed = customer.Due;
                customer.IsArmed = customer.Due > now && customer.Due < long.MaxValue;
                added += Ring(customerHash, customer.Key, customer.Due, now, timers);
            }
        }
        else
        {
            foreach (var state in store.LoadByHash(partition, customerHash))
            {
                var customer = CustomerCodec.Read(state.Span);
                added += Ring(customerHash, customer.KeyUtf8, customer.Due, now, timers);
            }
        }

        return new ValueTask<int>(added);
    }

    public ValueTask<WalkStep> WalkAsync(int partition, ulong? afterHash, Walk walk, RecordBatch timers)
    {
        var looked = 0;
        var added = 0;
        var last = afterHash ?? 0;
        foreach (var (hash, unflushed, state) in From(afterHash))
        {
            if (looked >= walk.Looks && hash != last)
            {
                return new ValueTask<WalkStep>(new WalkStep(last, looked, added, Done: false));
            }

            looked++;
            last = hash;

            // Of those in their grains alone, what they would answer is not known here: a timer that changes nothing does no harm.
            if (unflushed is null ? CustomerCodec.Read(state.Span).IsBehind(walk.Program, walk.Now) : unflushed.ProgramVersion != walk.Program.Version || walk.Program.Measures.Number > 0)
            {
                timers.AddTimer(unflushed is null ? CustomerCodec.ReadKey(state.Span) : unflushed.Key);
                added++;
            }
        }

        return new ValueTask<WalkStep>(new WalkStep(last, looked, added, Done: true));
    }

    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(int partition, ulong customerHash, string key)
    {
        var utf8 = Encoding.UTF8.GetBytes(key);
        if (_table.Find(customerHash, utf8) is { } customer)
        {
            return (await ReadAsync(customer)).State;
        }

        return store.TryLoad(partition, customerHash, utf8, out var state) ? state : default;
    }

    public async ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> ScanAsync(int partition, ulong? afterHash, int limit)
    {
        var states = new List<Task<ReadOnlyMemory<byte>>>();
        var last = afterHash ?? 0;
        foreach (var (hash, unflushed, state) in From(afterHash))
        {
            if (states.Count >= limit && hash != last)
            {
                break;
            }

            last = hash;
            states.Add(unflushed is null ? Task.FromResult(state) : StateOfAsync(unflushed));
        }

        return await Task.WhenAll(states);
    }

    /// <summary>Grains load one by one, as they are called.</summary>
    public ValueTask FillAsync(IReadOnlySet<int> partitions) => ValueTask.CompletedTask;

    /// <summary>The grains themselves go back when they see the next epoch.</summary>
    public ValueTask ForgetAsync(int partition)
    {
        _table.Clear();
        _facts.Clear();
        _turns.Clear();
        _order.Clear();
        return ValueTask.CompletedTask;
    }

    /// <summary>The partition goes to another silo, with every state flushed: its customers begin anew there, not here.</summary>
    public void LetGo(long epoch)
    {
        foreach (var customer in _table.All)
        {
            customer.Grain.LeaveAsync(epoch).Ignore();
        }

        _table.Clear();
    }

    /// <summary>Sorts the records up to the first fact by customer, and remembers their order.</summary>
    private void Gather(CustomerBatch batch)
    {
        var bytes = batch.Bytes.Span;
        var start = 0;
        batch.Timers = 0;
        batch.Erased.Clear();
        for (var index = 0; index < batch.Count; index++)
        {
            var length = RecordView.Read(bytes[start..], out var view);
            if (view.Kind == RecordKind.Fact)
            {
                break;
            }

            var offset = batch.FirstOffset + index;
            Turn? turn = null;
            if (!view.Key.IsEmpty)
            {
                turn = TurnOf(view.CustomerHash, view.Key);
                turn.Add(start, length, offset);
                if (view.Kind == RecordKind.Timer)
                {
                    batch.Timers++;
                    turn.HasTimer = true;
                }
            }

            _order.Add((turn, start, offset));
            start += length;
        }

        batch.BytesUsed = start;
    }

    private Turn TurnOf(ulong hash, ReadOnlySpan<byte> key)
    {
        var customer = _table.Find(hash, key);
        if (customer is null)
        {
            customer = new Touched(hash, key.ToArray(), grains.GetGrain<ICustomerGrain>(Encoding.UTF8.GetString(key)));
            _table.Add(customer);
        }

        if (customer.Turn is null)
        {
            customer.Turn = new Turn(customer);
            _turns.Add(customer.Turn);
        }

        return customer.Turn;
    }

    /// <summary>States of customers that were not called yet, in one query: a round trip for each of them would cost more than all the rest.</summary>
    private async ValueTask LoadAsync(List<Turn> calls)
    {
        var strangers = calls.FindAll(turn => turn.Customer.Last < 0);
        if (strangers.Count > 0)
        {
            var states = await store.LoadAsync(partition, strangers.ConvertAll(turn => new CustomerAddress(turn.Customer.Hash, turn.Customer.Key)));
            for (var index = 0; index < states.Length; index++)
            {
                strangers[index].Snapshot = states[index];
            }
        }
    }

    private void Take(Turn turn)
    {
        var customer = turn.Customer;
        var answer = turn.Answer.Result;
        if (answer.IsRefused)
        {
            throw new EpochLostException(partition, _epoch);
        }

        if (customer.Last < 0)
        {
            // Whoever was in the store has a timer in the heap that is not later than its due instant.
            customer.Armed = answer.DueBefore;
        }

        customer.Turn = null;
        customer.Used = true;
        customer.Last = answer.Offset;
        customer.Due = answer.Due;
        customer.ProgramVersion = answer.ProgramVersion;
        _table.Weigh(customer, answer.Bytes + Limits.GrainBytes);
        customer.Armed = turn.HasTimer && !customer.IsArmed ? long.MaxValue : customer.Armed;
        if (customer.Due < customer.Armed)
        {
            customer.Armed = customer.Due;
            customer.IsArmed = true;
            dues.Arm(partition, customer.Hash, customer.Due);
        }
    }

    private void Play(CustomerBatch batch, ReadOnlySpan<byte> bytes, IRecordEffects effects)
    {
        foreach (var (turn, start, offset) in _order)
        {
            if (turn is null)
            {
                continue;
            }

            RecordView.Read(bytes[start..], out var view);
            view.Offset = offset;
            view.At = batch.At;
            var reader = new SpanReader(turn.Answer.Result.Effects.Span[turn.Read..]);
            var applied = _player.Play(ref reader, view, effects);
            turn.Read += reader.Position;
            if (applied)
            {
                _table.MarkDirty(turn.Customer, offset, batch.Now);
                if (view is { Kind: RecordKind.Command, CommandKind: CommandKind.Erase })
                {
                    batch.Erased.Add(Encoding.UTF8.GetString(view.Key));
                }
            }
        }
    }

    private int Ring(ulong hash, ReadOnlySpan<byte> key, long due, long now, RecordBatch timers)
    {
        if (due <= now)
        {
            timers.AddTimer(key);
            return 1;
        }

        if (due < long.MaxValue)
        {
            dues.Arm(partition, hash, due);
        }

        return 0;
    }

    private CustomerStand StandOf(Touched customer) => new() { Epoch = _epoch, Last = customer.Last, Floor = _facts.Floor, Facts = _facts.Since };

    private async Task<CustomerState> ReadAsync(Touched customer)
    {
        var state = await customer.Grain.ReadAsync(StandOf(customer));
        return state.IsRefused ? throw new EpochLostException(partition, _epoch) : state;
    }

    private async Task<ReadOnlyMemory<byte>> StateOfAsync(Touched customer) => (await ReadAsync(customer)).State;

    /// <summary>Customers above a hash, ascending: those with records that no durable snapshot contains, and the others as the store has them.</summary>
    private IEnumerable<(ulong Hash, Touched? Unflushed, ReadOnlyMemory<byte> State)> From(ulong? after)
    {
        var unflushed = _table.UnflushedAbove(after);
        var next = 0;
        foreach (var (hash, state) in store.Scan(partition, after))
        {
            for (; next < unflushed.Length && unflushed[next] <= hash; next++)
            {
                foreach (var customer in UnflushedOf(unflushed[next]))
                {
                    yield return (customer.Hash, customer, default);
                }
            }

            if (_table.Find(hash, CustomerCodec.ReadKey(state.Span)) is not { } touched || !_table.IsUnflushed(touched))
            {
                yield return (hash, null, state);
            }
        }

        for (; next < unflushed.Length; next++)
        {
            foreach (var customer in UnflushedOf(unflushed[next]))
            {
                yield return (customer.Hash, customer, default);
            }
        }
    }

    private IEnumerable<Touched> UnflushedOf(ulong hash)
    {
        for (var customer = _table.Chain(hash); customer is not null; customer = customer.Next)
        {
            if (_table.IsUnflushed(customer))
            {
                yield return customer;
            }
        }
    }
}
