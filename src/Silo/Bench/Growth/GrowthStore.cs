using Triggers.Engine.Customers;
using Triggers.Engine.Records;
using Triggers.Storage;
using Triggers.Storage.Sqlite;

namespace Triggers.Silo.Bench.Growth;

/// <summary>Customers in a real SQLite store: written as a flush writes them, read one by one as a loop reads a customer that is not in memory.</summary>
internal sealed class GrowthStore : IAsyncDisposable
{
    private readonly SqliteStore _store;

    private GrowthStore(SqliteStore store) => _store = store;

    public static async Task<GrowthStore> OpenAsync(string folder) =>
        new(await SqliteStore.OpenAsync(new SqliteStoreOptions { Folder = folder, MaintainsItself = false }, TimeProvider.System));

    public async Task WriteAsync(GrowthLoad load)
    {
        var states = new List<Snapshot>[_store.Log.Partitions];
        load.Encode((hash, due, state) => (states[Partition(hash)] ??= []).Add(new Snapshot(hash, due, state.ToArray())));
        using var commit = new Commit();
        for (var partition = 0; partition < states.Length; partition++)
        {
            if (states[partition] is { } some)
            {
                commit.Flushes.Add(new Flush(partition, 0, [], some));
            }
        }

        await _store.CommitAsync(commit);
    }

    /// <exception cref="InvalidOperationException">Nobody of that key was written.</exception>
    public Customer Load(ulong hash, ReadOnlySpan<byte> key, StateHeap heap) => _store.Customers.TryLoad(Partition(hash), hash, key, out var state)
        ? CustomerCodec.Read(state.Span, heap)
        : throw new InvalidOperationException("A customer that was written is not in the store.");

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private int Partition(ulong hash) => CustomerKey.PartitionOf(hash, _store.Log.Partitions);
}
