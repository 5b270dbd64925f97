using SQLitePCL;

namespace Triggers.Storage.Sqlite.Data;

/// <summary>What SQLite answered instead of doing its work.</summary>
public sealed class SqliteException(int code, string message) : Exception(message)
{
    /// <summary>SQLite's extended result code.</summary>
    public int Code { get; } = code;

    /// <summary>The disk is full or does not work: it may pass, and the same work may be tried again.</summary>
    public bool IsStorageRefusing => (Code & 0xFF) is raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN or raw.SQLITE_BUSY or raw.SQLITE_READONLY;

    /// <summary>The database's file is not where it was: what is written would be found by nobody.</summary>
    public bool IsMoved => Code == raw.SQLITE_READONLY_DBMOVED;

    public static SqliteException Moved(string path) => new(
        raw.SQLITE_READONLY_DBMOVED, $"'{path}' or its write-ahead log was deleted, moved or replaced while the server has it open. Bring the folder back to its place, or stop the server and restore a back-up.");

    /// <summary>The file is not a database.</summary>
    public bool IsNoDatabase => (Code & 0xFF) == raw.SQLITE_NOTADB;
}
