using System.Text;
using Triggers.Engine.Records;

namespace Triggers.Engine.Tests.Records;

public sealed class RecordTests
{
    /// <summary>Bytes of the log are for ever: docs/formats/record.md shows the first of these.</summary>
    [Fact]
    public void The_bytes_of_a_record_never_change()
    {
        using var batch = new RecordBatch();
        batch.AddEvent("u:1"u8, EventType.Track, RecordFlags.None, 1_767_607_200_000, "View"u8, "m"u8, [], "s"u8, "{}"u8, []);
        batch.AddEvent("u:1"u8, EventType.Alias, RecordFlags.Forwarded | RecordFlags.Historical, -5, [], "m"u8, "p"u8, "s"u8, [], "{}"u8, originalAt: 7);
        batch.AddTimer("a:x"u8);
        batch.AddOutcome("u:1"u8, OutcomeKind.Clicked, 9, new byte[16], "https://example.com");
        batch.AddLink("a:x"u8, "u:1"u8);
        batch.AddTakeOver("u:1"u8, "a:x"u8, [1, 2, 3], RecordFlags.Historical);
        batch.AddCommand("u:1"u8, CommandKind.Erase, "");
        batch.AddFact(3, FactKind.CampaignPaused, 4, "welcome");
        batch.AddGroup("g:acme"u8, GroupKind.Joined, "u:1"u8, 9, 7, "{}"u8, RecordFlags.Historical);

        Assert.Equal(Golden, string.Join('\n', Hex(batch)));
    }

    [Fact]
    public void What_was_written_is_read_back_and_damage_is_found()
    {
        using var batch = new RecordBatch();
        batch.AddEvent("u:ä"u8, EventType.Page, RecordFlags.GeneratedId, -1, "Höme"u8, "id"u8, "device"u8, "web"u8, """{"a":1}"""u8, """{"b":2}"""u8);

        var length = RecordView.Read(batch.Bytes, out var view);

        Assert.Equal(batch.ByteCount, length);
        Assert.Equal(("u:ä", "Höme", "device", -1), (Encoding.UTF8.GetString(view.Key), Encoding.UTF8.GetString(view.Name), Encoding.UTF8.GetString(view.OtherId), view.OccurredAt));
        Assert.Equal(CustomerKey.User("ä").Hash(), view.CustomerHash);
        for (var cut = 0; cut < batch.ByteCount; cut++)
        {
            var bytes = batch.Bytes[..cut].ToArray();
            Assert.Throws<InvalidDataException>(() => RecordView.Read(bytes, out _));
        }
    }

    private static IEnumerable<string> Hex(RecordBatch batch)
    {
        foreach (var entry in batch.Entries.ToArray())
        {
            yield return System.Convert.ToHexString(batch.Bytes.Slice(entry.Start, entry.Length));
        }
    }

    private const string Golden =
        "A38080002502BA138C6FD86A01000103753A3180A4CBD9F1660456696577016D000173027B7D00\n"
        + "9C8080002502BA138C6FD86A01030603753A31090E00016D0170017300027B7D\n"
        + "8F80800011FED0816697C05B02000003613A78\n"
        + "B58080002502BA138C6FD86A03000603753A311210000000000000000000000000000000001368747470733A2F2F6578616D706C652E636F6D\n"
        + "9380800011FED0816697C05B04000003613A7803753A31\n"
        + "978080002502BA138C6FD86A05010003753A3103613A7803010203\n"
        + "908080002502BA138C6FD86A07000503753A3100\n"
        + "95808000000000000000000006000200080777656C636F6D65\n"
        + "9B808000991B4D836B9F722509010106673A61636D65120E03753A31027B7D";
}
