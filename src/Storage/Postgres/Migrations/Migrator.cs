using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Triggers.Storage.Postgres.Data;

namespace Triggers.Storage.Postgres.Migrations;

/// <summary>
/// Brings a schema to the newest format: the embedded scripts <c>NNN-name.sql</c> in order, under a lock, each in its transaction. What was applied
/// stands in a table with its checksum: a script that was changed afterwards, or a format from the future, is refused.
/// </summary>
internal static class Migrator
{
    private const string Prefix = "Triggers.Storage.Postgres.Migrations.";
    private const string LockSchema = "SELECT pg_advisory_xact_lock(hashtext('triggers/migrations'), hashtext(current_schema()))";
    private const string LockCreation = "SELECT pg_advisory_xact_lock(hashtext('triggers/schemas'), 0)";

    private sealed record Script(int Number, string Name, string Sql)
    {
        /// <summary>Of the text without carriage returns, so that a checkout's line ends do not matter.</summary>
        public string Checksum { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));
    }

    public static int Newest => Scripts().Count;

    public static async Task ApplyAsync(PostgresDatabase database, TimeProvider time)
    {
        var connection = await database.Source.OpenConnectionAsync().ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            // CREATE SCHEMA is asked for only where it is missing: the right to create one is not needed otherwise.
            if (await ScalarAsync(connection, "SELECT current_schema()").ConfigureAwait(false) is DBNull or null)
            {
                var schema = new NpgsqlConnectionStringBuilder(connection.ConnectionString).SearchPath?.Split(',')[0].Trim() ?? "public";
                using var quote = new NpgsqlCommandBuilder();
                var creation = await connection.BeginTransactionAsync().ConfigureAwait(false);
                await using (creation.ConfigureAwait(false))
                {
                    // Of two that create it at once, IF NOT EXISTS does not keep the second from failing.
                    await ExecuteAsync(connection, LockCreation).ConfigureAwait(false);
                    await ExecuteAsync(connection, $"CREATE SCHEMA IF NOT EXISTS {quote.QuoteIdentifier(schema)}").ConfigureAwait(false);
                    await creation.CommitAsync().ConfigureAwait(false);
                }
            }

            foreach (var script in Scripts())
            {
                await ApplyAsync(connection, script, database.Where, time).ConfigureAwait(false);
            }

            var setting = await connection.BeginTransactionAsync().ConfigureAwait(false);
            await using (setting.ConfigureAwait(false))
            {
                await ExecuteAsync(connection, LockSchema).ConfigureAwait(false);
                if (await Vacuuming.TrySetAsync(connection).ConfigureAwait(false))
                {
                    await setting.CommitAsync().ConfigureAwait(false);
                }
            }
        }
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, Script script, string where, TimeProvider time)
    {
        var transaction = await connection.BeginTransactionAsync().ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            await ExecuteAsync(connection, LockSchema).ConfigureAwait(false);
            await ExecuteAsync(connection, """
                CREATE TABLE IF NOT EXISTS migrations (number integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())
                """).ConfigureAwait(false);
            var newest = (int)(await ScalarAsync(connection, "SELECT coalesce(max(number), 0) FROM migrations").ConfigureAwait(false))!;
            if (newest > Newest)
            {
                throw new DatabaseTooNewException(where, newest, Newest);
            }

            if (newest >= script.Number)
            {
                var applied = await ScalarAsync(connection, "SELECT checksum FROM migrations WHERE number = $1", script.Number).ConfigureAwait(false);
                if (applied as string != script.Checksum)
                {
                    throw new DatabaseMigrationException(where, $"migration {script.Name} was applied with other contents than this program has. Start the version that applied it, or restore a back-up.");
                }

                return;
            }

            await ExecuteAsync(connection, script.Sql).ConfigureAwait(false);
            if (script.Number == 1)
            {
                await CreateAsync(connection, time).ConfigureAwait(false);
            }

            await ExecuteAsync(connection, "INSERT INTO migrations (number, name, checksum) VALUES ($1, $2, $3)", script.Number, script.Name, script.Checksum).ConfigureAwait(false);
            await transaction.CommitAsync().ConfigureAwait(false);
        }
    }

    private static async Task CreateAsync(NpgsqlConnection connection, TimeProvider time)
    {
        await ExecuteAsync(
            connection, "INSERT INTO store (store_id, secret, partitions, created_at) VALUES ($1, $2, $3, $4)",
            Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), RandomNumberGenerator.GetBytes(32), (short)Storage.Limits.Partitions, time.GetUtcNow().ToUnixTimeMilliseconds()).ConfigureAwait(false);
        await ExecuteAsync(connection, "INSERT INTO log_heads (partition, head, at) SELECT p, 0, 0 FROM generate_series(0, $1 - 1) p", Storage.Limits.Partitions).ConfigureAwait(false);
        await ExecuteAsync(connection, "INSERT INTO partitions (partition, epoch, cursor_offset, floor, floor_state, customers) SELECT p, 0, 0, 0, '', 0 FROM generate_series(0, $1 - 1) p", Storage.Limits.Partitions).ConfigureAwait(false);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, params object?[] arguments)
    {
        var command = PostgresDatabase.Command(connection, sql, arguments);
        await using (command.ConfigureAwait(false))
        {
            await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, params object?[] arguments)
    {
        var command = PostgresDatabase.Command(connection, sql, arguments);
        await using (command.ConfigureAwait(false))
        {
            return await command.ExecuteScalarAsync().ConfigureAwait(false);
        }
    }

    private static List<Script> Scripts()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select((name, index) =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return new Script(index + 1, name[Prefix.Length..], reader.ReadToEnd());
            })];
    }
}
