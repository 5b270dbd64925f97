using System.Collections.Concurrent;
using Triggers.Storage.Postgres.Data;

namespace Triggers.Storage.Postgres.Lists;

/// <summary>Named values, held in memory: the pump asks before every message. What another process sets is seen within a second.</summary>
internal sealed class PostgresSettings(PostgresDatabase database) : ISettingStore
{
    private ConcurrentDictionary<string, string> _values = new(StringComparer.Ordinal);
    private long _readAt;

    public string? Get(string name) => _values.GetValueOrDefault(name);

    public void Load()
    {
        _readAt = Environment.TickCount64;
        _values = new ConcurrentDictionary<string, string>(
            database.Query("SELECT name, value FROM settings", row => KeyValuePair.Create(row.Text(0), row.Text(1))), StringComparer.Ordinal);
    }

    /// <summary>Reads them again, at most once a second.</summary>
    public Task RefreshAsync()
    {
        if (Environment.TickCount64 - _readAt >= Limits.WatchMs)
        {
            Load();
        }

        return Task.CompletedTask;
    }

    public async Task SetAsync(string name, string? value)
    {
        if (value is null)
        {
            await database.WriteAsync("DELETE FROM settings WHERE name = $1", name).ConfigureAwait(false);
            _values.TryRemove(name, out _);
        }
        else
        {
            await database.WriteAsync("INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value).ConfigureAwait(false);
            _values[name] = value;
        }
    }
}
