using SQLitePCL;

namespace Triggers.Storage.Sqlite.Data;

/// <summary>
/// One connection, on the raw API: the log binds and reads blobs as spans, which ADO.NET cannot. Not for two threads at once.
/// </summary>
internal sealed class SqliteDatabase : IDisposable
{
    private const int BusyTimeoutMs = 10_000;
    private readonly Dictionary<string, SqliteStatement> _statements = new(StringComparer.Ordinal);
    private readonly sqlite3 _handle;

    static SqliteDatabase() => Batteries_V2.Init();

    private SqliteDatabase(sqlite3 handle) => _handle = handle;

    public bool IsInTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    /// <summary>Rows touched by the last INSERT, UPDATE or DELETE.</summary>
    public int Changes => raw.sqlite3_changes(_handle);

    public static SqliteDatabase Open(string path, bool readOnly)
    {
        var flags = raw.SQLITE_OPEN_NOMUTEX | (readOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE);
        var code = raw.sqlite3_open_v2(path, out var handle, flags, null);
        if (code != raw.SQLITE_OK)
        {
            var message = raw.sqlite3_errmsg(handle).utf8_to_string();
            handle.manual_close_v2();
            throw new SqliteException(code, $"{path}: {message}");
        }

        raw.sqlite3_extended_result_codes(handle, 1);
        raw.sqlite3_busy_timeout(handle, BusyTimeoutMs);
        return new SqliteDatabase(handle);
    }

    /// <summary>Runs statements that give no rows.</summary>
    public void Execute(string sql)
    {
        var code = raw.sqlite3_exec(_handle, sql);
        if (code != raw.SQLITE_OK)
        {
            throw Error(code, sql);
        }
    }

    /// <summary>The prepared statement of this text, reset; one instance a text and connection.</summary>
    public SqliteStatement Statement(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            var code = raw.sqlite3_prepare_v3(_handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var prepared);
            if (code != raw.SQLITE_OK)
            {
                throw Error(code, sql);
            }

            statement = new SqliteStatement(this, prepared, sql);
            _statements.Add(sql, statement);
        }

        statement.Reset();
        return statement;
    }

    /// <summary>The first column of the first row, or null.</summary>
    public long? Scalar(string sql)
    {
        using var statement = Statement(sql);
        return statement.Step() && !statement.IsNull(0) ? statement.Int64(0) : null;
    }

    /// <summary>Copies pages from the WAL to the file as far as nobody is in the way.</summary>
    /// <returns>Frames in the WAL, and how many of them are copied.</returns>
    public (int Frames, int Copied) CheckpointPassive()
    {
        var code = raw.sqlite3_wal_checkpoint_v2(_handle, null, raw.SQLITE_CHECKPOINT_PASSIVE, out var frames, out var copied);
        if (code != raw.SQLITE_OK && (code & 0xFF) != raw.SQLITE_BUSY)
        {
            throw Error(code, "checkpoint");
        }

        return (frames, copied);
    }

    /// <summary>Copies all of the WAL and cuts its file to nothing. False, at once: somebody still reads from it.</summary>
    public bool TryTruncateWal()
    {
        raw.sqlite3_busy_timeout(_handle, 0);
        var code = raw.sqlite3_wal_checkpoint_v2(_handle, null, raw.SQLITE_CHECKPOINT_TRUNCATE, out _, out _);
        raw.sqlite3_busy_timeout(_handle, BusyTimeoutMs);
        return code == raw.SQLITE_OK || ((code & 0xFF) is raw.SQLITE_BUSY or raw.SQLITE_LOCKED ? false : throw Error(code, "checkpoint"));
    }

    /// <summary>Copies every page, as this connection's transaction sees them.</summary>
    /// <param name="progress">Gets pages done and pages in all, after each step.</param>
    public void CopyTo(SqliteDatabase target, int pagesAtOnce, Action<long, long> progress)
    {
        using var copy = raw.sqlite3_backup_init(target._handle, "main", _handle, "main") ?? throw target.Error(raw.sqlite3_errcode(target._handle), "back-up");
        int code;
        while ((code = raw.sqlite3_backup_step(copy, pagesAtOnce)) == raw.SQLITE_OK)
        {
            Tell();
        }

        if (code != raw.SQLITE_DONE)
        {
            throw target.Error(code, "back-up");
        }

        Tell();

        void Tell() => progress(raw.sqlite3_backup_pagecount(copy) - raw.sqlite3_backup_remaining(copy), raw.sqlite3_backup_pagecount(copy));
    }

    /// <summary>Pages this connection has written since the last call.</summary>
    public int TakePagesWritten()
    {
        _ = raw.sqlite3_db_status(_handle, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var pages, out _, 1);
        return pages;
    }

    public SqliteException Error(int code, string doing) => new(code, $"{raw.sqlite3_errmsg(_handle).utf8_to_string()} (SQLite result {code}, in: {doing})");

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Finish();
        }

        _statements.Clear();
        _handle.manual_close_v2();
    }
}
