using Npgsql;
using Triggers.Engine.Records;
using Triggers.Storage.Postgres.Data;
using Triggers.Storage.Sqlite.Data;

namespace Triggers.Storage.Moving.Steps;

/// <summary>A table that both engines have, and how the columns of one are named in the other.</summary>
/// <param name="Keys">So many of the first columns are the primary key.</param>
internal sealed record MovedTable(string Source, string Target, int Keys, params MovedColumn[] Columns)
{
    /// <summary>In the order in which they are moved: a version of the definitions before its files.</summary>
    public static readonly MovedTable[] All =
    [
        new(
            "Messages", "messages", 1,
            new("Sequence", "sequence", ColumnKind.Int64), new("MessageId", "message_id", ColumnKind.Text), new("CustomerKey", "partition", ColumnKind.PartitionOf),
            new("CustomerKey", "customer_key", ColumnKind.Text), new("Campaign", "campaign", ColumnKind.Text), new("CampaignVersion", "campaign_version", ColumnKind.Int32),
            new("StepId", "step_id", ColumnKind.Text), new("Channel", "channel", ColumnKind.Text), new("Template", "template", ColumnKind.Text), new("Address", "address", ColumnKind.Text),
            new("Status", "status", ColumnKind.Text), new("Reason", "reason", ColumnKind.Text), new("CancelReason", "cancel_reason", ColumnKind.Text), new("Attempts", "attempts", ColumnKind.Int32),
            new("DecidedAt", "decided_at", ColumnKind.Int64), new("ExpiresAt", "expires_at", ColumnKind.Int64), new("NextAttemptAt", "next_attempt_at", ColumnKind.Int64),
            new("ClosedAt", "closed_at", ColumnKind.Int64), new("Data", "data", ColumnKind.Bytes)),
        new(
            "Mailbox", "mailbox", 1,
            new("Sequence", "sequence", ColumnKind.Int64), new("MessageId", "message_id", ColumnKind.Text), new("\"From\"", "sender", ColumnKind.Text), new("\"To\"", "recipient", ColumnKind.Text),
            new("Subject", "subject", ColumnKind.Text), new("Campaign", "campaign", ColumnKind.Text), new("CustomerKey", "customer_key", ColumnKind.Text), new("At", "at", ColumnKind.Int64),
            new("IsTest", "is_test", ColumnKind.Bool), new("Headers", "headers", ColumnKind.Text), new("Text", "body_text", ColumnKind.Text), new("Html", "body_html", ColumnKind.Text)),
        new(
            "Rejected", "rejected", 1,
            new("Sequence", "sequence", ColumnKind.Int64), new("At", "at", ColumnKind.Int64), new("Source", "source", ColumnKind.Text), new("Reason", "reason", ColumnKind.Text),
            new("Payload", "payload", ColumnKind.Text)),
        new("DefinitionVersions", "definition_versions", 1, new("Version", "version", ColumnKind.Int32), new("SavedAt", "saved_at", ColumnKind.Int64), new("Fills", "fills", ColumnKind.Int32)),
        new("DefinitionFiles", "definition_files", 2, new("Version", "version", ColumnKind.Int32), new("Path", "path", ColumnKind.Text), new("Text", "body", ColumnKind.Text)),
        new(
            "Imports", "imports", 1,
            new("SourceHash", "source_hash", ColumnKind.Text), new("Name", "name", ColumnKind.Text), new("NextRow", "next_row", ColumnKind.Int64), new("UpdatedAt", "updated_at", ColumnKind.Int64)),
        new(
            "Lists", "lists", 1,
            new("Id", "id", ColumnKind.Text), new("CreatedAt", "created_at", ColumnKind.Int64), new("ChangedAt", "changed_at", ColumnKind.Int64), new("Upload", "upload", ColumnKind.Int64),
            new("Members", "members", ColumnKind.Int64), new("IsDropped", "is_dropped", ColumnKind.Bool)),
        new(
            "ListMembers", "list_members", 2,
            new("List", "list", ColumnKind.Text), new("UserId", "user_id", ColumnKind.Text), new("Upload", "upload", ColumnKind.Int64), new("Pending", "pending", ColumnKind.Int32)),
        new(
            "QualityCounts", "quality_counts", 5,
            new("Slot", "slot", ColumnKind.Int64), new("Kind", "kind", ColumnKind.Text), new("Name", "name", ColumnKind.Text), new("Path", "path", ColumnKind.Text), new("Rule", "rule", ColumnKind.Text),
            new("Count", "count", ColumnKind.Int64), new("FirstAt", "first_at", ColumnKind.Int64), new("LastAt", "last_at", ColumnKind.Int64), new("Note", "note", ColumnKind.Text)),
        new(
            "ViolationExamples", "violation_examples", 3,
            new("At", "at", ColumnKind.Int64), new("Writer", "writer", ColumnKind.Text), new("Number", "number", ColumnKind.Int64), new("CustomerKey", "customer_key", ColumnKind.Text),
            new("Source", "source", ColumnKind.Text), new("Event", "event", ColumnKind.Text), new("Path", "path", ColumnKind.Text), new("Rule", "rule", ColumnKind.Text),
            new("Expected", "expected", ColumnKind.Text), new("Found", "found", ColumnKind.Text), new("Action", "action", ColumnKind.Text)),
        new("Settings", "settings", 1, new("Name", "name", ColumnKind.Text), new("Value", "value", ColumnKind.Text)),
        new(
            "Erasures", "erasures", 1,
            new("CustomerKey", "customer_key", ColumnKind.Text), new("Partition", "partition", ColumnKind.Int16), new("Before", "before", ColumnKind.Int64), new("At", "at", ColumnKind.Int64)),
        Search,
    ];

