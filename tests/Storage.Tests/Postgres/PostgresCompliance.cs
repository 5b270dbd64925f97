using Triggers.Storage.Tests.Compliance;
using Triggers.Tests.Shared;

namespace Triggers.Storage.Tests.Postgres;

[NeedsPostgres]
public sealed class PostgresLogTests : LogCompliance
{
    protected override async Task<StoreHarness> OpenAsync() => await PostgresHarness.OpenAsync();
}

[NeedsPostgres]
public sealed class PostgresCommitTests : CommitCompliance
{
    protected override async Task<StoreHarness> OpenAsync() => await PostgresHarness.OpenAsync();
}

[NeedsPostgres]
public sealed class PostgresCustomerTests : CustomerCompliance
{
    protected override async Task<StoreHarness> OpenAsync() => await PostgresHarness.OpenAsync();
}

[NeedsPostgres]
public sealed class PostgresOutboxTests : OutboxCompliance
{
    protected override async Task<StoreHarness> OpenAsync() => await PostgresHarness.OpenAsync();
}

[NeedsPostgres]
public sealed class PostgresListTests : ListCompliance
{
    protected override async Task<StoreHarness> OpenAsync() => await PostgresHarness.OpenAsync();
}

[NeedsPostgres]
public sealed class PostgresStaticListTests : StaticListCompliance
{
    protected override async Task<StoreHarness> OpenAsync() => await PostgresHarness.OpenAsync();
}

[NeedsPostgres]
public sealed class PostgresQualityTests : QualityCompliance
{
    protected override async Task<StoreHarness> OpenAsync() => await PostgresHarness.OpenAsync();
}

[NeedsPostgres]
public sealed class PostgresErasureTests : ErasureCompliance
{
    protected override async Task<StoreHarness> OpenAsync() => await PostgresHarness.OpenAsync(options => options with { RunBytes = 1 });
}

[NeedsPostgres]
public sealed class PostgresChecksumTests : ChecksumCompliance
{
    protected override async Task<StoreHarness> OpenAsync() => await PostgresHarness.OpenAsync(options => options with { RunBytes = 1 });
}

[NeedsPostgres]
public sealed class PostgresHistoryTests : HistoryCompliance
{
    protected override async Task<StoreHarness> OpenAsync()
        => await PostgresHarness.OpenAsync(options => options with { RunBytes = 1, RunsToMerge = 3, RecentLogBytes = 200_000 });
}

[NeedsPostgres]
public sealed class PostgresRetentionTests : RetentionCompliance
{
    protected override async Task<StoreHarness> OpenAsync()
        => await PostgresHarness.OpenAsync(options => options with { LogRetentionDays = Days, RunBytes = 1, RunsToMerge = 3 });
}
