using Npgsql;
using Triggers.Storage.Postgres.Data;

namespace Triggers.Storage.Postgres.Writing;

/// <summary>
/// One connection that writes, and the number of its transactions. The number is committed with each, so after a lost connection it tells whether the
/// transaction that was under way took place; and a new generation keeps one that still lingers on the server from taking place later.
/// </summary>
internal sealed class WriterSession(PostgresDatabase database, StoreLock? storeLock)
{
    public const string Count = """
        WITH counted AS (
            UPDATE writers SET seq = $3, at = coalesce((SELECT max(at) FROM log_heads WHERE partition = ANY ($4)), at)
            WHERE id = $1 AND generation = $2 AND seq = $3 - 1 RETURNING 1)
        SELECT 1 / count(*) FROM counted
        """;

    private const string BeginGeneration = """
        INSERT INTO writers (id, generation, seq, at) VALUES ($1, 1, 0, 0)
        ON CONFLICT (id) DO UPDATE SET generation = writers.generation + 1 RETURNING generation, seq, at
        """;

    private const string DurableCommits = "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";
    private readonly Guid _id = Guid.NewGuid();
    private NpgsqlConnection? _connection;
    private int _generation;
    private long _seq;
    private bool _isUnderWay;

    /// <summary>Open, between <see cref="OpenAsync"/> and a failure.</summary>
    public NpgsqlConnection Connection => _connection ?? throw new InvalidOperationException("The session is not open.");

    /// <summary>Opens the connection if there is none. The instant of the transaction that was under way when the last one was lost, if it took place; else null.</summary>
    /// <exception cref="DatabaseLockedException">Another process has the store.</exception>
    public async Task<long?> OpenAsync(int lockPatienceMs = Limits.LockPatienceMs)
    {
        if (_connection is not null)
        {
            return null;
        }

        var connection = await database.OpenSessionAsync().ConfigureAwait(false);
        try
        {
            if (storeLock is not null && await storeLock.TryTakeAsync(connection, lockPatienceMs).ConfigureAwait(false) is { } holder)
            {
                throw new DatabaseLockedException(database.Where, holder, storeLock.IsShared);
            }

            long seq = 0, at = 0;
            var settings = new Statements();
            Array.ForEach(Limits.SessionSettings, setting => settings.Add(setting));
            await settings
                .Read(DurableCommits, static _ => { })
                .Read(BeginGeneration, row => (_generation, seq, at) = (row.GetInt32(0), row.GetInt64(1), row.GetInt64(2)), _id)
                .RunAsync(connection).ConfigureAwait(false);
            var tookPlace = _isUnderWay && seq == _seq + 1;
            _seq = seq;
            _isUnderWay = false;
            _connection = connection;
            return tookPlace ? at : null;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The last statement of a transaction before its commit.</summary>
    /// <param name="partitions">Those appended to, for the instant; may be none.</param>
    public void Add(Statements statements, short[] partitions)
    {
        _isUnderWay = true;
        statements.Read(Count, static _ => { }, _id, _generation, _seq + 1, partitions);
    }

    /// <summary>It took place.</summary>
    public void Committed()
    {
        _seq++;
        _isUnderWay = false;
    }

    /// <summary>It did not: the server said so.</summary>
    public async Task RollbackAsync()
    {
        _isUnderWay = false;
        if (_connection is not null)
        {
            try
            {
                await new Statements().Add("ROLLBACK").RunAsync(_connection).ConfigureAwait(false);
            }
            catch (Exception)
            {
                // The connection is gone, and the transaction with it. The writer goes on with another one.
                await LoseAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>The connection broke: nobody knows yet what became of the transaction.</summary>
    public async Task LoseAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    public Task EndOthersAsync() => new Statements().Add("DELETE FROM writers WHERE id <> $1", _id).RunAsync(Connection);

    /// <summary>Ends cleanly: nobody will ask for this writer again.</summary>
    public async Task EndAsync()
    {
        if (_connection is not null)
        {
            try
            {
                await new Statements().Add("DELETE FROM writers WHERE id = $1", _id).RunAsync(_connection).ConfigureAwait(false);
            }
            catch (Exception error) when (Failures.IsUnavailable(error))
            {
                // A row that stays behind harms nobody.
            }

            await LoseAsync().ConfigureAwait(false);
        }
    }
}
