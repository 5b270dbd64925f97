using System.Text;
using System.Text.Json;
using Triggers.Silo.Cli;
using Triggers.Silo.Import;

namespace Triggers.EndToEnd.Tests;

public sealed class RowReaderTests
{
    [Fact]
    public void A_csv_row_becomes_the_event_that_its_mapping_says()
    {
        var row = Assert.Single(ReadCsv(
            "customer,date,quantity,value,zip\n0001,19970118,2,29.73,01234\n",
            ["userId=customer", "timestamp=date", "properties.quantity=quantity", "properties.total=value", "context.zip=zip"],
            sets: ["properties.currency=EUR"], eventName: "Order Completed"));

        var call = Json(row);
        Assert.Equal("track", call.GetProperty("type").GetString());
        Assert.Equal("Order Completed", call.GetProperty("event").GetString());
        Assert.Equal("0001", call.GetProperty("userId").GetString());
        Assert.Equal("1997-01-18T00:00:00.000Z", call.GetProperty("timestamp").GetString());
        Assert.Equal(2, call.GetProperty("properties").GetProperty("quantity").GetInt32());
        Assert.Equal(29.73m, call.GetProperty("properties").GetProperty("total").GetDecimal());
        Assert.Equal("EUR", call.GetProperty("properties").GetProperty("currency").GetString());
        Assert.Equal("01234", call.GetProperty("context").GetProperty("zip").GetString());
    }

    [Fact]
    public void Rows_without_an_event_are_identify_calls_and_quoted_fields_may_hold_anything()
    {
        var row = Assert.Single(ReadCsv("id;name;plus\n7;\"Löve; \"\"Ada\"\"\";true\n", ["userId=id", "traits.name=name", "traits.plus=plus"]));

        var call = Json(row);
        Assert.Equal("identify", call.GetProperty("type").GetString());
        Assert.Equal("Löve; \"Ada\"", call.GetProperty("traits").GetProperty("name").GetString());
        Assert.True(call.GetProperty("traits").GetProperty("plus").GetBoolean());
    }

    [Fact]
    public void Rows_that_cannot_be_read_keep_their_place_and_say_why()
    {
        var rows = ReadCsv("id,date,total\n1,1997-01-01,5\n2,soon,5\n3,1997-01-01\n4,1997-01-01,much\n5,1997-01-02,6\n", ["userId=id", "timestamp=date", "properties.total:number=total"], eventName: "Order Completed");

        Assert.Equal([0, 1, 2, 3, 4], rows.Select(row => row.Number));
        Assert.Equal([2, 3, 4, 5, 6], rows.Select(row => row.Line));
        Assert.Null(rows[0].Reason);
        Assert.Contains("'soon' is no date", rows[1].Reason, StringComparison.Ordinal);
        Assert.Contains("2 columns, the header has 3", rows[2].Reason, StringComparison.Ordinal);
        Assert.Contains("'much' in 'total' is no number", rows[3].Reason, StringComparison.Ordinal);
        Assert.Null(rows[4].Reason);
    }

