using SQLitePCL;

namespace Triggers.Storage.Sqlite.Data;

/// <summary>What SQLite answered instead of doing its work.</summary>
public sealed class SqliteException(int code, string message) : Exception(message)
{
    /// <summary>SQLite's extended result code.</summary>
    public int Code { get; } = code;

    /// <summary>The disk is full or does not work: it may pass, and the same work may be tried again.</summary>
    public bool IsStorageRefusing => (Code & 0xFF) is raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN or raw.SQLITE_BUSY or raw.SQLITE_READONLY;

    /// <summary>The file is not a database.</summary>
    public bool IsNoDatabase => (Code & 0xFF) == raw.SQLITE_NOTADB;
}
