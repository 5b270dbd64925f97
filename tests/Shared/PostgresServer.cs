using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Npgsql;

namespace Triggers.Tests.Shared;

/// <summary>
/// A PostgreSQL server of the tests' own, on loopback and a free port. It refuses to run as root, so root runs it as the user postgres or nobody; it ends with
/// this process, whatever becomes of it, since it waits at the other end of a pipe.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const int SigStop = 19, SigCont = 18;

    private static readonly Lazy<Task<PostgresServer>> s_shared = new(StartSharedAsync);
    private static readonly Lazy<string?> s_binaries = new(FindBinaries);
    private readonly string _folder;
    private readonly bool _fsync;
    private string _address = "127.0.0.1";
    private Process? _process;

    private PostgresServer(string folder, int port, bool fsync)
    {
        _folder = folder;
        Port = port;
        _fsync = fsync;
    }

    /// <summary>null: there is one; else why tests that need one are skipped.</summary>
    public static string? WhyNot { get; } = FindOut();

    public int Port { get; }

    /// <summary>Where a program beside the server lies, such as pg_dump; null: it is not installed.</summary>
    public static string? FindTool(string name) => s_binaries.Value is null ? null : Folders().Prepend(s_binaries.Value).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>One for all tests of a process that do not restart it.</summary>
    public static Task<PostgresServer> SharedAsync() => s_shared.Value;

    /// <summary>Where it keeps every WAL segment that is full, if it archives.</summary>
    public string Archive => Path.Combine(_folder, "archive");

    /// <param name="fsync">Commits are durable, and as slow as the disk.</param>
    /// <param name="address">One more of this machine that it listens on, for clients in the given range.</param>
    /// <param name="archives">It keeps the WAL in <see cref="Archive"/>.</param>
    public static async Task<PostgresServer> StartAsync(bool fsync, string? address = null, string? range = null, bool archives = false)
    {
        var server = await MakeAsync(fsync);
        var data = Path.Combine(server._folder, "data");
        await MakeFolderAsync(data);
        await RunAsync([.. AsUser(), Path.Combine(s_binaries.Value!, "initdb"), "-D", data, "-U", "triggers", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);
        if (address is not null)
        {
            server._address += "," + address;
            await File.AppendAllTextAsync(Path.Combine(data, "pg_hba.conf"), $"host all all {range} trust\n");
        }

        if (archives)
        {
            await MakeFolderAsync(server.Archive);
            await File.AppendAllTextAsync(Path.Combine(data, "postgresql.conf"), $"archive_mode = on\narchive_command = 'test ! -f \"{server.Archive}/%f\" && cp \"%p\" \"{server.Archive}/%f\"'\n");
        }

        await server.StartAsync();
        return server;
    }

    /// <summary>A server made of a base back-up and brought forward by what another one has archived.</summary>
    /// <param name="target">How far, as a line of its configuration.</param>
    public static async Task<PostgresServer> RecoverAsync(string backup, string archive, string target)
    {
        var server = await MakeAsync(fsync: true);
        var data = Path.Combine(server._folder, "data");
        await RunAsync("cp", "-r", backup, data);
        await File.AppendAllTextAsync(
            Path.Combine(data, "postgresql.conf"), $"archive_mode = off\nrestore_command = 'cp \"{archive}/%f\" \"%p\"'\n{target}\nrecovery_target_action = promote\n");
        await File.WriteAllTextAsync(Path.Combine(data, "recovery.signal"), "");
        await RunAsync("chmod", "-R", "u=rwX,go=", data);
        if (User is { } user)
        {
            await RunAsync("chown", "-R", user, data);
        }

        await server.StartAsync();
        for (var attempt = 0; (bool)(await server.ScalarAsync("SELECT pg_is_in_recovery()"))!; attempt++)
        {
            await Task.Delay(attempt < 600 ? 50 : throw new TimeoutException("PostgreSQL did not come to its recovery target."));
        }

        return server;
    }

    /// <summary>To the database that every server has; a schema of one's own keeps tests apart.</summary>
    public string ConnectionString(string? schema = null)
        => string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Database=postgres;Username=triggers;Password=not-to-be-shown{(schema is null ? "" : $";Search Path={schema}")}");

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString() + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString() + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    public async Task StartAsync()
    {
        var data = Path.Combine(_folder, "data");
        var log = new StringBuilder();

        // SIGINT: the server disconnects everybody and ends.
        string[] arguments =
        [
            .. AsUser(), "sh", "-c", "\"$@\" & read -r _; kill -INT $!; wait", "sh", Path.Combine(s_binaries.Value!, "postgres"), "-D", data,
            "-p", Port.ToString(CultureInfo.InvariantCulture), "-c", $"listen_addresses={_address}", "-c", $"unix_socket_directories={data}", "-c", "max_connections=600",
            "-c", $"fsync={(_fsync ? "on" : "off")}", "-c", "shared_buffers=64MB",
        ];
        var start = new ProcessStartInfo(arguments[0], arguments[1..]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true };
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (log)
            {
                log.AppendLine(line.Data);
            }
        };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await ExecuteAsync("SELECT 1");
                return;
            }
            catch (NpgsqlException error) when (!_process.HasExited && attempt < 600)
            {
                _ = error;
                await Task.Delay(50);
            }
            catch (NpgsqlException error)
            {
                lock (log)
                {
                    throw new InvalidOperationException($"PostgreSQL did not start:\n{log}", error);
                }
            }
        }
    }

    /// <summary>Ends it; the data stay.</summary>
    public async Task StopAsync()
    {
        if (_process is not null)
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync();
            _process.Dispose();
            _process = null;
        }
    }

    /// <summary>Until everything written so far is in the archive.</summary>
    public async Task ArchiveAsync()
    {
        var last = (string)(await ScalarAsync("SELECT pg_walfile_name(pg_switch_wal())"))!;
        for (var attempt = 0; !File.Exists(Path.Combine(Archive, last)); attempt++)
        {
            await Task.Delay(attempt < 600 ? 50 : throw new TimeoutException($"PostgreSQL did not archive {last}."));
        }
    }

    /// <summary>All its processes stand still, as on a disk that does not answer.</summary>
    public void Freeze() => Signal(SigStop);

    public void Thaw() => Signal(SigCont);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The first of its processes, which makes all others.</summary>
    private int MainProcess => int.Parse(File.ReadLines(Path.Combine(_folder, "data", "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    private void Signal(int signal)
    {
        var main = MainProcess;
        _ = Kill(main, signal);
        foreach (var folder in Directory.GetDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out _)))
        {
            try
            {
                // pid (name) state parent …
                var stat = File.ReadAllText(Path.Combine(folder, "stat"));
                if (stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1] == main.ToString(CultureInfo.InvariantCulture))
                {
                    _ = Kill(int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture), signal);
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // It ended meanwhile.
            }
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);

    private static async Task<PostgresServer> MakeAsync(bool fsync)
    {
        var folder = Directory.CreateTempSubdirectory("triggers-postgres-").FullName;
        await RunAsync("chmod", "755", folder);
        return new PostgresServer(folder, FreePort(), fsync);
    }

    /// <summary>One that the server may write.</summary>
    private static async Task MakeFolderAsync(string path)
    {
        Directory.CreateDirectory(path);
        if (User is { } user)
        {
            await RunAsync("chown", user, path);
        }
    }

    private static async Task<PostgresServer> StartSharedAsync()
    {
        var server = await StartAsync(fsync: false);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(10));
        return server;
    }

    private static string? User { get; } = Environment.UserName != "root" ? null : UserExists("postgres") ? "postgres" : "nobody";

    private static string[] AsUser() => User is { } user ? ["setpriv", $"--reuid={user}", "--clear-groups", "--"] : [];

    private static bool UserExists(string name) => File.Exists("/etc/passwd") && File.ReadLines("/etc/passwd").Any(line => line.StartsWith(name + ":", StringComparison.Ordinal));

    /// <summary>The folder with initdb and postgres: on the PATH, or where Debian keeps it.</summary>
    private static string? FindBinaries() => Folders().FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));

    private static IEnumerable<string> Folders()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        const string Debian = "/usr/lib/postgresql";
        string[] versions = Directory.Exists(Debian) ? [.. Directory.GetDirectories(Debian).OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var version) ? version : 0)] : [];
        return path.Concat(versions.Select(folder => Path.Combine(folder, "bin")));
    }

    private static string? FindOut()
    {
        if (s_binaries.Value is null)
        {
            return "PostgreSQL (initdb and postgres) is not installed";
        }

        try
        {
            RunAsync([.. AsUser(), Path.Combine(s_binaries.Value, "initdb"), "--version"]).GetAwaiter().GetResult();
            RunAsync([.. AsUser(), "ls", "-d", Path.Combine(Path.GetTempPath(), ".")]).GetAwaiter().GetResult();
            return null;
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return $"PostgreSQL cannot be run here: {error.Message}";
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private static async Task RunAsync(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        await output;
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', command)}: {error.Trim()}");
        }
    }
}
