using SQLitePCL;

namespace Triggers.Silo.Bench.Memory;

/// <summary>Bytes of a stopped server's data folder: all of it, the customers' states in it, and the log (recent blocks and sorted runs).</summary>
public sealed record StoreSizes(long Total, long State, long Log)
{
    public static StoreSizes Of(string data)
    {
        Batteries_V2.Init();
        var code = raw.sqlite3_open_v2(Path.Combine(data, "store.db"), out var database, raw.SQLITE_OPEN_READONLY, null);
        using (database)
        {
            return code != raw.SQLITE_OK
                ? throw new IOException(raw.sqlite3_errmsg(database).utf8_to_string())
                : new StoreSizes(
                    new DirectoryInfo(data).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length),
                    Sum(database, "SELECT TOTAL(LENGTH(Head) + LENGTH(Body)) FROM StateChunks"),
                    Sum(database, "SELECT (SELECT TOTAL(LENGTH(Body)) FROM Blocks) + (SELECT TOTAL(LENGTH(Data)) FROM RunPages)"));
        }
    }

    private static long Sum(sqlite3 database, string sql)
    {
        var code = raw.sqlite3_prepare_v2(database, sql, out var statement);
        using (statement)
        {
            return code == raw.SQLITE_OK && raw.sqlite3_step(statement) == raw.SQLITE_ROW
                ? (long)raw.sqlite3_column_double(statement, 0)
                : throw new IOException(raw.sqlite3_errmsg(database).utf8_to_string());
        }
    }
}
