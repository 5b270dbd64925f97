using Microsoft.Extensions.Logging;
using Npgsql;
using Triggers.Storage.Postgres.Data;

namespace Triggers.Storage.Postgres.Log;

/// <summary>
/// Learns of what other processes append: they announce it after their commit (not in it: a transaction that notifies holds up every other one until it is on
/// disk), and once a second the heads are read all the same, since an announcement may be lost.
/// </summary>
internal sealed partial class HeadWatch : IAsyncDisposable
{
    private readonly PostgresDatabase _database;
    private readonly LogTail _tail;
    private readonly ILogger _logger;
    private readonly Func<bool, Task> _refreshed;
    private readonly CancellationTokenSource _stop = new();
    private readonly string _channel;
    private readonly Task _watching;
    private int _announcing;
    private volatile bool _announceAgain;
    private volatile bool _announceSettings;
    private volatile bool _settingsAnnounced;

    /// <param name="refreshed">Reads settings again that others may have changed; true: they have.</param>
    public HeadWatch(PostgresDatabase database, string channel, LogTail tail, Func<bool, Task> refreshed, ILogger logger)
    {
        _database = database;
        _channel = channel;
        _tail = tail;
        _refreshed = refreshed;
        _logger = logger;
        _watching = Task.Run(WatchAsync);
    }

    public static string ChannelOf(PostgresDatabase database)
        => database.Query("SELECT 'triggers_log_' || to_hex(hashtext(current_schema()))", row => row.GetString(0))[0];

    public static Task RefreshAsync(PostgresDatabase database, LogTail tail)
        => database.ReadAsync(connection =>
        {
            tail.MoveHeads(PostgresDatabase.Query(connection, LogTable.SelectHeads, row => ((int)row.GetInt16(0), row.GetInt64(1), row.GetInt64(2))));
            return Task.FromResult(true);
        });

    /// <summary>Tells other processes that something was appended; one announcement at a time is under way.</summary>
    public void Announce()
    {
        _announceAgain = true;
        if (Interlocked.CompareExchange(ref _announcing, 1, 0) == 0)
        {
            _ = Task.Run(AnnounceAsync);
        }
    }

    /// <summary>Tells other processes that a setting changed.</summary>
    public void AnnounceSettings()
    {
        _announceSettings = true;
        Announce();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task AnnounceAsync()
    {
        try
        {
            while (_announceAgain)
            {
                _announceAgain = false;
                var payload = _announceSettings ? ", 'settings'" : "";
                _announceSettings = false;
                var command = _database.Source.CreateCommand($"NOTIFY {_channel}{payload}");
                await using (command.ConfigureAwait(false))
                {
                    await command.ExecuteNonQueryAsync(_stop.Token).ConfigureAwait(false);
                }
            }
        }
        catch (Exception error) when (Failures.IsUnavailable(error) || error is OperationCanceledException or ObjectDisposedException)
        {
            // Others find it within a second.
        }
        finally
        {
            Volatile.Write(ref _announcing, 0);
        }
    }

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await ListenAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception error)
            {
                LogWatchFailed(_logger, Failures.Reason(error));
                await Task.Delay(Limits.WatchMs, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ListenAsync()
    {
        var connection = await _database.Source.OpenConnectionAsync(_stop.Token).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            connection.Notification += (_, notification) => _settingsAnnounced |= notification.Payload.Length > 0;
            await new Statements().Add($"LISTEN {_channel}").RunAsync(connection).ConfigureAwait(false);
            while (true)
            {
                _tail.MoveHeads(await HeadsAsync(connection).ConfigureAwait(false));
                var changed = _settingsAnnounced;
                _settingsAnnounced = false;
                await _refreshed(changed).ConfigureAwait(false);
                await connection.WaitAsync(Limits.WatchMs, _stop.Token).ConfigureAwait(false);
            }
        }
    }

    private static async Task<List<(int Partition, long Head, long At)>> HeadsAsync(NpgsqlConnection connection)
    {
        var heads = new List<(int Partition, long Head, long At)>();
        await new Statements().Read(LogTable.SelectHeads, row => heads.Add((row.GetInt16(0), row.GetInt64(1), row.GetInt64(2)))).RunAsync(connection).ConfigureAwait(false);
        return heads;
    }

    [LoggerMessage(EventId = 1110, Level = LogLevel.Warning, Message = "Others' appends cannot be watched: {Reason}. It is tried again.")]
    private static partial void LogWatchFailed(ILogger logger, string reason);
}
