using Triggers.Engine.Records;
using Triggers.Storage.Sqlite;
using Triggers.Storage.Sqlite.Data;
using Triggers.Storage.Sqlite.Log;
using Triggers.Storage.Tests.Compliance;

namespace Triggers.Storage.Tests.Sqlite;

/// <summary>What a disk or a hand changed in the file is told where it is read, with the file and the row, and is never a wrong history.</summary>
public sealed class DamageTests
{
    private static readonly CustomerKey Ann = CustomerKey.User("ann");

    [Theory]
    [InlineData("randomblob(length(Body))", false)]
    [InlineData("randomblob(length(Body))", true)]
    [InlineData("zeroblob(length(Body))", false)]
    [InlineData("zeroblob(length(Body))", true)]
    [InlineData("substr(Body, 1, length(Body) - 1)", false)]
    [InlineData("substr(Body, 1, length(Body) - 1)", true)]
    [InlineData("CAST(replace(CAST(Body AS TEXT), 'u:ann', 'u:bob') AS BLOB)", false)]
    [InlineData("CAST(replace(CAST(Body AS TEXT), 'u:ann', 'u:bob') AS BLOB)", true)]
    [InlineData("substr(Body, 1, length(Body) - 1) || x'21'", false)]
    public async Task A_block_with_a_changed_body_is_named_by_history_and_by_readers(string body, bool isOld)
    {
        await using var harness = await SqliteHarness.OpenAsync(options => options with { MaintainsItself = false });
        await FillAsync(harness);
        if (isOld)
        {
            await ChangeAsync(harness, WriteAsBefore);
        }

        await ChangeAsync(harness, $"UPDATE Blocks SET Body = {body} WHERE Seq = 2");

        var inHistory = Assert.Throws<StoreDamagedException>(() => harness.Store.History.Read(Ann).ToList());
        var toReader = await Assert.ThrowsAsync<StoreDamagedException>(() => harness.ReadAllAsync(new PartitionOffset(harness.PartitionOf(Ann), 0)));

        Assert.Contains(Path.Combine(harness.Folder, "store.db"), inHistory.Message, StringComparison.Ordinal);
        Assert.Contains("block 2 of the log", inHistory.Message, StringComparison.Ordinal);
        Assert.Contains("Restore a back-up", inHistory.Message, StringComparison.Ordinal);
        Assert.Equal(inHistory.Message, toReader.Message);
    }

    [Fact]
    public async Task What_was_written_before_there_were_checks_is_read_and_goes_on()
    {
        await using var harness = await SqliteHarness.OpenAsync(options => options with { RunBytes = 1, MaintainsItself = false });
        await FillAsync(harness);
        await harness.Store.CommitAsync(harness.CommitOf(Ann, commit => commit.Flushes.Add(new Flush(harness.PartitionOf(Ann), 2, [], []))));
        var marks = harness.Store.Recover().Partitions;
        await ChangeAsync(harness, WriteAsBefore);

        Assert.Equal(marks.Select(mark => (mark.Cursor, mark.Head)), harness.Store.Recover().Partitions.Select(mark => (mark.Cursor, mark.Head)));
        await harness.AppendAsync((Ann, "4"));
        Assert.Equal(4, (await harness.ReadAllAsync(new PartitionOffset(harness.PartitionOf(Ann), 0))).Count);
        await harness.SettleAsync();

        Assert.NotEmpty(harness.Sqlite.Runs.Current);
        Assert.Equal(["1", "2", "3", "4"], harness.Store.History.Read(Ann).Select(record => ReadRecord.Of(0, record).Name));    }

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
    [InlineData("substr(Data, 1, length(Data) - 9) || x'212121212121212121'")]
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
    [InlineData("UPDATE Blocks SET Commits = substr(Commits, 1, length(Commits) - 6) || x'212121212121' WHERE Seq = (SELECT max(Seq) FROM Blocks)", "block 4 of the log")]
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

    private static Task ChangeAsync(SqliteHarness harness, string change) => ChangeAsync(harness, database => database.Execute(change));

    /// <summary>Directories of version 1, commit rows of version 2.</summary>
    private static void WriteAsBefore(SqliteDatabase database)
    {
        var rows = new List<(long Seq, byte[] Directory, byte[] Commits)>();
        using (var row = database.Statement("SELECT Seq, At, Directory, Commits FROM Blocks"))
        {
            while (row.Step())
            {
                var block = BlockTable.Read("", row, 64);
                using var directory = new ByteWriter();
                directory.Byte(1);
                directory.Varint(64);
                for (var partition = 0; partition < 64; partition++)
                {
                    directory.Varint((ulong)block.Next[partition]);
                    directory.Varint((ulong)block.Counts[partition]);
                    if (block.Counts[partition] > 0)
                    {
                        directory.Varint((ulong)(block.Starts[partition + 1] - block.Starts[partition]));
                    }
                }

                var commits = row.Blob(3).ToArray();
                rows.Add((block.Seq, directory.Written.ToArray(), commits.Length == 0 ? commits : [2, .. commits[1..^4]]));
            }
        }

        foreach (var (seq, directory, commits) in rows)
        {
            database.Statement("UPDATE Blocks SET Directory = ?2, Commits = ?3 WHERE Seq = ?1").Bind(1, seq).Bind(2, directory).Bind(3, commits).Run();
        }
    }

    /// <summary>As a killed process leaves it, so that nothing is folded.</summary>
    private static async Task ChangeAsync(SqliteHarness harness, Action<SqliteDatabase> change)
    {
        await harness.Sqlite.AbandonAsync();
        using (var database = SqliteDatabase.Open(Path.Combine(harness.Folder, "store.db"), readOnly: false))
        {
            change(database);
        }

        await harness.ReopenAsync();
    }
}
