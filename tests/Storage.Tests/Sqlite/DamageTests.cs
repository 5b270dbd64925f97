using Triggers.Engine.Records;
using Triggers.Storage.Sqlite;
using Triggers.Storage.Sqlite.Data;

namespace Triggers.Storage.Tests.Sqlite;

/// <summary>What a disk or a hand changed in the file is told where it is read, with the file and the row, and is never a wrong history.</summary>
public sealed class DamageTests
{
    private static readonly CustomerKey Ann = CustomerKey.User("ann");

    [Theory]
    [InlineData("randomblob(length(Body))")]
    [InlineData("zeroblob(length(Body))")]
    [InlineData("substr(Body, 1, length(Body) - 1)")]
    [InlineData("CAST(replace(CAST(Body AS TEXT), 'u:ann', 'u:bob') AS BLOB)")]
    public async Task A_block_with_a_changed_body_is_named_by_history_and_by_readers(string body)
    {
        await using var harness = await SqliteHarness.OpenAsync(options => options with { MaintainsItself = false });
        await FillAsync(harness);
        await ChangeAsync(harness, $"UPDATE Blocks SET Body = {body} WHERE Seq = 2");

        var inHistory = Assert.Throws<StoreDamagedException>(() => harness.Store.History.Read(Ann).ToList());
        var toReader = await Assert.ThrowsAsync<StoreDamagedException>(() => harness.ReadAllAsync(new PartitionOffset(harness.PartitionOf(Ann), 0)));

        Assert.Contains(Path.Combine(harness.Folder, "store.db"), inHistory.Message, StringComparison.Ordinal);
        Assert.Contains("block 2 of the log", inHistory.Message, StringComparison.Ordinal);
        Assert.Contains("Restore a back-up", inHistory.Message, StringComparison.Ordinal);
        Assert.Equal(inHistory.Message, toReader.Message);
    }

    [Fact]
    public async Task A_damaged_block_does_not_become_a_run()
    {
        await using var harness = await SqliteHarness.OpenAsync(options => options with { RunBytes = 1, MaintainsItself = false });
        await FillAsync(harness);
        await harness.Store.CommitAsync(harness.CommitOf(Ann, commit => commit.Flushes.Add(new Flush(harness.PartitionOf(Ann), 3, [], []))));
        await ChangeAsync(harness, "UPDATE Blocks SET Body = randomblob(length(Body)) WHERE Seq = 2");

        await harness.SettleAsync();

        Assert.All(harness.Sqlite.Runs.Current, run => Assert.Equal(1, run.ToSeq));
        Assert.Contains(harness.Store.Figures().Upkeep, work => work.LastError.Contains("block 2 of the log", StringComparison.Ordinal));
        Assert.Throws<StoreDamagedException>(() => harness.Store.History.Read(Ann).ToList());
    }

    [Theory]
    [InlineData("randomblob(length(Data))")]
    [InlineData("substr(Data, 1, length(Data) - 1)")]
    [InlineData("CAST(replace(CAST(Data AS TEXT), 'u:ann', 'u:bob') AS BLOB)")]
    public async Task A_changed_page_of_a_run_is_named(string data)
    {
        await using var harness = await SqliteHarness.OpenAsync(options => options with { RunBytes = 1, MaintainsItself = false });
        await FillAsync(harness);
        await harness.Store.CommitAsync(harness.CommitOf(Ann, commit => commit.Flushes.Add(new Flush(harness.PartitionOf(Ann), 3, [], []))));
        await harness.SettleAsync();
        Assert.NotEmpty(harness.Sqlite.Runs.Current);
        await ChangeAsync(harness, $"UPDATE RunPages SET Data = {data}");

        var ofOne = Assert.Throws<StoreDamagedException>(() => harness.Store.History.Read(Ann).ToList());
        var ofAll = Assert.Throws<StoreDamagedException>(() => harness.Store.History.ReadAll(harness.PartitionOf(Ann)).ToList());

        Assert.Contains("store.db", ofOne.Message, StringComparison.Ordinal);
        Assert.Contains("in run ", ofOne.Message, StringComparison.Ordinal);
        Assert.Contains("in run ", ofAll.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UPDATE Blocks SET Commits = x'0201FFFF7F00000000' WHERE Seq = (SELECT max(Seq) FROM Blocks)", "block 4 of the log")]
    [InlineData("UPDATE Blocks SET Commits = x'02000000' || x'' , Directory = x'01' WHERE Seq = (SELECT max(Seq) FROM Blocks)", "block 4 of the log")]
    [InlineData("UPDATE Blocks SET Commits = x'02000001FF7F0200' WHERE Seq = (SELECT max(Seq) FROM Blocks)", "block 4 of the log")]
    [InlineData("UPDATE Blocks SET Commits = x'02000100FFFFFFFFFFFFFFFF7FFFFFFFFFFFFFFFFF7F' WHERE Seq = (SELECT max(Seq) FROM Blocks)", "block 4 of the log")]
    [InlineData("UPDATE Meta SET Value = 7 WHERE Name = 'Partitions'", "'Partitions' of the table Meta is 7")]
    [InlineData("UPDATE Meta SET Value = 'many' WHERE Name = 'Partitions'", "'Partitions' of the table Meta is 0")]
    [InlineData("UPDATE Meta SET Value = 2000000000 WHERE Name = 'Partitions'", "'Partitions' of the table Meta is 2000000000")]
    [InlineData("DELETE FROM Partitions WHERE Partition = 5", "'Partitions' of the table Meta is 64")]
    public async Task What_cannot_be_read_at_the_start_is_one_message(string change, string reason)
    {
        await using var harness = await SqliteHarness.OpenAsync(options => options with { MaintainsItself = false });
        await FillAsync(harness);
        await harness.Store.CommitAsync(harness.CommitOf(Ann));

        var error = await Assert.ThrowsAsync<StoreDamagedException>(() => ChangeAsync(harness, change));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains("store.db", error.Message, StringComparison.Ordinal);
    }

    private static async Task FillAsync(SqliteHarness harness)
    {
        await harness.AppendAsync((Ann, "1"));
        await harness.AppendAsync((Ann, "2"));
        await harness.AppendAsync((Ann, "3"));
    }

    /// <summary>As a killed process leaves it, so that nothing is folded.</summary>
    private static async Task ChangeAsync(SqliteHarness harness, string change)
    {
        await harness.Sqlite.AbandonAsync();
        using (var database = SqliteDatabase.Open(Path.Combine(harness.Folder, "store.db"), readOnly: false))
        {
            database.Execute(change);
        }

        await harness.ReopenAsync();
    }
}
