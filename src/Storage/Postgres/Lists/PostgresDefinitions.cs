using Npgsql;
using Triggers.Engine.Definitions;
using Triggers.Storage.Postgres.Data;

namespace Triggers.Storage.Postgres.Lists;

/// <summary>Versions of the definitions, whole.</summary>
internal sealed class PostgresDefinitions(PostgresDatabase database) : IDefinitionStore
{
    public const string SelectFiles = "SELECT path, body FROM definition_files WHERE version = $1 ORDER BY path";
    private const string SelectLatest = "SELECT coalesce(max(version), 0) FROM definition_versions";

    public int LatestVersion => database.Query(SelectLatest, row => row.GetInt32(0))[0];

    public Task<int> SaveAsync(IReadOnlyList<DefinitionFile> files, long at)
    {
        var sorted = files.OrderBy(file => file.Path, StringComparer.Ordinal).ToList();
        return database.WriteAsync(async connection =>
        {
            // Two that save at once get two numbers.
            await new Statements().Add("LOCK TABLE definition_versions IN SHARE ROW EXCLUSIVE MODE").RunAsync(connection).ConfigureAwait(false);
            var latest = PostgresDatabase.Query(connection, SelectLatest, row => row.GetInt32(0))[0];
            if (latest > 0 && Files(connection, latest).SequenceEqual(sorted))
            {
                return latest;
            }

            var version = latest + 1;
            await new Statements()
                .Add("INSERT INTO definition_versions (version, saved_at) VALUES ($1, $2)", version, at)
                .Add("INSERT INTO definition_files (version, path, body) SELECT $1, * FROM unnest($2::text[], $3::text[])", version, sorted.Select(file => file.Path).ToArray(), sorted.Select(file => file.Text).ToArray())
                .RunAsync(connection).ConfigureAwait(false);
            return version;
        });
    }

    public DefinitionVersion? Find(int version) => database.Read(connection => Read(connection, " WHERE version = $1", version) is [var found] ? found : null);

    public IReadOnlyList<DefinitionVersion> All() => database.Read(connection => Read(connection, " ORDER BY version"));

    private static List<DefinitionVersion> Read(NpgsqlConnection connection, string which, params object?[] arguments)
        => PostgresDatabase.Query(connection, "SELECT version, saved_at FROM definition_versions" + which, row => (Version: row.GetInt32(0), At: row.GetInt64(1)), arguments)
            .ConvertAll(each => new DefinitionVersion(each.Version, each.At, Files(connection, each.Version)));

    private static List<DefinitionFile> Files(NpgsqlConnection connection, int version)
        => PostgresDatabase.Query(connection, SelectFiles, row => new DefinitionFile(row.Text(0), row.Text(1)), version);
}
