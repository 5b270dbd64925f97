using Triggers.Engine.Customers;
using Triggers.Engine.Records;
using Triggers.Runtime.Hosting;

namespace Triggers.Runtime.Queries;

/// <summary>Finds customers by the ids that people know and reads them through their loop, as private copies.</summary>
internal sealed class CustomerReader(ILoops loops)
{
    /// <summary>A merge leads from an anonymous id to a person, an alias from one person to another: never further than this.</summary>
    internal const int MergesMax = 8;

    /// <param name="id">userId, anonymousId, or a full key. A merged id answers with the customer that absorbed it.</param>
    public async Task<Customer?> FindAsync(string id, CancellationToken cancellation)
    {
        foreach (var key in KeysOf(id))
        {
            if (await ReadAsync(key, cancellation) is { } customer)
            {
                return customer;
            }
        }

        return null;
    }

    /// <summary>The customer of a key, or the one that absorbed it.</summary>
    public async Task<Customer?> ReadAsync(CustomerKey key, CancellationToken cancellation)
    {
        for (var merges = 0; merges < MergesMax; merges++)
        {
            var state = await loops.ReadAsync(key, cancellation);
            if (state.IsEmpty)
            {
                return null;
            }

            var customer = CustomerCodec.Read(state.Span);
            if (customer.MergedInto is not { Length: > 0 } absorber)
            {
                return customer.Exists ? customer : null;
            }

            key = new CustomerKey(absorber);
        }

        return null;
    }

    /// <summary>null: no such group.</summary>
    public async Task<GroupProfile?> ReadGroupAsync(string groupId, CancellationToken cancellation)
    {
        var state = await loops.ReadAsync(CustomerKey.Group(groupId), cancellation);
        return state.IsEmpty ? null : CustomerCodec.Read(state.Span).AsGroup();
    }

    /// <summary>What is kept under a key itself, also where nothing but links is; null: nothing.</summary>
    public async Task<Customer?> PeekAsync(CustomerKey key, CancellationToken cancellation) =>
        await loops.ReadAsync(key, cancellation) is { IsEmpty: false } state ? CustomerCodec.Read(state.Span) : null;

    /// <summary>Visits customers from a place on, by partition and hash, until the visitor has enough or the bound is reached; where to go on, null at the end.</summary>
    public async Task<(int Partition, ulong Hash)?> ScanAsync((int Partition, ulong Hash)? after, int looks, Func<Customer, bool> visit, CancellationToken cancellation)
    {
        var partition = after?.Partition ?? 0;
        var hash = after?.Hash;
        for (var looked = 0; partition < loops.Partitions;)
        {
            cancellation.ThrowIfCancellationRequested();
            var states = await loops.ScanAsync(partition, hash, Limits.ScanPerTurn, cancellation);
            foreach (var state in states)
            {
                var customer = CustomerCodec.Read(state.Span);
                hash = customer.Hash;
                looked++;
                if (visit(customer) || looked >= looks)
                {
                    return (partition, hash.Value);
                }
            }

            if (states.Count < Limits.ScanPerTurn)
            {
                partition++;
                hash = null;
            }
        }

        return null;
    }

    internal static CustomerKey[] KeysOf(string id) =>
        id.StartsWith("u:", StringComparison.Ordinal) || id.StartsWith("a:", StringComparison.Ordinal)
            ? [new CustomerKey(id), CustomerKey.User(id), CustomerKey.Anonymous(id)]
            : [CustomerKey.User(id), CustomerKey.Anonymous(id)];
}
