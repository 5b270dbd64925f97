using System.Globalization;
using Triggers.Storage.Sqlite.Data;
using Triggers.Storage.Sqlite.Lists;
using Triggers.Storage.Sqlite.Migrations;

namespace Triggers.Storage.Sqlite.Backups;

/// <summary>
/// Makes a data folder from a back-up, comparing every byte with the manifest on the way. The store has its name only when all of it is there; unless asked
/// otherwise it begins with all sending paused, since what was queued or came due after the back-up may have been sent by the server that was lost.
/// </summary>
public sealed class StoreRestore
{
    private readonly string _backup;
    private readonly string _folder;
    private long _done;

    /// <exception cref="BackupRefusedException">It is no back-up, or a newer program took it.</exception>
    public StoreRestore(string backup, string folder)
    {
        _backup = Path.GetFullPath(backup);
        _folder = Path.GetFullPath(folder);
        Manifest = BackupManifest.Read(_backup);
        if (Manifest.Format > Migrator.Newest)
        {
            throw new BackupRefusedException($"The back-up {_backup} has format {Manifest.Format}, but this version of the program knows formats up to {Migrator.Newest}. Restore it with a newer version.");
        }
    }

    public BackupManifest Manifest { get; }

    public long Total => Manifest.Files.Sum(file => file.Bytes);

    public long Done => Interlocked.Read(ref _done);

    /// <param name="pauseSending">false: only if the server that was backed up has sent nothing since, and will not again.</param>
    /// <exception cref="BackupRefusedException">The folder is not empty, or the back-up is damaged: nothing is left of the attempt.</exception>
    public void Run(bool pauseSending, CancellationToken cancellation = default)
    {
        RefuseUsedFolder();
        try
        {
            using var folder = DataFolder.OpenForRestore(_folder);
            try
            {
                Copy(cancellation);
                if (pauseSending)
                {
                    PauseSending();
                }

                File.Move(DataFolder.UnfinishedIn(_folder), DataFolder.DatabaseIn(_folder));
            }
            catch
            {
                RemoveAll();
                throw;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or SqliteException)
        {
            throw new BackupRefusedException($"The back-up {_backup} could not be restored to {_folder}: {error.Message}", error);
        }
    }

    /// <summary>What an interrupted restore left may be written over; anything else is somebody's.</summary>
    private void RefuseUsedFolder()
    {
        if (File.Exists(_folder) || (Directory.Exists(_folder) && !File.Exists(DataFolder.UnfinishedIn(_folder)) && Directory.EnumerateFileSystemEntries(_folder).Any(entry => Path.GetFileName(entry) != DataFolder.LockName)))
        {
            throw new BackupRefusedException($"{_folder} is not empty: a restore overwrites nothing. Give an empty or a new folder with --data, or move the old one away first.");
        }
    }

    private void Copy(CancellationToken cancellation)
    {
        // The database first: its unfinished name keeps servers out while the rest comes.
        foreach (var file in Manifest.Files.OrderBy(file => file.Name != DataFolder.DatabaseName))
        {
            var from = Path.Combine(_backup, file.Name);
            if (!File.Exists(from))
            {
                throw new BackupRefusedException($"The back-up {_backup} is damaged: {file.Name} is missing. Restore another one.");
            }

            var to = file.Name == DataFolder.DatabaseName ? DataFolder.UnfinishedIn(_folder) : Path.Combine(_folder, file.Name);
            var copied = DurableFile.Copy(from, to, read => Interlocked.Add(ref _done, read), cancellation);
            if (copied != (file.Bytes, file.Sha256))
            {
                throw new BackupRefusedException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"The back-up {_backup} is damaged: {file.Name} has {copied.Bytes} bytes with SHA-256 {copied.Sha256}, and its manifest says {file.Bytes} bytes with {file.Sha256}. Nothing was restored; take another back-up."));
            }
        }
    }

    private void PauseSending()
    {
        using var database = SqliteDatabase.Open(DataFolder.UnfinishedIn(_folder), readOnly: false);
        database.Execute("PRAGMA synchronous = FULL");
        database.Statement(SqliteSettings.Upsert).Bind(1, PausedSending.Setting).Bind(2, PausedSending.AfterRestore(Manifest.TakenAt)).Run();
    }

    private void RemoveAll()
    {
        foreach (var file in Manifest.Files.Where(file => file.Name != DataFolder.DatabaseName))
        {
            File.Delete(Path.Combine(_folder, file.Name));
        }

        File.Delete(DataFolder.UnfinishedIn(_folder));
    }
}
