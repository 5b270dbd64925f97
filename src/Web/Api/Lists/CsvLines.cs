using System.Text;

namespace Triggers.Web.Api.Lists;

/// <summary>Rows of CSV (RFC 4180): fields in quotes may hold separators, line ends and doubled quotes. The separator is the one that the first row has most of.</summary>
internal sealed class CsvLines(string text)
{
    private readonly char _separator = SeparatorOf(text);
    private readonly StringBuilder _field = new();
    private int _at;
    private int _nextLine = 1;

    /// <summary>On which the row that was read last begins, from 1.</summary>
    public int Line { get; private set; }

    /// <summary>null: everything could be read.</summary>
    public string? Error { get; private set; }

    /// <summary>Blank rows are left out.</summary>
    public bool TryRead(out List<string> fields)
    {
        while (Error is null && _at < text.Length)
        {
            fields = ReadRow();
            if (Error is null && (fields.Count > 1 || fields[0].AsSpan().Trim().Length > 0))
            {
                return true;
            }
        }

        fields = [];
        return false;
    }

    private List<string> ReadRow()
    {
        Line = _nextLine;
        var fields = new List<string>();
        while (true)
        {
            fields.Add(ReadField());
            if (_at < text.Length && text[_at] == _separator)
            {
                _at++;
                continue;
            }

            _at += _at < text.Length && text[_at] == '\r' ? 1 : 0;
            if (_at < text.Length && text[_at] == '\n')
            {
                _at++;
                _nextLine++;
            }

            return fields;
        }
    }

    private string ReadField()
    {
        if (_at >= text.Length || text[_at] != '"')
        {
            var begin = _at;
            while (_at < text.Length && text[_at] != _separator && text[_at] is not ('\n' or '\r'))
            {
                _at++;
            }

            return text[begin.._at];
        }

        _field.Clear();
        for (_at++; _at < text.Length; _at++)
        {
            if (text[_at] != '"')
            {
                _nextLine += text[_at] == '\n' ? 1 : 0;
                _field.Append(text[_at]);
            }
            else if (_at + 1 < text.Length && text[_at + 1] == '"')
            {
                _field.Append('"');
                _at++;
            }
            else
            {
                _at++;
                if (_at < text.Length && text[_at] != _separator && text[_at] is not ('\n' or '\r'))
                {
                    Error = $"Line {_nextLine}: something stands behind the closing quote of a field.";
                }

                return _field.ToString();
            }
        }

        Error = $"Line {Line}: a field in quotes is never closed.";
        return _field.ToString();
    }

    private static char SeparatorOf(string text)
    {
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        var first = end < 0 ? text : text[..end];
        return new[] { ',', ';', '\t' }.MaxBy(separator => first.Count(letter => letter == separator));
    }
}
