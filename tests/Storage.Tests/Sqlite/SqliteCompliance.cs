using Triggers.Storage.Tests.Compliance;

namespace Triggers.Storage.Tests.Sqlite;

public sealed class SqliteLogTests : LogCompliance
{
    protected override async Task<StoreHarness> OpenAsync() => await SqliteHarness.OpenAsync();
}

public sealed class SqliteCommitTests : CommitCompliance
{
    protected override async Task<StoreHarness> OpenAsync() => await SqliteHarness.OpenAsync();
}

public sealed class SqliteCustomerTests : CustomerCompliance
{
    protected override async Task<StoreHarness> OpenAsync() => await SqliteHarness.OpenAsync();
}
