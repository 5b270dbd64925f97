namespace Triggers.Storage.Sqlite.Data;

/// <summary>
/// Brings the WAL to the disk after a commit, in SQLite's place. SQLite asks for a file's times to be stored too, so every commit waits for the file system's journal and with
/// that for whatever other files have in it, such as the store's own while pages are copied into it. The bytes alone do not.
/// </summary>
internal sealed class WalSync(string databasePath) : IDisposable
{
    private readonly DataSync _wal = new(databasePath + "-wal");

    /// <exception cref="WalSyncException">What was committed may not be on the disk: nothing may be told, and nothing be tried again.</exception>
    public void Sync()
    {
        try
        {
            _wal.Sync();
        }
        catch (IOException error)
        {
            throw new WalSyncException(error);
        }
    }

    public bool IsInPlace => _wal.IsInPlace;

    public void Dispose() => _wal.Dispose();
}

/// <summary>The disk failed between a commit and its being durable.</summary>
internal sealed class WalSyncException(IOException inner) : Exception($"The disk failed to keep what was committed: {inner.Message} Look at the disk, then start the program again: it goes on from what is there.", inner);
