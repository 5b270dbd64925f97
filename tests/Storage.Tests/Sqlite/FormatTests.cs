using Triggers.Engine.Records;
using Triggers.Storage.Blocks;
using Triggers.Storage.Commits;
using Triggers.Storage.Runs;
using Triggers.Storage.Sqlite.Log;
using Triggers.Storage.Sqlite.Runs;
using Triggers.Storage.Sqlite.States;
using Triggers.Storage.Sqlite.Writing;

namespace Triggers.Storage.Tests.Sqlite;

/// <summary>Bytes that lie on people's disks: a failing test here means that a new version could not read them. Make a new format version instead.</summary>
public sealed class FormatTests
{
    [Fact]
    public void A_block_directory_reads_and_writes_version_2()
    {
        var block = Block.Rent(3, 9, 1000, 0);
        (block.Next[0], block.Counts[0], block.Starts[0]) = (300, 2, 0);
        (block.Next[1], block.Counts[1], block.Starts[1]) = (7, 0, 200);
        (block.Next[2], block.Counts[2], block.Starts[2]) = (1, 1, 200);
        block.Starts[3] = 250;
        var body = new byte[250];
        body[201] = 1;
        using var writer = new ByteWriter();
        BlockDirectory.Write(block, body, writer);

        Assert.Equal("0203AC0202C801" + "4F75EA00" + "0700010132" + "FC59B5AD" + "27ED8037", Convert.ToHexString(writer.Written));

        var read = ReadDirectory(writer.Written);
        Assert.Equal([0x00EA754Fu, 0, 0xADB559FC], read.Checks);
        Assert.Throws<InvalidDataException>(() => BlockDirectory.ReadNext([3, 3], new long[3]));
        for (var at = 0; at < writer.Length; at++)
        {
            var damaged = writer.Written.ToArray();
            damaged[at] ^= 1;
            Assert.Throws<InvalidDataException>(() => BlockDirectory.ReadNext(damaged, new long[3]));
        }
    }

    [Fact]
    public void A_block_directory_reads_version_1() => Assert.Empty(ReadDirectory(Convert.FromHexString("0103AC0202C8010700010132")).Checks);

    [Fact]
    public void A_directory_of_64_busy_partitions_stays_under_a_kilobyte()
    {
        var block = Block.Rent(64, 1, 0, 0);
        for (var partition = 0; partition < 64; partition++)
        {
            (block.Next[partition], block.Counts[partition], block.Starts[partition + 1]) = (1_000_000_000_000, 10_000, (partition + 1) * 25_000);
        }

        using var writer = new ByteWriter();
        BlockDirectory.Write(block, new byte[64 * 25_000], writer);

        Assert.InRange(writer.Length, 1, 1023);
    }

    [Fact]
    public void A_commit_row_reads_and_writes_version_3()
    {
        using var row = new CommitRow();
        row.Advance(new PartitionAdvance(5, 2, 300, 302), [0x11, 0x22, 0x33, 0x44]);
        row.Advance(new PartitionAdvance(4, 2, 8, 10), []);
        row.Floor(5, 290, [0xAA, 0xBB]);
        row.Count(3, -2);
        row.Count(3, 1);
        row.Index("u:a", new IndexedCustomer("u:a", "e", null));
        row.Index("u:b", null);
        var bytes = row.Encode().ToArray();
        const string advances = "03" + "02" + "0502AC020511223344" + "04020804";

        Assert.Equal(advances + "01" + "05A20202AABB" + "01" + "0301" + "02" + "03753A6101016500" + "03753A62040000" + "2F54FCDB", Convert.ToHexString(bytes));

        var partitions = ReadRow(bytes);
        Assert.Equal((2L, 302L, 290L), (partitions[5].Epoch, partitions[5].Cursor, partitions[5].Floor));
        Assert.Equal(10, partitions[4].Cursor);
        List<(int, long, string)> checksums = [];
        CommitRow.VisitChecksums(bytes, (partition, first, found) => checksums.Add((partition, first, Convert.ToHexString(found))));
        Assert.Equal([(5, 300L, "11223344")], checksums);
        Assert.Equal(advances + "000000" + "E609E4BB", Convert.ToHexString(CommitRow.Anonymize(bytes)));
        for (var at = 0; at < bytes.Length; at++)
        {
            var damaged = bytes.ToArray();
            damaged[at] ^= 8;
            Assert.Throws<InvalidDataException>(() => CommitRow.VisitChecksums(damaged, static (_, _, _) => { }));
        }
    }

