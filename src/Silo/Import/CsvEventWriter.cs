using System.Globalization;
using System.Text.Json;
using CsvHelper;

namespace Triggers.Silo.Import;

/// <summary>Writes one row as the JSON of a Segment event. Paths that share a parent end in one object.</summary>
public sealed class CsvEventWriter
{
    /// <summary>What reading puts in the place of bytes that are not UTF-8.</summary>
    private const char NoCharacter = '\uFFFD';

    private readonly ColumnMapping _mapping;
    private readonly List<Slot> _fields = [];
    private readonly Node _objects = new("");
    private readonly string? _eventName;
    private readonly bool _isTrack;

    /// <param name="columns">The position of each of the mapping's columns in a row.</param>
    public CsvEventWriter(ColumnMapping mapping, IReadOnlyList<int> columns)
    {
        _mapping = mapping;
        _eventName = mapping.EventName;
        foreach (var slot in mapping.Columns.Select((column, index) => new Slot(column, columns[index])).Concat(mapping.Constants.Select(column => new Slot(column, -1))))
        {
            if (slot.Column.Path.Count == 1)
            {
                _fields.Add(slot);
                _isTrack |= slot.Column.Root == "event";
            }
            else
            {
                _objects.Add(slot, 0);
            }
        }

        _isTrack |= _eventName is not null;
    }

    public bool TryWrite(CsvReader row, out byte[] bytes, out string reason)
    {
        using var stream = new MemoryStream(256);
        using var writer = new Utf8JsonWriter(stream);
        bytes = [];
        writer.WriteStartObject();
        writer.WriteString("type"u8, _isTrack ? "track"u8 : "identify"u8);
        if (_eventName is not null)
        {
            writer.WriteString("event"u8, _eventName);
        }

        foreach (var slot in _fields)
        {
            if (!TryWriteField(writer, slot, slot.Read(row), out reason))
            {
                return false;
            }
        }

        foreach (var child in _objects.Children)
        {
            if (!TryWriteNode(writer, child, row, out reason))
            {
                return false;
            }
        }

        writer.WriteEndObject();
        writer.Flush();
        bytes = stream.ToArray();
        reason = "";
        return true;
    }

    private bool TryWriteField(Utf8JsonWriter writer, Slot slot, string text, out string reason)
    {
        reason = "";
        var name = slot.Column.Root;
        if (text.Length == 0)
        {
            reason = name switch
            {
                "timestamp" => $"no date in '{slot.Column.Source}'",
                "event" => $"no event in '{slot.Column.Source}'",
                _ => "",
            };
            return reason.Length == 0;
        }

        if (IsBroken(text, slot, out reason))
        {
            return false;
        }

        if (name != "timestamp")
        {
            writer.WriteString(name, text);
            return true;
        }

        if (!RowDates.TryParse(text, _mapping.DateFormat, out var date))
        {
            reason = $"'{text}' is no date{(_mapping.DateFormat is null ? " that can be told for sure: give --date-format" : $" of the format {_mapping.DateFormat}")}";
            return false;
        }

        writer.WriteString("timestamp"u8, date.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
        return true;
    }

    private static bool TryWriteNode(Utf8JsonWriter writer, Node node, CsvReader row, out string reason)
    {
        reason = "";
        if (node.Slot is { } slot)
        {
            return TryWriteValue(writer, node.Name, slot, slot.Read(row), out reason);
        }

        writer.WriteStartObject(node.Name);
        foreach (var child in node.Children)
        {
            if (!TryWriteNode(writer, child, row, out reason))
            {
                return false;
            }
        }

        writer.WriteEndObject();
        return true;
    }

    private static bool TryWriteValue(Utf8JsonWriter writer, string name, Slot slot, string text, out string reason)
    {
        reason = "";
        if (text.Length == 0)
        {
            return true;
        }

        if (IsBroken(text, slot, out reason))
        {
            return false;
        }

        if (slot.Column.Type != ValueType.Text && IsPlainNumber(text) && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            writer.WriteNumber(name, number);
        }
        else if (slot.Column.Type == ValueType.Number)
        {
            reason = $"'{text}' in '{slot.Column.Source}' is no number";
            return false;
        }
        else if (slot.Column.Type == ValueType.Any && text is "true" or "false" or "TRUE" or "FALSE" or "True" or "False")
        {
            writer.WriteBoolean(name, text[0] is 't' or 'T');
        }
        else
        {
            writer.WriteString(name, text);
        }

        return true;
    }

    private static bool IsBroken(string text, Slot slot, out string reason)
    {
        reason = text.Contains(NoCharacter, StringComparison.Ordinal) ? $"'{slot.Column.Source}' is not UTF-8: save the file as UTF-8" : "";
        return reason.Length > 0;
    }

    /// <summary>A leading zero marks an identifier, such as a postcode, and a sign in front of anything but a digit a word.</summary>
    private static bool IsPlainNumber(string text)
    {
        var digits = text.AsSpan().TrimStart('-');
        return digits.Length > 0 && char.IsAsciiDigit(digits[0]) && (digits[0] != '0' || digits.Length == 1 || digits[1] is '.' or 'e' or 'E');
    }

    private sealed record Slot(MappedColumn Column, int Index)
    {
        public string Read(CsvReader row) => Index < 0 ? Column.Source : Index < row.FieldCount ? row.GetString(Index) : "";
    }

    private sealed class Node(string name)
    {
        public string Name { get; } = name;

        public Slot? Slot { get; private set; }

        public List<Node> Children { get; } = [];

        public void Add(Slot slot, int depth)
        {
            if (depth == slot.Column.Path.Count)
            {
                Slot = slot;
                return;
            }

            var child = Children.Find(node => node.Name == slot.Column.Path[depth]);
            if (child is null)
            {
                Children.Add(child = new Node(slot.Column.Path[depth]));
            }

            child.Add(slot, depth + 1);
        }
    }
}
