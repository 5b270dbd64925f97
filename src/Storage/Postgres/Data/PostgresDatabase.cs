using System.Data;
using Npgsql;

namespace Triggers.Storage.Postgres.Data;

/// <summary>The pool of connections, and how reads and small writes survive a server that restarts.</summary>
internal sealed class PostgresDatabase : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();

    private readonly NpgsqlDataSource _sessions;

    private PostgresDatabase(NpgsqlDataSource source, NpgsqlDataSource sessions, string where)
    {
        Source = source;
        _sessions = sessions;
        Where = where;
    }

    public NpgsqlDataSource Source { get; }

    /// <summary>Host, database and schema: what a person may see of the connection string.</summary>
    public string Where { get; }

    /// <summary>Cancelled when the store closes: nobody waits for the server any more.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <exception cref="DatabaseUnreachableException">The connection string is not one.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string connectionString)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (Exception error) when (error is ArgumentException or FormatException)
        {
            // The message may quote the password.
            throw new DatabaseUnreachableException("the given connection", $"the connection string is not valid ({error.GetType().Name}). It reads like Host=localhost;Database=triggers;Username=triggers;Password=….", error);
        }
    }

    public static string Describe(NpgsqlConnectionStringBuilder settings)
        => $"{settings.Host}:{settings.Port}, database {settings.Database ?? settings.Username}{(string.IsNullOrEmpty(settings.SearchPath) ? "" : $", schema {settings.SearchPath}")}";

    public static PostgresDatabase Create(string connectionString)
    {
        var settings = Parse(connectionString);
        settings.ApplicationName ??= "triggers";
        settings.PersistSecurityInfo = false;
        settings.Timeout = Math.Min(settings.Timeout, Limits.ConnectSeconds);
        if (settings.MaxAutoPrepare == 0)
        {
            settings.MaxAutoPrepare = Limits.PreparedStatements;
            settings.AutoPrepareMinUsages = 2;
        }

        var source = Named(settings, "triggers");
        settings.Pooling = false;
        var sessions = Named(settings, "triggers sessions");
        return new PostgresDatabase(source, sessions, Describe(settings));
    }

    /// <summary>What instruments call it, in place of the whole connection string.</summary>
    private static NpgsqlDataSource Named(NpgsqlConnectionStringBuilder settings, string name) => new NpgsqlDataSourceBuilder(settings.ConnectionString) { Name = name }.Build();

    /// <summary>A connection outside of the pool, for whoever keeps one: what it holds (locks) goes with it.</summary>
    public Task<NpgsqlConnection> OpenSessionAsync() => _sessions.OpenConnectionAsync(Stop).AsTask();

    public T Read<T>(Func<NpgsqlConnection, T> function)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var connection = Source.OpenConnection();
                return function(connection);
            }
            catch (Exception error) when (attempt < Limits.ReadAttempts && Failures.IsUnavailable(error))
            {
                Source.Clear();
            }
        }
    }

    public async Task<T> ReadAsync<T>(Func<NpgsqlConnection, Task<T>> function, CancellationToken cancellation = default)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var connection = await Source.OpenConnectionAsync(cancellation).ConfigureAwait(false);
                await using (connection.ConfigureAwait(false))
                {
                    return await function(connection).ConfigureAwait(false);
                }
            }
            catch (Exception error) when (attempt < Limits.ReadAttempts && Failures.IsUnavailable(error))
            {
                Source.Clear();
            }
        }
    }

    /// <summary>Rows of one statement.</summary>
    public List<T> Query<T>(string sql, Func<NpgsqlDataReader, T> row, params object?[] arguments)
        => Read(connection => Query(connection, sql, row, arguments));

    public static List<T> Query<T>(NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> row, params ReadOnlySpan<object?> arguments)
    {
        using var command = Command(connection, sql, arguments);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(row(reader));
        }

        return rows;
    }

    public static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params ReadOnlySpan<object?> arguments)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var argument in arguments)
        {
            command.Parameters.Add(Parameters.Of(argument));
        }

        return command;
    }

    /// <summary>A transaction of its own, tried until the server has it or the store closes. Where an answer was lost it may be done twice.</summary>
    public async Task<T> WriteAsync<T>(Func<NpgsqlConnection, Task<T>> function)
    {
        while (true)
        {
            try
            {
                var connection = await Source.OpenConnectionAsync(Stop).ConfigureAwait(false);
                await using (connection.ConfigureAwait(false))
                {
                    var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, Stop).ConfigureAwait(false);
                    await using (transaction.ConfigureAwait(false))
                    {
                        var result = await function(connection).ConfigureAwait(false);
                        await transaction.CommitAsync(Stop).ConfigureAwait(false);
                        return result;
                    }
                }
            }
            catch (Exception error) when (Failures.IsConflict(error))
            {
                // Again at once.
            }
            catch (Exception error) when (Failures.IsUnavailable(error) && !Stop.IsCancellationRequested)
            {
                Source.Clear();
                await Task.Delay(Limits.RetryMs, Stop).ConfigureAwait(false);
            }
        }
    }

    public Task<int> WriteAsync(string sql, params object?[] arguments)
        => WriteAsync(async connection =>
        {
            var command = Command(connection, sql, arguments);
            await using (command.ConfigureAwait(false))
            {
                return await command.ExecuteNonQueryAsync(Stop).ConfigureAwait(false);
            }
        });

    /// <summary>Nothing waits for the server any more.</summary>
    public void Close() => _stop.Cancel();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Source.DisposeAsync().ConfigureAwait(false);
        await _sessions.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }
}