    [Fact]
    public void A_commit_row_reads_version_2()
    {
        var bytes = Convert.FromHexString("02" + "02" + "0502AC020511223344" + "04020804" + "01" + "05A20202AABB" + "01" + "0301" + "02" + "03753A6101016500" + "03753A62040000");

        var partitions = ReadRow(bytes);

        Assert.Equal((2L, 302L, 290L), (partitions[5].Epoch, partitions[5].Cursor, partitions[5].Floor));
        Assert.Equal("02" + "02" + "0502AC020511223344" + "04020804" + "000000", Convert.ToHexString(CommitRow.Anonymize(bytes)));
    }

    [Fact]
    public void A_commit_row_reads_version_1()
    {
        var bytes = Convert.FromHexString("01" + "01" + "0502AC020A8877665544332211" + "01" + "05A20202AABB" + "01" + "0301" + "02" + "03753A6101016500" + "03753A62040000");

        var partitions = ReadRow(bytes);

        Assert.Equal((2L, 310L, 290L), (partitions[5].Epoch, partitions[5].Cursor, partitions[5].Floor));
        CommitRow.VisitChecksums(bytes, (_, _, _) => Assert.Fail("Version 1 has no checksums of records."));
    }

    [Fact]
    public void An_empty_commit_row_is_no_bytes()
    {
        using var row = new CommitRow();

        Assert.True(row.Encode().IsEmpty);
    }

    [Fact]
    public void A_state_chunk_reads_and_writes_version_1()
    {
        using var chunk = new StateChunk();
        chunk.Add(63, 0x0102030405060708, 0xABCD, 1000, [1, 2, 3]);
        chunk.Add(2, 5, 7, long.MaxValue, []);
        var head = chunk.EncodeHead().ToArray();

        Assert.Equal("0102" + "3F0807060504030201CDABE90703" + "02050000000000000007000000", Convert.ToHexString(head));
        Assert.Equal("010203", Convert.ToHexString(chunk.Body));

        var slots = new List<StateSlot>();
        StateChunk.ReadHead(head, slots);
        Assert.Equal([new StateSlot(63, 0x0102030405060708, 0xABCD, 1000, 0, 3), new StateSlot(2, 5, 7, long.MaxValue, 3, 0)], slots);
        Assert.True(StateChunk.TryFindSlot(head, 1, out var slot));
        Assert.Equal(slots[1], slot);
        Assert.False(StateChunk.TryFindSlot(head, 2, out _));
    }

    [Fact]
    public void The_check_of_a_key_is_frozen()
    {
        Assert.Equal(0xA4BE, StateChunk.CheckOf("u:ann"u8, 42));
    }

    [Fact]
    public void A_run_page_reads_and_writes_version_1()
    {
        using var batch = new RecordBatch();
        batch.AddTimer("u:a"u8);
        var record = batch.Bytes.ToArray();
        var hash = batch.Entries[0].CustomerHash;
        using var page = new RunPage(packs: false);
        page.Add(hash, 300, 1000, record);
        page.Add(hash, 299, 1001, record);
        var bytes = page.Encode().ToArray();

        var hex = Convert.ToHexString(record);
        Assert.Equal("8F808000" + Convert.ToHexString(BitConverter.GetBytes(hash)) + "020000" + "03753A61", hex);
        Assert.Equal("0102" + "D804D00F" + hex + "0102" + hex, Convert.ToHexString(bytes));

        using var reader = new RunPageReader(bytes);
        Assert.True(reader.Next());
        Assert.Equal((300L, 1000L, hash), (reader.Offset, reader.At, reader.Hash));
        Assert.True(reader.Next());
        Assert.Equal((299L, 1001L), (reader.Offset, reader.At));
        Assert.Equal(record, reader.Record.ToArray());
        Assert.False(reader.Next());
    }

    [Fact]
    public void A_packed_run_page_reads_version_2()
    {
        using var batch = new RecordBatch();
        batch.AddTimer("u:a"u8);
        var record = batch.Bytes.ToArray();

        // LZ4's block: 22 literals and a match of 15 bytes (token FB, 7 more literals than 15), 21 bytes back; then the last 5 bytes as literals.
        Assert.Equal(19, record.Length);
        byte[] records = [0, 0, .. record, 2, 0, .. record];
        byte[] page = [2, 2, (byte)records.Length, 0xFB, 7, .. records.AsSpan(0, 22), 21, 0, 0x50, .. records.AsSpan(^5)];
        using var reader = new RunPageReader(page);

        Assert.True(reader.Packs);
        Assert.True(reader.Next());
        Assert.Equal((0L, 0L), (reader.Offset, reader.At));
        Assert.Equal(record, reader.Record.ToArray());
        Assert.True(reader.Next());
        Assert.Equal((1L, 0L), (reader.Offset, reader.At));
        Assert.Equal(record, reader.Record.ToArray());
        Assert.False(reader.Next());
    }