    private static MovedTable Search => new(
        SearchName, "search", 1,
        new("CustomerKey", "customer_key", ColumnKind.Text), new("IdLower", "id_lower", ColumnKind.Text), new("EmailLower", "email_lower", ColumnKind.Text),
        new("NameLower", "name_lower", ColumnKind.Text), new("Email", "email", ColumnKind.Text), new("Name", "name", ColumnKind.Text));

    public const string SearchName = "Search";

    public bool IsSearch => Source == SearchName;

    /// <summary>Where the partition stands that a row belongs to; -1: to none.</summary>
    public int PartitionColumn { get; } = Array.FindIndex(Columns, column => column.Target == "partition");

    public string Copy { get; } = $"COPY {Target} ({Names(Columns)}) FROM STDIN (FORMAT BINARY)";

    public string SelectTarget { get; } = $"SELECT {Names(Columns)} FROM {Target}";

    private string SelectSource { get; } = $"SELECT {string.Join(", ", Columns.Select(column => column.Source))} FROM {Source}";

    private string KeyNames { get; } = string.Join(", ", Columns.Take(Keys).Select(column => column.Source));

    /// <summary>Rows behind one (null: all), in the order of their keys, as the target takes them.</summary>
    public IEnumerable<object?[]> ReadSource(SqliteDatabase database, object?[]? after, int partitions)
    {
        var where = after is null ? "" : $" WHERE ({KeyNames}) > ({string.Join(", ", Enumerable.Range(1, Keys).Select(number => "?" + number))})";
        using var row = database.Statement($"{SelectSource}{where} ORDER BY {KeyNames}");
        for (var key = 0; after is not null && key < Keys; key++)
        {
            _ = after[key] is string text ? row.Bind(key + 1, EscapedText.Unescape(text)) : row.Bind(key + 1, Convert.ToInt64(after[key], null));
        }

        while (row.Step())
        {
            yield return Array.ConvertAll([.. Enumerable.Range(0, Columns.Length)], column => Value(row, column, partitions));
        }
    }

    public static object?[] ReadTarget(NpgsqlDataReader row)
    {
        var values = new object?[row.FieldCount];
        for (var column = 0; column < values.Length; column++)
        {
            values[column] = row.IsDBNull(column) ? null : row.GetValue(column);
        }

        return values;
    }

    private static string Names(MovedColumn[] columns) => string.Join(", ", columns.Select(column => column.Target));

    private object? Value(SqliteStatement row, int column, int partitions) => Columns[column].Kind switch
    {
        _ when row.IsNull(column) => null,
        ColumnKind.Int16 => (short)row.Int64(column),
        ColumnKind.Int32 => row.Int32(column),
        ColumnKind.Int64 => row.Int64(column),
        ColumnKind.Bool => row.Int64(column) != 0,
        ColumnKind.Bytes => row.Blob(column).ToArray(),
        ColumnKind.PartitionOf => (short)CustomerKey.PartitionOf(new CustomerKey(row.Text(column)).Hash(), partitions),
        _ => EscapedText.Escape(row.Text(column)),
    };
}

internal sealed record MovedColumn(string Source, string Target, ColumnKind Kind);

internal enum ColumnKind
{
    Int16,
    Int32,
    Int64,
    Bool,
    Text,
    Bytes,

    /// <summary>The partition of the customer key that the source has.</summary>
    PartitionOf,
}
