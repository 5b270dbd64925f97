using System.Collections.Concurrent;

namespace Triggers.Storage.Sqlite.Data;

/// <summary>Connections for queries: they see what is committed and never wait for the writer. As many as are asked for at once; a few are kept.</summary>
internal sealed class ReadPool(string path) : IDisposable
{
    private readonly ConcurrentBag<SqliteDatabase> _idle = [];
    private volatile bool _closed;

    /// <summary>The database's file.</summary>
    public string Path => path;

    public Lease Rent()
    {
        ObjectDisposedException.ThrowIf(_closed, typeof(SqliteStore));
        return new Lease(this, _idle.TryTake(out var database) ? database : Open());
    }

    public void Dispose()
    {
        _closed = true;
        while (_idle.TryTake(out var database))
        {
            database.Dispose();
        }
    }

    private SqliteDatabase Open()
    {
        var database = SqliteDatabase.Open(path, readOnly: true);
        database.Execute($"PRAGMA query_only = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -{Limits.ReadCacheKilobytes}");
        return database;
    }

    private void Return(SqliteDatabase database)
    {
        if (_closed || _idle.Count >= Limits.IdleReadConnections)
        {
            database.Dispose();
        }
        else
        {
            _idle.Add(database);
        }
    }

    /// <summary>A connection for the time of one query.</summary>
    public readonly struct Lease(ReadPool pool, SqliteDatabase database) : IDisposable
    {
        public SqliteDatabase Database { get; } = database;

        public SqliteStatement Statement(string sql) => Database.Statement(sql);

        public void Dispose() => pool.Return(Database);
    }
}
