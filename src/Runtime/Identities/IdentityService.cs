using System.Text;
using Triggers.Engine.Customers;
using Triggers.Engine.Records;
using Triggers.Runtime.Definitions;
using Triggers.Runtime.Loop;
using Triggers.Runtime.Queries;

namespace Triggers.Runtime.Identities;

/// <inheritdoc />
internal sealed class IdentityService(MergeLog log, CustomerReader reader, Appender appender, IDefinitions definitions) : IIdentities
{
    public async Task<IReadOnlyList<MergeView>?> MergesOfAsync(string id, CancellationToken cancellation) =>
        await reader.FindAsync(id, cancellation) is { } customer ? await ReadAsync(customer, cancellation) : null;

    public async Task<Page<MergeView>> MergesAsync(string? kind, string? after, int limit, CancellationToken cancellation)
    {
        var found = new List<Customer>();
        limit = Math.Clamp(limit, 1, Limits.PageMax);
        var next = await reader.ScanAsync(
            ScanPlace.Read(after),
            Limits.ScanPerPage,
            customer =>
            {
                if (MergeLog.Concerns(customer, kind))
                {
                    found.Add(customer);
                }

                return found.Count >= limit;
            },
            cancellation);
        var items = new List<MergeView>();
        foreach (var customer in found)
        {
            items.AddRange((await ReadAsync(customer, cancellation)).Where(item => kind is null || item.Kind == kind));
        }

        return new Page<MergeView>(items, next is { } place ? ScanPlace.Text(place) : null);
    }

    public async Task<IdentityAnswer> MergeAsync(string id, string other, CancellationToken cancellation)
    {
        if (await reader.FindAsync(id, cancellation) is not { } one)
        {
            return Unknown(id);
        }

        if (await reader.FindAsync(other, cancellation) is not { } two)
        {
            // Split off, and not seen since: there is nothing to hand over, but its events are to come here again.
            return new CustomerKey(one.Key).IsAnonymous || await FindSplitAsync(other, cancellation) is not { } device ? Unknown(other) : await OrderAsync(device, one.Key, cancellation);
        }

        if (one.Key == two.Key)
        {
            return new IdentityAnswer("", $"'{id}' and '{other}' are one customer already: {one.Key}.");
        }

        if (CustomerReader.KeysOf(other).All(key => key.Text != two.Key))
        {
            return new IdentityAnswer("", $"'{other}' is part of {two.Key}: split it off there first, or name {two.Key}.");
        }

        if (one.IsAnonymous && two.IsAnonymous)
        {
            return new IdentityAnswer("", $"Both {one.Key} and {two.Key} are anonymous: one of the two must be a customer with a userId, who takes the other in.");
        }

        var isOneAbsorbed = one.IsAnonymous || (!two.IsAnonymous && string.CompareOrdinal(one.Key, two.Key) > 0);
        var (absorbed, absorber) = isOneAbsorbed ? (one.Key, two.Key) : (two.Key, one.Key);
        return await OrderAsync(absorbed, absorber, cancellation);
    }

    public async Task<IdentityAnswer> SplitAsync(string id, string key, CancellationToken cancellation)
    {
        if (await reader.FindAsync(id, cancellation) is not { } customer)
        {
            return Unknown(id);
        }

        var device = customer.AbsorbedKeys.FirstOrDefault(absorbed => absorbed == key) ?? customer.AbsorbedKeys.FirstOrDefault(absorbed => absorbed == "a:" + key);
        if (device is null || !new CustomerKey(device).IsAnonymous)
        {
            var isPerson = device is not null || customer.AbsorbedKeys.Contains("u:" + key, StringComparer.Ordinal);
            return new IdentityAnswer("", isPerson
                ? $"'{key}' has a userId: only an anonymous id can be split off."
                : $"'{key}' is no anonymous id that was merged into {customer.Key}; those are: {(customer.AnonymousIds.Count == 0 ? "none" : string.Join(", ", customer.AnonymousIds.TakeLast(10)))}.");
        }

        using var batch = new RecordBatch(256);
        batch.AddCommand(Encoding.UTF8.GetBytes(device), CommandKind.Split, customer.Key);
        batch.AddCommand(Encoding.UTF8.GetBytes(customer.Key), CommandKind.Split, device);
        await appender.AppendAsync(batch, cancellation);
        return new IdentityAnswer(device, "");
    }

    private static IdentityAnswer Unknown(string id) => new("", $"There is no customer '{id}'.", IsUnknown: true);

    private Task<IReadOnlyList<MergeView>> ReadAsync(Customer customer, CancellationToken cancellation) =>
        Task.Run(() => log.ReadAsync(customer, definitions.Current.Identity, cancellation), cancellation);

    private async Task<string?> FindSplitAsync(string id, CancellationToken cancellation)
    {
        foreach (var key in CustomerReader.KeysOf(id))
        {
            if (await reader.PeekAsync(key, cancellation) is { IsAnonymous: true, MergedInto: null, SplitKeys.Count: > 0 })
            {
                return key.Text;
            }
        }

        return null;
    }

    private async Task<IdentityAnswer> OrderAsync(string absorbed, string absorber, CancellationToken cancellation)
    {
        using var batch = new RecordBatch(256);
        batch.AddCommand(Encoding.UTF8.GetBytes(absorbed), CommandKind.Merge, absorber);
        await appender.AppendAsync(batch, cancellation);
        return new IdentityAnswer(absorber, "");
    }
}