    [Fact]
    public void A_run_page_is_packed_where_that_makes_it_smaller_and_reads_as_it_was()
    {
        using var batch = new RecordBatch();
        for (var i = 0; i < 500; i++)
        {
            batch.AddTrack(CustomerKey.User($"u-{i / 10}"), "Product Viewed", 1000 + i, $"message-{i}", $$"""{"product_id":"p-{{i % 7}}","price":{{i}}.5}""");
        }

        using var page = new RunPage(packs: true);
        foreach (var entry in batch.Entries)
        {
            page.Add(entry.CustomerHash, page.Count, 1000, batch.Bytes.Slice(entry.Start, entry.Length));
        }

        var bytes = page.Encode().ToArray();
        Assert.Equal((4, true), (bytes[0], bytes.Length < batch.ByteCount / 2));
        Assert.Throws<InvalidDataException>(() => new RunPageReader([.. bytes[..300], (byte)(bytes[300] ^ 1), .. bytes[301..]]).Dispose());
        using var reader = new RunPageReader(bytes);
        foreach (var entry in batch.Entries)
        {
            Assert.True(reader.Next());
            Assert.Equal(batch.Bytes.Slice(entry.Start, entry.Length).ToArray(), reader.Record.ToArray());
        }

        Assert.False(reader.Next());
        page.Clear();
        page.Add(1, 0, 0, batch.Bytes.Slice(0, batch.Entries[0].Length));
        var one = page.Encode().ToArray();
        Assert.Equal(3, one[0]);
        using var ofOne = new RunPageReader(one);
        Assert.True(ofOne.Next());
        Assert.Equal(batch.Bytes.Slice(0, batch.Entries[0].Length).ToArray(), ofOne.Record.ToArray());
        Assert.False(ofOne.Next());
    }

    [Fact]
    public void A_run_page_reads_and_writes_version_3()
    {
        using var page = new RunPage(packs: true);
        using var batch = new RecordBatch();
        batch.AddTimer("u:a"u8);
        page.Add(batch.Entries[0].CustomerHash, 300, 1000, batch.Bytes);

        Assert.Equal("0301" + "D804D00F" + Convert.ToHexString(batch.Bytes) + "3762972B", Convert.ToHexString(page.Encode()));
    }

    [Theory]
    [InlineData("05", "version 5")]
    [InlineData("03", "damaged")]
    [InlineData("0301D804D00F00000000", "damaged")]
    [InlineData("0201FFFFFFFF0F1000", "damaged")]
    [InlineData("02010510AA", "damaged")]
    public void A_run_page_that_cannot_be_read_says_so(string page, string expected) =>
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => new RunPageReader(Convert.FromHexString(page)).Dispose()).Message, StringComparison.Ordinal);

    [Fact]
    public void The_bounds_of_a_run_read_and_write_version_1()
    {
        var bytes = RunInfo.EncodeBounds([0, 300], [5, 300]);

        Assert.Equal("0102" + "0005" + "AC0200", Convert.ToHexString(bytes));
        var run = RunInfo.Decode(1, 2, 3, 4, 5, bytes);
        Assert.Equal([0L, 300], run.From);
        Assert.Equal([5L, 300], run.To);
    }

    [Fact]
    public void Hashes_sort_in_SQLite_as_they_do_unsigned()
    {
        ulong[] hashes = [0, 1, long.MaxValue, 1UL << 63, ulong.MaxValue];

        Assert.Equal(hashes, hashes.Select(RunPage.Sortable).Order().Select(RunPage.Hash));
    }

    private static Block ReadDirectory(ReadOnlySpan<byte> bytes)
    {
        var read = Block.Rent(3, 9, 1000, 0);
        BlockDirectory.Read(bytes, read);
        Assert.Equal([300L, 7, 1], read.Next);
        Assert.Equal([2, 0, 1], read.Counts);
        Assert.Equal([0, 200, 200, 250], read.Starts);
        var next = new long[3];
        BlockDirectory.ReadNext(bytes, next);
        Assert.Equal([300L, 7, 1], next);
        return read;
    }

    private static PartitionState[] ReadRow(byte[] bytes)
    {
        var partitions = new PartitionState[6];
        List<(int, long)> counts = [];
        List<(string, IndexedCustomer?)> indexed = [];
        CommitRow.Replay(bytes, partitions, (id, delta) => counts.Add((id, delta)), (key, customer) => indexed.Add((key, customer)));
        Assert.Equal([0xAA, 0xBB], partitions[5].FloorState);
        Assert.Equal([(3, -1L)], counts);
        Assert.Equal([("u:a", new IndexedCustomer("u:a", "e", null)), ("u:b", null)], indexed);
        return partitions;
    }
}
