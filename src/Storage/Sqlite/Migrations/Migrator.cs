using System.Reflection;
using System.Security.Cryptography;
using Triggers.Storage.Sqlite.Data;

namespace Triggers.Storage.Sqlite.Migrations;

/// <summary>Brings a file to the newest format: the embedded scripts <c>NNN-name.sql</c> in order, each in its transaction. The number is SQLite's user_version.</summary>
internal static class Migrator
{
    private const string Prefix = "Triggers.Storage.Sqlite.Migrations.";

    public static int Newest => Scripts().Count;

    public static void Apply(SqliteDatabase database, string folder, TimeProvider time)
    {
        var format = (int)(database.Scalar("PRAGMA user_version") ?? 0);
        var scripts = Scripts();
        if (format > scripts.Count)
        {
            throw new StoreTooNewException(folder, format, scripts.Count);
        }

        for (var next = format + 1; next <= scripts.Count; next++)
        {
            database.Execute("BEGIN IMMEDIATE");
            database.Execute(scripts[next - 1]);
            if (next == 1)
            {
                Create(database, time);
            }

            database.Execute($"PRAGMA user_version = {next}");
            database.Execute("COMMIT");
        }
    }

    private static void Create(SqliteDatabase database, TimeProvider time)
    {
        MetaTable.Set(database, MetaTable.StoreId, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));
        MetaTable.Set(database, MetaTable.Secret, RandomNumberGenerator.GetBytes(32));
        MetaTable.Set(database, MetaTable.Partitions, Storage.Limits.Partitions);
        MetaTable.Set(database, MetaTable.CreatedAt, time.GetUtcNow().ToUnixTimeMilliseconds());
        MetaTable.Set(database, MetaTable.FoldedSeq, 0);
        MetaTable.Set(database, MetaTable.LastAt, 0);
        MetaTable.Set(database, MetaTable.IndexedSeq, 0);
        for (var partition = 0; partition < Storage.Limits.Partitions; partition++)
        {
            database.Statement("INSERT INTO Partitions (Partition, Epoch, Cursor, Floor, FloorState, Head) VALUES (?1, 0, 0, 0, x'', 0)").Bind(1, partition).Run();
        }
    }

    private static List<string> Scripts()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return reader.ReadToEnd();
            })];
    }
}
