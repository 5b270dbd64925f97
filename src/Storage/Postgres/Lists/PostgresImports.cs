using Npgsql;
using Triggers.Storage.Postgres.Data;

namespace Triggers.Storage.Postgres.Lists;

/// <summary>How far each import has come; the appends move it.</summary>
internal sealed class PostgresImports(PostgresDatabase database) : IImportJournal
{
    private const string Columns = "SELECT source_hash, name, next_row, updated_at FROM imports";

    public long NextRow(string sourceHash) => database.Query(Columns + " WHERE source_hash = $1", Read, sourceHash) is [var entry] ? entry.NextRow : 0;

    public IReadOnlyList<ImportEntry> List() => database.Query(Columns + " ORDER BY updated_at DESC, source_hash", Read);

    private static ImportEntry Read(NpgsqlDataReader row) => new(row.Text(0), row.Text(1), row.GetInt64(2), row.GetInt64(3));
}
