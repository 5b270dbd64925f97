using Triggers.Storage.Sqlite.Data;
using Triggers.Storage.Sqlite.Log;
using Triggers.Storage.Sqlite.Migrations;

namespace Triggers.Storage.Sqlite.Backups;

/// <summary>
/// Copies a data folder as it is at one instant, whether a server runs on it or not: all of it is in one file, and a read transaction sees that file at one
/// commit, however long the copying takes. The copy has its final name only once it is whole and on disk. How: docs/backup.md.
/// </summary>
public sealed class StoreBackup(string folder, string target, IReadOnlyList<string> otherFiles, TimeProvider time)
{
    /// <summary>A step of the copy: 2 MB.</summary>
    private const int PagesAtOnce = 256;

    private const string LockFile = ".lock";
    private readonly string _target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(target));
    private long _done, _total;

    /// <summary>Bytes copied, and read again for their checksums.</summary>
    public long Done => Interlocked.Read(ref _done);

    /// <summary>What <see cref="Done"/> will come to; 0: not known yet.</summary>
    public long Total => Interlocked.Read(ref _total);

    private string Partial => _target + ".partial";

    /// <summary>Takes the back-up. Cancelled or failed, it leaves nothing that looks like one.</summary>
    /// <exception cref="BackupRefusedException">There is no data folder, or something is in the way.</exception>
    public BackupManifest Run(CancellationToken cancellation = default)
    {
        if (!SqliteStore.Exists(folder))
        {
            throw new BackupRefusedException($"{folder} is not a data folder: give the one that a server keeps its store in with --data.");
        }

        if (Path.Exists(_target))
        {
            throw new BackupRefusedException($"{_target} is there already: a back-up overwrites nothing. Give a path that is not there yet.");
        }

        try
        {
            using var held = Begin();
            try
            {
                var manifest = Copy(cancellation);
                DurableFile.Write(Path.Combine(Partial, BackupManifest.FileName), manifest.Encode());
                held.Dispose();
                File.Delete(Path.Combine(Partial, LockFile));
                Directory.Move(Partial, _target);
                return manifest;
            }
            catch
            {
                held.Dispose();
                Directory.Delete(Partial, recursive: true);
                throw;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or SqliteException)
        {
            throw new BackupRefusedException($"The back-up of {folder} to {_target} failed: {error.Message}", error);
        }
    }

    /// <summary>The folder in which it is made; what a killed back-up left there goes.</summary>
    private FileStream Begin()
    {
        PrivateFolder.Create(Partial);
        FileStream held;
        try
        {
            held = new FileStream(Path.Combine(Partial, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error)
        {
            throw new BackupRefusedException($"Another process is taking a back-up to {_target}.", error);
        }

        foreach (var left in Directory.GetFiles(Partial).Where(file => Path.GetFileName(file) != LockFile))
        {
            File.Delete(left);
        }

        return held;
    }

    private BackupManifest Copy(CancellationToken cancellation)
    {
        using var source = SqliteDatabase.Open(DataFolder.DatabaseIn(folder), readOnly: true);
        source.Execute("PRAGMA query_only = ON; BEGIN");
        var format = (int)(source.Scalar("PRAGMA user_version") ?? 0);
        if (format > Migrator.Newest)
        {
            throw new StoreTooNewException(folder, format, Migrator.Newest);
        }

        var taken = time.GetUtcNow();
        var newest = Math.Max(MetaTable.Int64(source, MetaTable.LastAt), source.Scalar("SELECT max(At) FROM Blocks") ?? 0);
        var records = LogBounds.SumOfEnds(source, (int)MetaTable.Int64(source, MetaTable.Partitions));
        var queued = source.Scalar("SELECT count(*) FROM Messages WHERE Status = 'queued'") ?? 0;
        CopyPages(source, cancellation);
        foreach (var name in otherFiles.Where(name => File.Exists(Path.Combine(folder, name))))
        {
            DurableFile.Write(Path.Combine(Partial, name), File.ReadAllBytes(Path.Combine(folder, name)));
        }

        string[] names = [DataFolder.DatabaseName, .. otherFiles.Where(name => File.Exists(Path.Combine(Partial, name)))];
        var files = Array.ConvertAll(names, name =>
        {
            var (bytes, sha256) = DurableFile.Hash(Path.Combine(Partial, name), read => Interlocked.Add(ref _done, read), cancellation);
            return new BackedUpFile(name, bytes, sha256);
        });
        return new BackupManifest(
            BackupManifest.Newest, format, MetaTable.Text(source, MetaTable.StoreId), taken, newest == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(newest), records, queued, files);
    }

    private void CopyPages(SqliteDatabase source, CancellationToken cancellation)
    {
        var path = Path.Combine(Partial, DataFolder.DatabaseName);
        using (var copy = SqliteDatabase.Open(path, readOnly: false))
        {
            // Nobody reads it before it is whole, and it is brought to disk at once below.
            copy.Execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE");
            var before = 0L;
            source.CopyTo(copy, PagesAtOnce, (done, all) =>
            {
                cancellation.ThrowIfCancellationRequested();
                Interlocked.Exchange(ref _total, 2L * all * Limits.PageBytes);
                Interlocked.Add(ref _done, (done - before) * Limits.PageBytes);
                before = done;
            });
        }

        DurableFile.MakePrivate(path);
        DurableFile.Sync(path);
    }
}
