using System.Text;
using System.Text.Json;

namespace Triggers.Silo.Import;

/// <summary>Reads Segment events, one JSON object a line. A missing type, which a live call has from its path, is filled in.</summary>
public sealed class NdjsonReader(Stream content) : IRowReader
{
    /// <summary>Far above the 32 KB an event may have: a longer line is not NDJSON, and is refused without being held in memory.</summary>
    private const int LineBytesMax = 256 * 1024;

    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private bool _atEnd;
    private long _line;
    private long _row;

    public bool TryRead(bool skip, out ImportRow row)
    {
        while (TryReadLine(out var line, out var tooLong))
        {
            _line++;
            if (_line == 1 && line.StartsWith(Encoding.UTF8.Preamble))
            {
                line = line[3..];
            }

            line = line.Trim(" \t\r"u8);
            if (line.IsEmpty && !tooLong)
            {
                continue;
            }

            var number = _row++;
            row = skip ? new ImportRow(number, _line, default, null)
                : tooLong ? new ImportRow(number, _line, default, $"the line is longer than {LineBytesMax / 1024} KB")
                : Convert(number, line);
            return true;
        }

        row = default;
        return false;
    }

    public void Dispose() => content.Dispose();

    private ImportRow Convert(long number, ReadOnlySpan<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line.ToArray());
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return new ImportRow(number, _line, default, $"a JSON object was expected, not {root.ValueKind.ToString().ToLowerInvariant()}", TextOf(line));
            }

            if (root.TryGetProperty("type"u8, out var type) && type.ValueKind != JsonValueKind.Null)
            {
                return new ImportRow(number, _line, line.ToArray(), null);
            }

            // Behind the rest, where it wins over a null, and the rest stays as it is: bytes that are not UTF-8 and halves of emoji are the server's to judge.
            var filledIn = root.TryGetProperty("event"u8, out _) ? "\"type\":\"track\"}"u8 : "\"type\":\"identify\"}"u8;
            byte[] typed = [.. line[..^1], .. root.EnumerateObject().Any() ? ","u8 : ""u8, .. filledIn];
            return new ImportRow(number, _line, typed, null);
        }
        catch (JsonException error)
        {
            return new ImportRow(number, _line, default, $"not JSON: {error.Message.Split(" LineNumber:")[0]}", TextOf(line));
        }
    }

    private static string TextOf(ReadOnlySpan<byte> line) => Encoding.UTF8.GetString(line[..Math.Min(line.Length, ImportRow.TextLengthMax)]);

    /// <summary>The next line without its end; a line over the limit comes empty and marked.</summary>
    private bool TryReadLine(out ReadOnlySpan<byte> line, out bool tooLong)
    {
        tooLong = false;
        var scanned = 0;
        while (true)
        {
            var newline = _buffer.AsSpan(_start + scanned, _end - _start - scanned).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                line = tooLong ? [] : _buffer.AsSpan(_start, scanned + newline);
                _start += scanned + newline + 1;
                return true;
            }

            if (_atEnd)
            {
                line = tooLong ? [] : _buffer.AsSpan(_start, _end - _start);
                var any = _end > _start || tooLong;
                _start = _end;
                return any;
            }

            if (_end - _start > LineBytesMax)
            {
                tooLong = true;
                _start = _end;
            }

            scanned = _end - _start;
            Fill();
        }
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var count = content.Read(_buffer.AsSpan(_end));
        _end += count;
        _atEnd = count == 0;
    }
}
