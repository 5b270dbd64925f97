using Microsoft.Extensions.Logging;
using Triggers.Storage;
using Triggers.Storage.Sqlite;

namespace Triggers.Silo.Serve;

/// <summary>Opens the store of a data folder: the one place that knows which engine is behind it.</summary>
internal static class StoreOpening
{
    public static async Task<IStore> OpenAsync(string folder, TimeProvider time, ILoggerFactory logs) =>
        await SqliteStore.OpenAsync(new SqliteStoreOptions { Folder = folder }, time, logs);

    /// <summary>For reading only: nothing is built or tidied in the background.</summary>
    public static async Task<IStore> OpenAtRestAsync(string folder, TimeProvider time) =>
        await SqliteStore.OpenAsync(new SqliteStoreOptions { Folder = folder, MaintainsItself = false }, time);

    public static bool Exists(string folder) => SqliteStore.Exists(folder);
}
