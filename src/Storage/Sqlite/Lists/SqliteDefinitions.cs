using Triggers.Engine.Definitions;
using Triggers.Storage.Sqlite.Data;
using Triggers.Storage.Sqlite.Writing;

namespace Triggers.Storage.Sqlite.Lists;

/// <summary>Versions of the definitions, whole.</summary>
internal sealed class SqliteDefinitions(StoreWriter writer, ReadPool pool) : IDefinitionStore
{
    public const string SelectFiles = "SELECT Path, Text FROM DefinitionFiles WHERE Version = ?1 ORDER BY Path";

    public int LatestVersion
    {
        get
        {
            using var lease = pool.Rent();
            return Latest(lease.Database);
        }
    }

    public Task<int> SaveAsync(IReadOnlyList<DefinitionFile> files, long at)
    {
        var sorted = files.OrderBy(file => file.Path, StringComparer.Ordinal).ToList();
        return writer.Run(transaction =>
        {
            var database = transaction.Database;
            var latest = Latest(database);
            if (latest > 0 && Files(database, latest).SequenceEqual(sorted))
            {
                return latest;
            }

            return Insert(database, latest + 1, at, 0, sorted);
        });
    }

    public Task<int?> SaveFilledAsync(int newest, int fills, long at) =>
        writer.Run<int?>(transaction =>
        {
            var database = transaction.Database;
            return Latest(database) == newest ? Insert(database, newest + 1, at, fills, Files(database, newest)) : null;
        });

    public DefinitionVersion? Find(int version)
    {
        using var lease = pool.Rent();
        using var row = lease.Statement("SELECT SavedAt, Fills FROM DefinitionVersions WHERE Version = ?1").Bind(1, version);
        return row.Step() ? new DefinitionVersion(version, row.Int64(0), Files(lease.Database, version), row.Int32(1)) : null;
    }

    public IReadOnlyList<DefinitionVersion> Read(int after, int limit)
    {
        using var lease = pool.Rent();
        var versions = new List<DefinitionVersion>();
        using var row = lease.Statement("SELECT Version, SavedAt, Fills FROM DefinitionVersions WHERE Version > ?1 ORDER BY Version LIMIT ?2").Bind(1, after).Bind(2, limit);
        while (row.Step())
        {
            versions.Add(new DefinitionVersion(row.Int32(0), row.Int64(1), Files(lease.Database, row.Int32(0)), row.Int32(2)));
        }

        return versions;
    }

    private static int Insert(SqliteDatabase database, int version, long at, int fills, IEnumerable<DefinitionFile> files)
    {
        database.Statement("INSERT INTO DefinitionVersions (Version, SavedAt, Fills) VALUES (?, ?, ?)").Bind(1, version).Bind(2, at).Bind(3, fills).Run();
        foreach (var file in files)
        {
            database.Statement("INSERT INTO DefinitionFiles (Version, Path, Text) VALUES (?, ?, ?)").Bind(1, version).Bind(2, file.Path).Bind(3, file.Text).Run();
        }

        return version;
    }

    private static int Latest(SqliteDatabase database) => (int)(database.Scalar("SELECT max(Version) FROM DefinitionVersions") ?? 0);

    private static List<DefinitionFile> Files(SqliteDatabase database, int version)
    {
        var files = new List<DefinitionFile>();
        using var row = database.Statement(SelectFiles).Bind(1, version);
        while (row.Step())
        {
            files.Add(new DefinitionFile(row.Text(0), row.Text(1)));
        }

        return files;
    }
}
