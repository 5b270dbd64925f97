using Npgsql;

namespace Triggers.Storage.Postgres.Data;

/// <summary>Values on their way to the server and back.</summary>
internal static class Parameters
{
    public static NpgsqlParameter Of(object? value) => new()
    {
        Value = value switch
        {
            null => DBNull.Value,
            string text => EscapedText.Escape(text),
            string?[] texts => Array.ConvertAll(texts, EscapedText.Escape),
            _ => value,
        },
    };

    public static string Text(this NpgsqlDataReader row, int column) => EscapedText.Unescape(row.GetString(column));

    public static string? TextOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.Text(column);

    public static byte[] Bytes(this NpgsqlDataReader row, int column) => row.GetFieldValue<byte[]>(column);

    /// <summary>Unsigned hashes in the order of signed integers, and back: the same flip.</summary>
    public static long Sortable(ulong hash) => (long)(hash ^ 0x8000_0000_0000_0000);

    public static ulong Hash(long sortable) => (ulong)sortable ^ 0x8000_0000_0000_0000;
}
