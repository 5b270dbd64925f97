using Npgsql;
using Triggers.Engine.Definitions;
using Triggers.Storage.Postgres.Data;

namespace Triggers.Storage.Postgres.Lists;

/// <summary>Versions of the definitions, whole.</summary>
internal sealed class PostgresDefinitions(PostgresDatabase database) : IDefinitionStore
{
    public const string SelectFiles = "SELECT path, body FROM definition_files WHERE version = $1 ORDER BY path";
    public const string SelectFilesOfVersions = "SELECT version, path, body FROM definition_files WHERE version = ANY ($1) ORDER BY version, path";
    private const string SelectLatest = "SELECT coalesce(max(version), 0) FROM definition_versions";

    public int LatestVersion => database.Query(SelectLatest, row => row.GetInt32(0))[0];

    public Task<int> SaveAsync(IReadOnlyList<DefinitionFile> files, long at)
    {
        var sorted = files.OrderBy(file => file.Path, StringComparer.Ordinal).ToList();
        return database.WriteAsync(async connection =>
        {
            var latest = await LockAsync(connection).ConfigureAwait(false);
            return latest > 0 && Files(connection, latest).SequenceEqual(sorted) ? latest : await InsertAsync(connection, latest + 1, at, 0, sorted).ConfigureAwait(false);
        });
    }

    public Task<int?> SaveFilledAsync(int newest, int fills, long at) => database.WriteAsync<int?>(async connection =>
        await LockAsync(connection).ConfigureAwait(false) == newest ? await InsertAsync(connection, newest + 1, at, fills, Files(connection, newest)).ConfigureAwait(false) : null);

    public DefinitionVersion? Find(int version) => database.Read(connection => Read(connection, " WHERE version = $1", version) is [var found] ? found : null);

    public IReadOnlyList<DefinitionVersion> Read(int after, int limit) => database.Read(connection => Read(connection, " WHERE version > $1 ORDER BY version LIMIT $2", after, limit));

    /// <summary>Two that save at once get two numbers. The newest so far.</summary>
    private static async Task<int> LockAsync(NpgsqlConnection connection)
    {
        await new Statements().Add("LOCK TABLE definition_versions IN SHARE ROW EXCLUSIVE MODE").RunAsync(connection).ConfigureAwait(false);
        return PostgresDatabase.Query(connection, SelectLatest, row => row.GetInt32(0))[0];
    }

    private static async Task<int> InsertAsync(NpgsqlConnection connection, int version, long at, int fills, List<DefinitionFile> files)
    {
        await new Statements()
            .Add("INSERT INTO definition_versions (version, saved_at, fills) VALUES ($1, $2, $3)", version, at, fills)
            .Add("INSERT INTO definition_files (version, path, body) SELECT $1, * FROM unnest($2::text[], $3::text[])", version, files.Select(file => file.Path).ToArray(), files.Select(file => file.Text).ToArray())
            .RunAsync(connection).ConfigureAwait(false);
        return version;
    }

    /// <summary>Two statements, however many versions.</summary>
    private static List<DefinitionVersion> Read(NpgsqlConnection connection, string which, params object?[] arguments)
    {
        var versions = PostgresDatabase.Query(
            connection, "SELECT version, saved_at, fills FROM definition_versions" + which, row => new DefinitionVersion(row.GetInt32(0), row.GetInt64(1), [], row.GetInt32(2)), arguments);
        var files = PostgresDatabase.Query(
            connection, SelectFilesOfVersions, row => (Version: row.GetInt32(0), File: new DefinitionFile(row.Text(1), row.Text(2))), versions.ConvertAll(each => each.Version).ToArray())
            .ToLookup(each => each.Version, each => each.File);
        return versions.ConvertAll(each => each with { Files = [.. files[each.Version]] });
    }

    private static List<DefinitionFile> Files(NpgsqlConnection connection, int version)
        => PostgresDatabase.Query(connection, SelectFiles, row => new DefinitionFile(row.Text(0), row.Text(1)), version);
}
