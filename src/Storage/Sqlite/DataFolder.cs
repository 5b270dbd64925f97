namespace Triggers.Storage.Sqlite;

/// <summary>The data folder of one open store, and the lock that keeps a second process out.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly FileStream _lock;

    private DataFolder(string folder, FileStream lockFile)
    {
        _lock = lockFile;
        DatabasePath = DatabaseIn(folder);
    }

    public string DatabasePath { get; }

    public const string DatabaseName = "store.db";

    public const string LockName = "store.lock";

    public static string DatabaseIn(string folder) => Path.Combine(folder, DatabaseName);

    /// <summary>What a restore that is not finished calls the database.</summary>
    public static string UnfinishedIn(string folder) => Path.Combine(folder, "store.db.restoring");

    public static DataFolder Open(string folder)
    {
        var opened = OpenForRestore(folder);
        if (!File.Exists(UnfinishedIn(folder)))
        {
            return opened;
        }

        opened.Dispose();
        throw new StoreUnrestoredException(folder);
    }

    /// <summary>Also where a restore was interrupted.</summary>
    public static DataFolder OpenForRestore(string folder)
    {
        try
        {
            PrivateFolder.Create(folder);
            var path = Path.Combine(folder, LockName);
            var exists = File.Exists(path);
            try
            {
                return new DataFolder(folder, new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException error) when (exists && error is not (DirectoryNotFoundException or PathTooLongException))
            {
                throw new StoreLockedException(folder);
            }
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw new StoreFolderException(folder, error.Message, error);
        }
    }

    public void Dispose() => _lock.Dispose();
}
