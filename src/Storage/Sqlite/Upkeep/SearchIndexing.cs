using Triggers.Storage.Sqlite.Data;
using Triggers.Storage.Sqlite.Lists;
using Triggers.Storage.Sqlite.Writing;
using Triggers.Storage.Upkeep;

namespace Triggers.Storage.Sqlite.Upkeep;

/// <summary>Brings search entries from memory into their table, many in one transaction, sorted.</summary>
internal sealed class SearchIndexing(StoreWriter writer, StoreState state) : IUpkeep
{
    public string Name => "search entries";

    public async Task<bool> StepAsync(CancellationToken cancellation)
    {
        if (state.Search.PendingCount == 0)
        {
            return false;
        }

        var (customers, seq) = state.Search.TakePending();
        for (var start = 0; start < customers.Count; start += Limits.SearchBatch)
        {
            cancellation.ThrowIfCancellationRequested();
            var batch = customers.GetRange(start, Math.Min(Limits.SearchBatch, customers.Count - start));
            var isLast = start + batch.Count == customers.Count;
            await writer.RunInBackground(transaction =>
            {
                foreach (var (key, customer) in batch)
                {
                    SqliteSearch.Write(transaction.Database, key, customer);
                }

                if (isLast)
                {
                    MetaTable.Set(transaction.Database, MetaTable.IndexedSeq, seq);
                    transaction.AfterCommit(() => state.IndexedSeq = seq);
                }

                return true;
            }).ConfigureAwait(false);
        }

        state.Search.Written();
        return true;
    }
}
