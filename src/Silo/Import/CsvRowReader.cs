using System.Globalization;
using CsvHelper;
using Triggers.Silo.Cli;

namespace Triggers.Silo.Import;

/// <summary>Reads rows of columns and makes a Segment event of each, as a <see cref="ColumnMapping"/> says.</summary>
public sealed class CsvRowReader : IRowReader
{
    /// <summary>Eight times what an event may have: a longer row has an unclosed quote, or is not CSV.</summary>
    private const int RowBytesMax = 256 * 1024;

    private readonly CsvReader _csv;
    private readonly CsvEventWriter _writer;
    private readonly int _columnCount;
    private long _row;

    /// <param name="delimiter">null: found out from the header.</param>
    /// <exception cref="UserErrorException">A mapped column is not in the header.</exception>
    public CsvRowReader(Stream content, ColumnMapping mapping, char? delimiter, bool hasHeader)
    {
        var options = new CsvReaderOptions { HasHeader = hasHeader, TrimWhitespace = true, MaxRecordSize = RowBytesMax, TrackLineNumbers = true };
        if (delimiter is { } given)
        {
            options = options with { Separator = given };
        }

        _csv = CsvReader.Create(content, options);
        if (hasHeader)
        {
            _csv.ReadHeader();
            _columnCount = _csv.Headers.Count;
            if (_columnCount == 0)
            {
                throw new UserErrorException("The file is empty: a header line was expected (or give --no-header).");
            }
        }

        _writer = new CsvEventWriter(mapping, mapping.Columns.Select(column => IndexOf(column, hasHeader)).ToArray());
    }

    public bool TryRead(bool skip, out ImportRow row)
    {
        row = default;
        try
        {
            if (!_csv.Read())
            {
                return false;
            }
        }
        catch (CsvFormatException error)
        {
            throw new UserErrorException($"Row {_row + 1} cannot be read: {error.Message}");
        }

        var number = _row++;
        var line = _csv.LineNumber;
        if (skip)
        {
            row = new ImportRow(number, line, default, null);
        }
        else if (_columnCount > 0 && _csv.FieldCount != _columnCount)
        {
            row = new ImportRow(number, line, default, $"{_csv.FieldCount} columns, the header has {_columnCount}", TextOfRow());
        }
        else
        {
            row = _writer.TryWrite(_csv, out var bytes, out var reason)
                ? new ImportRow(number, line, bytes, null)
                : new ImportRow(number, line, default, reason, TextOfRow());
        }

        return true;
    }

    public void Dispose() => _csv.Dispose();

    /// <summary>The columns with commas between, whatever the file has between them.</summary>
    private string TextOfRow()
    {
        var text = string.Join(',', Enumerable.Range(0, _csv.FieldCount).Select(_csv.GetString));
        return text.Length > ImportRow.TextLengthMax ? text[..ImportRow.TextLengthMax] : text;
    }

    private int IndexOf(MappedColumn column, bool hasHeader)
    {
        if (hasHeader)
        {
            return _csv.TryGetFieldIndex(column.Source, out var index)
                ? index
                : throw new UserErrorException($"--map {column.Target}={column.Source}: the file has no column '{column.Source}'. It has: {string.Join(", ", _csv.Headers)}.", ExitCodes.Usage);
        }

        return int.TryParse(column.Source, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number - 1
            : throw new UserErrorException($"--map {column.Target}={column.Source}: without a header, columns are named by number, from 1.", ExitCodes.Usage);
    }
}
