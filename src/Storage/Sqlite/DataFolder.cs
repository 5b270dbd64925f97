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

    public static string DatabaseIn(string folder) => System.IO.Path.Combine(folder, "store.db");

    public static DataFolder Open(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var path = System.IO.Path.Combine(folder, "store.lock");
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
