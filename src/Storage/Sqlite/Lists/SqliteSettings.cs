using System.Collections.Concurrent;
using Triggers.Storage.Sqlite.Data;
using Triggers.Storage.Sqlite.Writing;

namespace Triggers.Storage.Sqlite.Lists;

/// <summary>Named values, held in memory: the pump asks before every message.</summary>
internal sealed class SqliteSettings(StoreWriter writer) : ISettingStore, IDisposable
{
    public const string Upsert = "INSERT INTO Settings (Name, Value) VALUES (?, ?) ON CONFLICT (Name) DO UPDATE SET Value = excluded.Value";

    private readonly ConcurrentDictionary<string, string> _values = new(StringComparer.Ordinal);

    private readonly SemaphoreSlim _updating = new(1);

    /// <summary>There is no other process.</summary>
    public event Action? Changed
    {
        add { }
        remove { }
    }

    public void Load(SqliteDatabase database)
    {
        using var row = database.Statement("SELECT Name, Value FROM Settings");
        while (row.Step())
        {
            _values[row.Text(0)] = row.Text(1);
        }
    }

    public string? Get(string name) => _values.GetValueOrDefault(name);

    public Task SetAsync(string name, string? value)
        => writer.Run(transaction =>
        {
            if (value is null)
            {
                transaction.Database.Statement("DELETE FROM Settings WHERE Name = ?").Bind(1, name).Run();
                transaction.AfterCommit(() => _values.TryRemove(name, out _));
            }
            else
            {
                Set(transaction, name, value);
            }

            return true;
        });

    public async Task UpdateAsync(string name, Func<string?, Task<string?>> change)
    {
        await _updating.WaitAsync().ConfigureAwait(false);
        try
        {
            await SetAsync(name, await change(Get(name)).ConfigureAwait(false)).ConfigureAwait(false);
        }
        finally
        {
            _updating.Release();
        }
    }

    /// <summary>There is no other process.</summary>
    public void Refresh()
    {
    }

    public void Dispose() => _updating.Dispose();

    /// <summary>In somebody's transaction.</summary>
    public void Set(WriteTransaction transaction, string name, string value)
    {
        transaction.Database.Statement(Upsert).Bind(1, name).Bind(2, value).Run();
        transaction.AfterCommit(() => _values[name] = value);
    }
}
