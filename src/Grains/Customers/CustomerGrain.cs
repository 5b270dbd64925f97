using System.Text;
using Orleans.Placement;
using Triggers.Engine.Customers;
using Triggers.Engine.Records;
using Triggers.Grains.Hosting;
using Triggers.Runtime.Hosting;

namespace Triggers.Grains.Customers;

/// <summary>
/// Holds one customer in memory and takes it to where the owner of its partition says it stands, before anything else. Decides nothing: that is the machine's.
/// Only that owner calls it, so it is placed on the owner's silo.
/// </summary>
[PreferLocalPlacement]
internal sealed class CustomerGrain(ClusterNode node) : Grain, ICustomerGrain
{
    /// <summary>A call is one turn on one thread, from its first byte to its last.</summary>
    [ThreadStatic]
    private static EffectRecorder? s_effects;

    private byte[] _key = [];
    private ulong _hash;
    private int _partition;
    private Customer? _customer;
    private long _epoch = -1;

    private static EffectRecorder Effects => s_effects ??= new EffectRecorder();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _key = Encoding.UTF8.GetBytes(this.GetPrimaryKeyString());
        _hash = CustomerKey.HashOf(_key);
        _partition = CustomerKey.PartitionOf(_hash, node.Context.Store.Log.Partitions);
        node.CustomerCame();
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        node.CustomerLeft();
        return Task.CompletedTask;
    }

    public Task<CustomerAnswer> ApplyAsync(CustomerCall call)
    {
        if (TakeStand(call.Stand, call) is not { } customer)
        {
            return Task.FromResult(CustomerAnswer.Refusal);
        }

        var dueBefore = customer.Due;
        var facts = node.Find(call.Stand.Facts[^1]);
        var effects = Effects;
        var records = call.Records.Span;
        foreach (var offset in call.Offsets)
        {
            records = records[RecordView.Read(records, out var view)..];
            view.Offset = offset;
            view.At = call.At;
            if (customer.Offset >= offset)
            {
                effects.Skip();
            }
            else
            {
                RecordApplier.Apply(customer, view, facts, effects, _partition, node.Context.Log);
            }
        }

        return Task.FromResult(new CustomerAnswer
        {
            Offset = customer.Offset,
            DueBefore = dueBefore,
            Due = customer.Due,
            ProgramVersion = customer.ProgramVersion,
            Bytes = customer.Heap.ReservedBytes,
            Effects = effects.Take(),
        });
    }

    public Task<CustomerState> ReadAsync(CustomerStand stand)
    {
        if (TakeStand(stand) is not { } customer)
        {
            return Task.FromResult(CustomerState.Refusal);
        }

        using var writer = new ByteWriter(1024);
        CustomerCodec.Write(customer, writer);
        return Task.FromResult(new CustomerState { State = writer.Written.ToArray(), IsEmpty = customer.IsEmpty, Due = customer.Due });
    }

    public Task LeaveAsync(long epoch)
    {
        if (epoch >= _epoch)
        {
            DeactivateOnIdle();
        }

        return Task.CompletedTask;
    }

    /// <summary>
    /// The customer as its owner knows it. Ahead of that, or under an earlier owner, it goes back to its snapshot; behind, it reads its missing records from the
    /// log with their effects suppressed. Null: the owner is not the latest.
    /// </summary>
    private Customer? TakeStand(CustomerStand stand, CustomerCall? call = null)
    {
        if (stand.Epoch < _epoch)
        {
            return null;
        }

        if (_customer is null || stand.Epoch > _epoch || stand.Last < 0 || stand.Last < _customer.Offset)
        {
            var state = call is { HasSnapshot: true } ? call.Snapshot : node.Context.Store.Customers.TryLoad(_partition, _hash, _key, out var loaded) ? loaded : default;
            _customer = state.IsEmpty ? new Customer(_key, _hash, new StateHeap()) : CustomerCodec.Read(state.Span);
            _epoch = stand.Epoch;
        }

        if (_customer.Offset < stand.Last)
        {
            CatchUp(_customer, stand);
        }

        return _customer;
    }

    private void CatchUp(Customer customer, CustomerStand stand)
    {
        var place = 0;
        foreach (var record in node.Context.Store.History.Read(new CustomerKey(this.GetPrimaryKeyString()), Math.Max(customer.Offset + 1, stand.Floor), stand.Last + 1))
        {
            while (place + 1 < stand.Facts.Length && stand.Facts[place + 1].Offset <= record.Offset)
            {
                place++;
            }

            RecordView.Read(record.Bytes.Span, out var view);
            view.Offset = record.Offset;
            view.At = record.At;
            RecordApplier.Apply(customer, view, node.Find(stand.Facts[place]), Effects, _partition, node.Context.Log);
        }

        Effects.Take();
    }
}
