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

public sealed class SqliteOutboxTests : OutboxCompliance
{
    protected override async Task<StoreHarness> OpenAsync() => await SqliteHarness.OpenAsync();
}

public sealed class SqliteListTests : ListCompliance
{
    protected override async Task<StoreHarness> OpenAsync() => await SqliteHarness.OpenAsync();
}

public sealed class SqliteStaticListTests : StaticListCompliance
{
    protected override async Task<StoreHarness> OpenAsync() => await SqliteHarness.OpenAsync();
}

public sealed class SqliteQualityTests : QualityCompliance
{
    protected override async Task<StoreHarness> OpenAsync() => await SqliteHarness.OpenAsync();
}

public sealed class SqliteErasureTests : ErasureCompliance
{
    protected override async Task<StoreHarness> OpenAsync() => await SqliteHarness.OpenAsync(options => options with { RunBytes = 1 });
}

public sealed class SqliteChecksumTests : ChecksumCompliance
{
    protected override async Task<StoreHarness> OpenAsync() => await SqliteHarness.OpenAsync(options => options with { RunBytes = 1, MaintainsItself = false });
}

public sealed class SqliteHistoryTests : HistoryCompliance
{
    protected override async Task<StoreHarness> OpenAsync()
        => await SqliteHarness.OpenAsync(options => options with { RunBytes = 1, RunsToMerge = 3, RecentLogBytes = 200_000 });
}

public sealed class SqliteRetentionTests : RetentionCompliance
{
    protected override async Task<StoreHarness> OpenAsync()
        => await SqliteHarness.OpenAsync(options => options with { LogRetentionDays = Days, RunBytes = 1, RunsToMerge = 3, MaintainsItself = false });
}

/// <summary>A shop so small that its log never becomes a run.</summary>
public sealed class SqliteRetentionOfBlocksTests : RetentionCompliance
{
    protected override async Task<StoreHarness> OpenAsync()
        => await SqliteHarness.OpenAsync(options => options with { LogRetentionDays = Days, MaintainsItself = false });
}
