using System.Globalization;
using Npgsql;

namespace Triggers.Silo.Bench.Cluster;

/// <summary>The database that a bench works in: a schema for each server or cluster, and the server's own processor time if it runs on this machine.</summary>
public sealed class BenchPostgres(string connection) : IAsyncDisposable
{
    /// <summary>Of Linux' process times; all its platforms have this.</summary>
    private const double TicksPerSecond = 100;

    private readonly List<string> _schemas = [];

    /// <summary>A connection string to a new schema.</summary>
    public string NewSchema()
    {
        var schema = "bench_" + Guid.NewGuid().ToString("N");
        _schemas.Add(schema);
        return new NpgsqlConnectionStringBuilder(connection) { SearchPath = schema }.ConnectionString;
    }

    /// <summary>What all processes of the server have used since it started, also those that have ended; null: it runs elsewhere.</summary>
    public async Task<TimeSpan?> ProcessorTimeAsync(CancellationToken cancellation)
    {
        // The backend is there as long as its connection.
        await using var source = await OpenAsync(cancellation);
        if (StatOf(source.ProcessID) is not { } mine || !mine.Name.StartsWith("postgres", StringComparison.Ordinal))
        {
            return null;
        }

        var ticks = StatOf(mine.Parent) is { } main ? main.Ticks + main.TicksOfEnded : 0;
        foreach (var folder in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var process) && StatOf(process) is { } stat && stat.Parent == mine.Parent)
            {
                ticks += stat.Ticks;
            }
        }

        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var schema in _schemas)
        {
            await ExecuteAsync($"DROP SCHEMA IF EXISTS {schema} CASCADE");
        }
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var source = await OpenAsync(CancellationToken.None);
        await using var command = source.CreateCommand();
#pragma warning disable CA2100 // All of it is from this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellation)
    {
        var source = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connection) { Pooling = false, CommandTimeout = 300 }.ConnectionString);
        await source.OpenAsync(cancellation);
        return source;
    }

    private static (string Name, int Parent, long Ticks, long TicksOfEnded)? StatOf(int process)
    {
        try
        {
            // pid (name) state parent … utime stime cutime cstime, as proc(5) numbers them.
            var text = File.ReadAllText($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/stat");
            var end = text.LastIndexOf(')');
            var fields = text[(end + 2)..].Split(' ');
            return (text[(text.IndexOf('(', StringComparison.Ordinal) + 1)..end], Number(1), Number(11) + Number(12), Number(13) + Number(14));

            int Number(int field) => int.Parse(fields[field], CultureInfo.InvariantCulture);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
