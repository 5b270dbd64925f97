using Triggers.Storage.Sqlite.Data;

namespace Triggers.Storage.Sqlite.Writing;

/// <summary>
/// Overwrites the pages that deletions have freed: fills them all with rows of zeros, a little at a time, and deletes the rows again. Done after an erasure, so that
/// deleting costs nothing extra at any other time (docs/decisions/006-erasing-freed-pages.md).
/// </summary>
internal sealed class FreePages(StoreWriter writer)
{
    private const string Insert = "INSERT INTO Zeros (Data) VALUES (zeroblob(?1))";
    private const string DeleteOne = "DELETE FROM Zeros WHERE Id = (SELECT max(Id) FROM Zeros)";

    public async Task OverwriteAsync(CancellationToken cancellation)
    {
        while (await writer.RunInBackground(Fill).ConfigureAwait(false))
        {
            cancellation.ThrowIfCancellationRequested();
        }

        while (await writer.RunInBackground(static transaction => transaction.Database.Statement(DeleteOne).Run() > 0).ConfigureAwait(false))
        {
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private static bool Fill(WriteTransaction transaction)
    {
        var free = transaction.Database.Scalar("PRAGMA freelist_count") ?? 0;
        if (free > 0)
        {
            transaction.Database.Statement(Insert).Bind(1, Math.Min(free, Limits.PagesOverwrittenAtOnce) * Limits.PageBytes).Run();
        }

        return free > 0;
    }
}