    [Fact]
    public void A_mapped_column_that_is_not_there_is_named_with_those_that_are()
    {
        var error = Assert.Throws<UserErrorException>(() => ReadCsv("id,date\n1,1997-01-01\n", ["userId=customer"]));

        Assert.Contains("no column 'customer'", error.Message, StringComparison.Ordinal);
        Assert.Contains("id, date", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("19970118", null, "1997-01-18T00:00:00Z")]
    [InlineData("1997-01-18", null, "1997-01-18T00:00:00Z")]
    [InlineData("1997-01-18 10:20:30", null, "1997-01-18T10:20:30Z")]
    [InlineData("1997-01-18T10:20:30+02:00", null, "1997-01-18T08:20:30Z")]
    [InlineData("18.01.1997", "dd.MM.yyyy", "1997-01-18T00:00:00Z")]
    [InlineData("853545600", "unix", "1997-01-18T00:00:00Z")]
    [InlineData("853545600250", "unixms", "1997-01-18T00:00:00.25Z")]
    public void Dates_are_read_as_they_are_written(string text, string? format, string expected)
    {
        Assert.True(RowDates.TryParse(text, format, out var date));
        Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), date);
    }

    [Theory]
    [InlineData("01/02/1997")]
    [InlineData("853545600")]
    [InlineData("")]
    public void A_date_that_could_mean_two_things_is_refused(string text) => Assert.False(RowDates.TryParse(text, null, out _));

    [Fact]
    public void Ndjson_passes_events_on_and_fills_in_a_missing_type()
    {
        var rows = ReadNdjson("\uFEFF{\"type\":\"page\",\"userId\":\"a\"}\r\n\n{\"event\":\"Signed Up\",\"userId\":\"b\"}\n{\"userId\":\"c\",\"traits\":{}}\nnot json\n[1]\n");

        Assert.Equal("""{"type":"page","userId":"a"}""", Encoding.UTF8.GetString(rows[0].Event.Span));
        Assert.Equal("track", Json(rows[1]).GetProperty("type").GetString());
        Assert.Equal("identify", Json(rows[2]).GetProperty("type").GetString());
        Assert.Contains("not JSON", rows[3].Reason, StringComparison.Ordinal);
        Assert.Contains("a JSON object was expected", rows[4].Reason, StringComparison.Ordinal);
        Assert.Equal([1, 3, 4, 5, 6], rows.Select(row => row.Line));
    }

    [Theory]
    [InlineData("""{"event":"A","userId":"a","properties":{"text":"half \ud83d"}}""", """{"event":"A","userId":"a","properties":{"text":"half \ud83d"},"type":"track"}""")]
    [InlineData("""{"type":null,"userId":"a","traits":{"n":1e400,"name":"é"} }""", """{"type":null,"userId":"a","traits":{"n":1e400,"name":"é"} ,"type":"identify"}""")]
    [InlineData("{ }", """{ "type":"identify"}""")]
    public void A_row_without_a_type_is_otherwise_passed_on_byte_for_byte(string row, string expected)
        => Assert.Equal(expected, Encoding.UTF8.GetString(Assert.Single(ReadNdjson(row)).Event.Span));

    [Fact]
    public void Bytes_that_are_not_UTF8_are_passed_on_for_the_server_to_reject()
    {
        using var reader = new NdjsonReader(new MemoryStream([.. "{\"event\":\"A\",\"userId\":\"caf"u8, 0xE9, .. "\"}"u8]));

        Assert.Contains((byte)0xE9, Assert.Single(ReadAll(reader)).Event.ToArray());
    }

    [Fact]
    public void A_line_far_too_long_is_refused_without_being_held()
    {
        var rows = ReadNdjson("{\"type\":\"page\",\"x\":\"" + new string('x', 1 << 20) + "\"}\n{\"type\":\"page\",\"userId\":\"a\"}");

        Assert.Contains("longer than", rows[0].Reason, StringComparison.Ordinal);
        Assert.Null(rows[1].Reason);
    }

    [Fact]
    public void The_identity_of_an_import_is_its_content_and_mapping_not_its_name_or_compression()
    {
        using var folder = new Harness.TempFolder();
        var plain = SourceFile.Find(folder.Write("a.csv", "id\n1\n"));
        var packed = System.IO.Path.Combine(folder.Path, "b.csv.gz");
        using (var gzip = new System.IO.Compression.GZipStream(File.Create(packed), System.IO.Compression.CompressionLevel.Fastest))
        {
            gzip.Write("id\n1\n"u8);
        }

        Assert.Equal(plain.HashWith("m"), SourceFile.Find(packed).HashWith("m"));
        Assert.NotEqual(plain.HashWith("m"), plain.HashWith("n"));
        Assert.Equal(
            ColumnMapping.Parse(["userId=a", "timestamp=b"], [], null, null).Canonical,
            ColumnMapping.Parse(["timestamp=b", "userId=a"], [], null, null).Canonical);
    }

    [Fact]
    public void A_row_that_is_not_UTF8_is_rejected_alone()
    {
        using var reader = new CsvRowReader(
            new MemoryStream(Encoding.Latin1.GetBytes("id,name\n1,Ann\n2,Müller\n")), ColumnMapping.Parse(["userId=id", "traits.name=name"], [], null, null), null, hasHeader: true);

        Assert.True(reader.TryRead(skip: false, out var first));
        Assert.True(reader.TryRead(skip: false, out var second));
        Assert.Equal((null, "'name' is not UTF-8: save the file as UTF-8"), (first.Reason, second.Reason));
    }

    [Fact]
    public void A_compressed_file_that_was_cut_off_is_refused()
    {
        using var folder = new Harness.TempFolder();
        var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 1_000).Select(row => $"{row},{row * row}\n"))));
        }

        var path = System.IO.Path.Combine(folder.Path, "a.csv.gz");
        File.WriteAllBytes(path, packed.ToArray().AsSpan(0, (int)packed.Length / 2));

        var error = Assert.Throws<UserErrorException>(() => SourceFile.Find(path).HashWith("m"));

        Assert.Contains("a.csv.gz is damaged", error.Message, StringComparison.Ordinal);
    }

    private static List<ImportRow> ReadCsv(string text, string[] maps, string[]? sets = null, string? eventName = null)
    {
        using var reader = new CsvRowReader(new MemoryStream(Encoding.UTF8.GetBytes(text)), ColumnMapping.Parse(maps, sets ?? [], eventName, null), null, hasHeader: true);
        return ReadAll(reader);
    }

    private static List<ImportRow> ReadNdjson(string text)
    {
        using var reader = new NdjsonReader(new MemoryStream(Encoding.UTF8.GetBytes(text)));
        return ReadAll(reader);
    }

    private static List<ImportRow> ReadAll(IRowReader reader)
    {
        var rows = new List<ImportRow>();
        while (reader.TryRead(skip: false, out var row))
        {
            rows.Add(row);
        }

        return rows;
    }

    private static JsonElement Json(ImportRow row)
    {
        Assert.Null(row.Reason);
        return JsonDocument.Parse(row.Event).RootElement;
    }
}
