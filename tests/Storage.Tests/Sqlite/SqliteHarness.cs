using Triggers.Storage.Sqlite;

namespace Triggers.Storage.Tests.Sqlite;

/// <summary>A SQLite store in a folder of its own.</summary>
public sealed class SqliteHarness : StoreHarness
{
    private readonly SqliteStoreOptions _options;
    private readonly string _root = Path.Combine(Path.GetTempPath(), "triggers-storage-" + Guid.NewGuid().ToString("N"));

    private SqliteHarness(Func<SqliteStoreOptions, SqliteStoreOptions>? change)
    {
        _options = new SqliteStoreOptions { Folder = _root };
        _options = change?.Invoke(_options) ?? _options;
    }

    public SqliteStore Sqlite => (SqliteStore)Store;

    public string Folder => _options.Folder;

    public static async Task<SqliteHarness> OpenAsync(Func<SqliteStoreOptions, SqliteStoreOptions>? change = null)
    {
        var harness = new SqliteHarness(change);
        harness.Store = await SqliteStore.OpenAsync(harness._options, harness.Time);
        return harness;
    }

    public override async Task ReopenAsync(bool killed = false)
    {
        await (killed ? Sqlite.AbandonAsync() : Sqlite.DisposeAsync().AsTask());
        Store = await SqliteStore.OpenAsync(_options, Time);
    }

    public override Task SettleAsync() => Sqlite.MaintainAsync();

    public override async ValueTask DisposeAsync()
    {
        try
        {
            await Store.DisposeAsync();
        }
        finally
        {
            Directory.Delete(_root, recursive: true);
        }
    }
}
