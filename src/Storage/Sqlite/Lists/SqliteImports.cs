using Triggers.Storage.Sqlite.Data;
using Triggers.Storage.Sqlite.Writing;

namespace Triggers.Storage.Sqlite.Lists;

/// <summary>
/// How far each import has come; the appends move it. Asked of the table: besides files it has 64 rows of every version of the definitions that was filled from history,
/// which over years are more than a start should read.
/// </summary>
internal sealed class SqliteImports(StoreState state, ReadPool pool) : IImportJournal
{
    public const string SelectNextRow = "SELECT NextRow FROM Imports WHERE SourceHash = ?1";

    public long NextRow(string sourceHash)
    {
        long next;
        using (var lease = pool.Rent())
        {
            next = NextRow(lease.Database, sourceHash);
        }

        state.AwaitLanding();
        return next;
    }

    public IReadOnlyList<ImportEntry> List()
    {
        var entries = new List<ImportEntry>();
        using (var lease = pool.Rent())
        {
            using var row = lease.Statement("SELECT SourceHash, Name, NextRow, UpdatedAt FROM Imports ORDER BY UpdatedAt DESC, SourceHash");
            while (row.Step())
            {
                entries.Add(new ImportEntry(row.Text(0), row.Text(1), row.Int64(2), row.Int64(3)));
            }
        }

        state.AwaitLanding();
        return entries;
    }

    public static long NextRow(SqliteDatabase database, string sourceHash)
    {
        using var row = database.Statement(SelectNextRow).Bind(1, sourceHash);
        return row.Step() ? row.Int64(0) : 0;
    }
}
