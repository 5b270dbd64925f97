using Triggers.Storage.Postgres;
using Triggers.Tests.Shared;

namespace Triggers.Storage.Tests.Postgres;

/// <summary>A PostgreSQL store in a schema of its own.</summary>
public sealed class PostgresHarness : StoreHarness
{
    private readonly PostgresServer _server;
    private readonly string _schema = "t" + Guid.NewGuid().ToString("N");
    private readonly PostgresStoreOptions _options;

    private PostgresHarness(PostgresServer server, Func<PostgresStoreOptions, PostgresStoreOptions>? change)
    {
        _server = server;
        _options = new PostgresStoreOptions { ConnectionString = server.ConnectionString(_schema), MaintainsItself = false };
        _options = change?.Invoke(_options) ?? _options;
    }

    public PostgresStore Postgres => (PostgresStore)Store;

    public PostgresStoreOptions Options => _options;

    public string Schema => _schema;

    public static async Task<PostgresHarness> OpenAsync(Func<PostgresStoreOptions, PostgresStoreOptions>? change = null)
    {
        var harness = new PostgresHarness(await PostgresServer.SharedAsync(), change);
        harness.Store = await PostgresStore.OpenAsync(harness._options, harness.Time);
        return harness;
    }

    public override async Task ReopenAsync(bool killed = false)
    {
        await (killed ? Postgres.AbandonAsync() : Postgres.DisposeAsync().AsTask());
        Store = await PostgresStore.OpenAsync(_options, Time);
    }

    public override Task SettleAsync() => Postgres.MaintainAsync();

    public override async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await _server.ExecuteAsync($"DROP SCHEMA {_schema} CASCADE");
    }
}
