using Triggers.Storage.Postgres.Data;

namespace Triggers.Storage.Postgres.Lists;

/// <summary>Named values, held in memory: the pump asks before every message. What another process sets is announced, and read once a second all the same.</summary>
internal sealed class PostgresSettings(PostgresDatabase database) : ISettingStore, IDisposable
{
    public const string Upsert = "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";

    private const string LockOne = "SELECT pg_advisory_xact_lock(hashtext('triggers/setting'), hashtext(current_schema() || '/' || $1))";
    private const string SelectOne = "SELECT value FROM settings WHERE name = $1";
    private const string Delete = "DELETE FROM settings WHERE name = $1";

    private readonly SemaphoreSlim _one = new(1);
    private volatile Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private long _readAt;

    public event Action? Changed;

    /// <summary>Something was set here: other processes want to know.</summary>
    public Action? Written { get; set; }

    public string? Get(string name) => _values.GetValueOrDefault(name);

    /// <summary>True: they are not what they were.</summary>
    public bool Load()
    {
        _readAt = Environment.TickCount64;
        var values = new Dictionary<string, string>(
            database.Query("SELECT name, value FROM settings", row => KeyValuePair.Create(row.Text(0), row.Text(1))), StringComparer.Ordinal);
        if (values.Count == _values.Count && values.All(value => _values.GetValueOrDefault(value.Key) == value.Value))
        {
            return false;
        }

        _values = values;
        return true;
    }

    /// <summary>Reads them again, at most once a second unless somebody said that they changed.</summary>
    public async Task RefreshAsync(bool changed)
    {
        if (changed || Environment.TickCount64 - _readAt >= Limits.WatchMs)
        {
            // Not while one is set: an older reading must not undo it.
            await _one.WaitAsync(database.Stop).ConfigureAwait(false);
            try
            {
                changed = Load();
            }
            finally
            {
                _one.Release();
            }

            if (changed)
            {
                Changed?.Invoke();
            }
        }
    }

    public Task SetAsync(string name, string? value)
        => WriteAsync(async () =>
        {
            await (value is null ? database.WriteAsync(Delete, name) : database.WriteAsync(Upsert, name, value)).ConfigureAwait(false);
            Keep(name, value);
            return true;
        });

    public Task UpdateAsync(string name, Func<string?, Task<string?>> change)
        => WriteAsync(async () =>
        {
            var value = await database.WriteAsync(async connection =>
            {
                string? current = null;
                await new Statements().Add(Limits.UpdatePatience).Read(LockOne, static _ => { }, name).Read(SelectOne, row => current = row.Text(0), name).RunAsync(connection).ConfigureAwait(false);
                var next = await change(current).ConfigureAwait(false);
                await (next is null ? new Statements().Add(Delete, name) : new Statements().Add(Upsert, name, next)).RunAsync(connection).ConfigureAwait(false);
                return next;
            }).ConfigureAwait(false);
            Keep(name, value);
            return true;
        });

    public void Refresh()
    {
        bool changed;
        _one.Wait(database.Stop);
        try
        {
            changed = Load();
        }
        finally
        {
            _one.Release();
        }

        if (changed)
        {
            Changed?.Invoke();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<bool> WriteAsync(Func<Task<bool>> write)
    {
        await _one.WaitAsync(database.Stop).ConfigureAwait(false);
        try
        {
            if (!await write().ConfigureAwait(false))
            {
                return false;
            }
        }
        finally
        {
            _one.Release();
        }

        Written?.Invoke();
        return true;
    }

    private void Keep(string name, string? value)
    {
        var values = new Dictionary<string, string>(_values, StringComparer.Ordinal);
        if (value is null)
        {
            values.Remove(name);
        }
        else
        {
            values[name] = value;
        }

        _values = values;
    }
}
