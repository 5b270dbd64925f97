namespace Triggers.Storage.Sqlite.Data;

/// <summary>The store's few single values.</summary>
internal static class MetaTable
{
    public const string StoreId = "StoreId";
    public const string Secret = "Secret";
    public const string Partitions = "Partitions";
    public const string CreatedAt = "CreatedAt";

    /// <summary>The block up to which the tables hold what commit rows moved.</summary>
    public const string FoldedSeq = "FoldedSeq";

    /// <summary>The newest instant of the log as of <see cref="FoldedSeq"/>.</summary>
    public const string LastAt = "LastAt";

    /// <summary>The block up to which the search table holds what commit rows brought.</summary>
    public const string IndexedSeq = "IndexedSeq";

    /// <summary>1: the WAL is to be cut, since it may hold bytes of erased customers.</summary>
    public const string WalKeepsErased = "WalKeepsErased";

    private const string Upsert = "INSERT INTO Meta (Name, Value) VALUES (?1, ?2) ON CONFLICT (Name) DO UPDATE SET Value = excluded.Value";

    public static void Set(SqliteDatabase database, string name, long value) => database.Statement(Upsert).Bind(1, name).Bind(2, value).Run();

    public static void Set(SqliteDatabase database, string name, string value) => database.Statement(Upsert).Bind(1, name).Bind(2, value).Run();

    public static void Set(SqliteDatabase database, string name, ReadOnlySpan<byte> value) => database.Statement(Upsert).Bind(1, name).Bind(2, value).Run();

    public static long Int64(SqliteDatabase database, string name)
    {
        using var row = Select(database, name);
        return row.Int64(0);
    }

    public static string Text(SqliteDatabase database, string name)
    {
        using var row = Select(database, name);
        return row.Text(0);
    }

    public static byte[] Blob(SqliteDatabase database, string name)
    {
        using var row = Select(database, name);
        return row.Blob(0).ToArray();
    }

    private static SqliteStatement Select(SqliteDatabase database, string name)
    {
        var row = database.Statement("SELECT Value FROM Meta WHERE Name = ?1").Bind(1, name);
        return row.Step() ? row : throw new InvalidDataException($"The store's value '{name}' is missing: the data folder is damaged.");
    }
}
