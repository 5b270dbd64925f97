using System.Text;
using System.Text.Json;

namespace Triggers.Web.Api.Lists;

/// <summary>Reads whom an upload names: CSV with or without a header, or NDJSON of texts or objects.</summary>
internal sealed class ListRows
{
    private static readonly string[] s_idColumns = ["userid", "customerid", "id"];
    private static readonly string[] s_mailColumns = ["email", "emailaddress", "mail"];

    private readonly List<ListRow> _rows = [];

    private ListRows()
    {
    }

    /// <summary>In their order; rows without a value are left out.</summary>
    public IReadOnlyList<ListRow> Rows => _rows;

    /// <summary>The values are e-mail addresses.</summary>
    public bool AreEmails { get; private set; }

    /// <summary>Why the upload as a whole cannot be read; null: it can.</summary>
    public string? Error { get; private set; }

    /// <param name="column">Of CSV the column, of NDJSON the field; null: found out from the names.</param>
    /// <param name="by"><c>userId</c> or <c>email</c>; null: found out from the column's name.</param>
    public static ListRows Read(ReadOnlySpan<byte> body, bool isJson, string? column, string? by)
    {
        var rows = new ListRows();
        if (by is not (null or "userId" or "email"))
        {
            rows.Error = $"'by' is 'userId' or 'email'; it is '{by}'.";
            return rows;
        }

        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(body);
        }
        catch (DecoderFallbackException)
        {
            rows.Error = "The body is not UTF-8. Save the file as UTF-8 and upload it again.";
            return rows;
        }

        if (isJson)
        {
            rows.ReadJson(text, column, by);
        }
        else
        {
            rows.ReadCsv(text, column, by);
        }

        return rows;
    }

    private void ReadCsv(string text, string? column, string? by)
    {
        var csv = new CsvLines(text);
        if (!csv.TryRead(out var fields))
        {
            Error = csv.Error;
            return;
        }

        var index = FindColumn(fields, column, by);
        if (Error is not null)
        {
            return;
        }

        if (index < 0)
        {
            Add(csv.Line, fields[0]);
            index = 0;
        }

        while (Error is null && csv.TryRead(out fields))
        {
            Add(csv.Line, index < fields.Count ? fields[index] : "");
        }

        Error ??= csv.Error;
    }

    /// <summary>Which column of a header; −1: there is no header, and the first row is one of values.</summary>
    private int FindColumn(List<string> header, string? column, string? by)
    {
        if (column is not null)
        {
            var named = header.FindIndex(name => string.Equals(name.Trim(), column, StringComparison.OrdinalIgnoreCase));
            if (named < 0)
            {
                Error = $"The first row has no column '{column}'. It has: {string.Join(", ", header.Take(20))}.";
            }

            AreEmails = by is "email" || (by is null && s_mailColumns.Contains(Plain(column)));
            return named;
        }

        string[] wanted = by switch { "email" => s_mailColumns, "userId" => s_idColumns, _ => [.. s_idColumns, .. s_mailColumns] };
        foreach (var name in wanted)
        {
            var found = header.FindIndex(field => Plain(field) == name);
            if (found >= 0)
            {
                AreEmails = s_mailColumns.Contains(name);
                return found;
            }
        }

        if (header.Count > 1)
        {
            Error = $"Which column holds the ids? Give its name as 'column'. The first row has: {string.Join(", ", header.Take(20))}.";
        }

        AreEmails = by == "email";
        return -1;
    }

    private void ReadJson(string text, string? column, string? by)
    {
        var line = 0;
        AreEmails = by == "email";
        foreach (var range in text.AsSpan().Split('\n'))
        {
            line++;
            var json = text.AsSpan(range).Trim();
            if (json.IsEmpty)
            {
                continue;
            }

            try
            {
                using var document = JsonDocument.Parse(json.ToString());
                AddJson(line, document.RootElement, column, by);
            }
            catch (JsonException)
            {
                Error = $"Line {line} is not JSON. A line is a text such as \"user-1\", or an object such as {{\"userId\":\"user-1\"}}.";
            }

            if (Error is not null)
            {
                return;
            }
        }
    }

    private void AddJson(int line, JsonElement value, string? column, string? by)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            var fields = value;
            var name = column ?? (by == "email" || (by is null && !fields.TryGetProperty("userId", out _) && fields.TryGetProperty("email", out _)) ? "email" : "userId");
            if (_rows.Count == 0 && by is null)
            {
                AreEmails = s_mailColumns.Contains(Plain(name));
            }

            value = fields.TryGetProperty(name, out var field) ? field : default;
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                Add(line, value.GetString()!);
                break;
            case JsonValueKind.Number:
                Add(line, value.GetRawText());
                break;
            case JsonValueKind.Undefined or JsonValueKind.Null:
                _rows.Add(new ListRow(line, ""));
                break;
            default:
                Error = $"Line {line} is neither a text nor an object with {(column is null ? "'userId' or 'email'" : $"'{column}'")}.";
                break;
        }
    }

    private void Add(int line, string value)
    {
        var trimmed = value.Trim();
        if (trimmed.Length > 0)
        {
            _rows.Add(new ListRow(line, trimmed));
        }

        if (_rows.Count > Limits.ListRowsMax)
        {
            Error = $"An upload has at most {Limits.ListRowsMax:N0} rows.";
        }
    }

    private static string Plain(string name) => new([.. name.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant)]);
}

/// <param name="Line">Of the body, from 1.</param>
internal readonly record struct ListRow(int Line, string Value);
