using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Triggers.Silo.Cli;
using Triggers.Storage;
using Triggers.Storage.Postgres;
using Triggers.Storage.Sqlite;

namespace Triggers.Silo.Serve;

/// <summary>Where a server keeps everything: the one place that knows which engines there are.</summary>
/// <param name="Connection">Of PostgreSQL; null: SQLite in the data folder. It holds a password: never printed.</param>
/// <param name="LogRetentionDays">0: for ever.</param>
public sealed record StoreChoice(string Folder, string? Connection, int LogRetentionDays)
{
    /// <summary>Of every command that opens a store.</summary>
    public static Option<string?> EngineOption { get; } = new("--store") { Description = "sqlite (in the data folder) or postgres; also Store:Engine." };

    public static Option<string?> ConnectionOption { get; } = new("--connection")
    {
        Description = "PostgreSQL: Host=…;Database=…;Username=…;Password=…. Other users of the machine can read a command line: Store__Connection in the environment keeps the password from them.",
    };

    /// <summary>There is something to open: a file of SQLite, or a database.</summary>
    public bool Exists => Connection is not null || SqliteStore.Exists(Folder);

    /// <summary>For people, without secrets.</summary>
    public string Description => Connection is null ? $"SQLite in {Folder}" : $"PostgreSQL at {PostgresStore.Describe(Connection)}";

    /// <summary>As the command line says, and the configuration of the data folder where it says nothing.</summary>
    public static StoreChoice From(ParseResult parsed, string folder) => Read(ServeConfiguration.Read(folder), folder, parsed.GetValue(EngineOption), parsed.GetValue(ConnectionOption));

    /// <param name="store">From the command line, which wins; null: not given.</param>
    /// <param name="connection">From the command line, which wins; null: not given.</param>
    public static StoreChoice Read(IConfiguration configuration, string folder, string? store = null, string? connection = null)
    {
        connection ??= NullIfBlank(configuration["Store:Connection"]);
        var engine = store ?? NullIfBlank(configuration["Store:Engine"]) ?? (connection is null ? "sqlite" : "postgres");
        switch (engine.ToLowerInvariant())
        {
            case "sqlite" when connection is null:
                return new StoreChoice(folder, null, ReadRetention(configuration));
            case "sqlite":
                throw new UserErrorException("A connection is given, but the store is sqlite, which lies in the data folder. Leave --connection (Store:Connection) out, or choose --store postgres.", ExitCodes.Usage);
            case "postgres" when connection is null:
                throw new UserErrorException("--store postgres needs --connection, such as \"Host=localhost;Database=triggers;Username=triggers;Password=…\", or Store:Connection (Store__Connection in the environment).", ExitCodes.Usage);
            case "postgres":
                return new StoreChoice(folder, connection, ReadRetention(configuration));
            default:
                throw new UserErrorException($"--store {engine}: sqlite or postgres was expected.", ExitCodes.Usage);
        }
    }

    /// <param name="atRest">For reading only: nothing is built or tidied in the background.</param>
    /// <param name="isShared">With a cluster's other processes; of PostgreSQL only.</param>
    public async Task<IStore> OpenAsync(TimeProvider time, ILoggerFactory? logs = null, bool atRest = false, bool isShared = false) => Connection is null
        ? await SqliteStore.OpenAsync(new SqliteStoreOptions { Folder = Folder, LogRetentionDays = LogRetentionDays, MaintainsItself = !atRest }, time, logs)
        : await PostgresStore.OpenAsync(new PostgresStoreOptions { ConnectionString = Connection, LogRetentionDays = LogRetentionDays, MaintainsItself = !atRest, IsShared = isShared }, time, logs);

    private static int ReadRetention(IConfiguration configuration)
    {
        var text = NullIfBlank(configuration["Store:LogRetentionDays"]);
        return text is null ? 0
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) ? days
            : throw new UserErrorException($"Store:LogRetentionDays is '{text}': a number of days was expected; 0: for ever.", ExitCodes.Usage);
    }

    private static string? NullIfBlank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
