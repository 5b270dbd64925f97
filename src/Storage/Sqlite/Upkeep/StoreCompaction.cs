using Triggers.Storage.Sqlite.Data;

namespace Triggers.Storage.Sqlite.Upkeep;

/// <summary>
/// Brings a stopped data folder to as little room as it needs: all background work is done, the log's runs are merged, and the file is written anew, which also
/// drops what SQLite left in unused space. The old file stays until the new one is whole.
/// </summary>
public static class StoreCompaction
{
    /// <param name="tell">Gets each step, for people.</param>
    /// <exception cref="StoreRefusedException">There is no store, somebody uses it, or there is no room.</exception>
    public static async Task<CompactionResult> RunAsync(string folder, int logRetentionDays, TimeProvider time, Action<string> tell, CancellationToken cancellation)
    {
        if (!SqliteStore.Exists(folder))
        {
            throw new CompactionRefusedException($"{folder} is not a data folder: give the one that a server ran on with --data.");
        }

        var path = DataFolder.DatabaseIn(folder);
        var result = new CompactionResult { BytesBefore = BytesOf(path) };
        var store = await SqliteStore.OpenAsync(new SqliteStoreOptions { Folder = folder, LogRetentionDays = logRetentionDays, MaintainsItself = false }, time).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            result = await store.CompactAsync(result, tell, cancellation).ConfigureAwait(false);
        }

        tell("writing the file anew");
        using var locked = DataFolder.Open(folder);
        await Task.Run(() => Rewrite(folder, path), CancellationToken.None).ConfigureAwait(false);
        return result with { BytesAfter = BytesOf(path) };
    }

    private static long BytesOf(string path) => new[] { path, path + "-wal" }.Select(name => new FileInfo(name)).Where(file => file.Exists).Sum(file => file.Length);

    private static void Rewrite(string folder, string path)
    {
        var fresh = path + ".compacting";
        try
        {
            File.Delete(fresh);
            using (var database = SqliteDatabase.Open(path, readOnly: false))
            {
                // No WAL is left beside the file that the new one takes the name of.
                using (var mode = database.Statement("PRAGMA journal_mode = DELETE"))
                {
                    if (!mode.Step() || mode.Text(0) != "delete")
                    {
                        throw new CompactionRefusedException($"Somebody reads {path}, perhaps a back-up. Compact it when that is over.");
                    }
                }

                database.Statement("VACUUM INTO ?1").Bind(1, fresh).Run();
            }

            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(fresh, File.GetUnixFileMode(path));
            }

            using (var file = new FileStream(fresh, FileMode.Open, FileAccess.ReadWrite))
            {
                file.Flush(flushToDisk: true);
            }

            File.Move(fresh, path, overwrite: true);
        }
        catch (Exception error) when (error is SqliteException or IOException or UnauthorizedAccessException)
        {
            File.Delete(fresh);
            throw new CompactionRefusedException($"The data folder '{folder}' is as it was, but for its runs: the file could not be written anew: {error.Message} It needs free room of about its own size.", error);
        }
    }
}

/// <summary>What a compaction did.</summary>
/// <param name="BlocksSorted">Blocks of the tail that became a run.</param>
public sealed record CompactionResult(long BytesBefore = 0, long BytesAfter = 0, int RunsBefore = 0, int RunsAfter = 0, long BlocksSorted = 0, long RecordsDropped = 0);

/// <summary>A data folder that cannot be compacted now.</summary>
public sealed class CompactionRefusedException(string message, Exception? inner = null) : StoreRefusedException(message, inner);
