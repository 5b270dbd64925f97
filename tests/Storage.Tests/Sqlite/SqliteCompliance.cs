using Triggers.Storage.Tests.Compliance;

namespace Triggers.Storage.Tests.Sqlite;

public sealed class SqliteLogTests : LogCompliance
{
    protected override async Task<StoreHarness> OpenAsync() => await SqliteHarness.OpenAsync();
}
