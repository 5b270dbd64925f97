using System.Security.Cryptography;
using System.Text;
using Triggers.Silo.Cli;
using Triggers.Storage;

namespace Triggers.Silo.Serve;

/// <summary>The folder that holds everything a server keeps, and the two small files that other commands find it by.</summary>
public sealed class DataFolder
{
    private const string KeyFile = "management.key";
    private const string WebhookSecretFile = "webhook.secret";
    private const string AddressFile = "server.url";

    /// <summary>What a back-up takes along with the store: all that a server reads from the folder.</summary>
    public static readonly IReadOnlyList<string> KeptFiles = [KeyFile, WebhookSecretFile, "appsettings.json"];

    private DataFolder(string path) => Path = path;

    public string Path { get; }

    public string KeyPath => System.IO.Path.Combine(Path, KeyFile);

    /// <summary>Makes the folder if it is not there, and finds out by trying whether it can be written.</summary>
    public static DataFolder Open(string path)
    {
        try
        {
            PrivateFolder.Create(path);
            var probe = System.IO.Path.Combine(path, $".write-{Environment.ProcessId}");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            return new DataFolder(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The data folder {path} cannot be written: {error.Message} Give another with --data, or mend its permissions.");
        }
    }

    /// <summary>The management key: the configured one, which the processes of a cluster have in common, or one made at the first start, readable by its owner alone.</summary>
    public string ReadOrCreateKey(string? configured)
    {
        if (!string.IsNullOrWhiteSpace(configured))
        {
            return configured.Trim().Length >= 16 ? configured.Trim() : throw new UserErrorException("ManagementKey is too short: 16 characters or more were expected.", ExitCodes.Usage);
        }

        if (File.Exists(KeyPath))
        {
            var kept = File.ReadAllText(KeyPath).Trim();
            return kept.Length >= 16 ? kept : throw new UserErrorException($"{KeyPath} holds no key (16 characters or more). Delete it to have a new one made.");
        }

        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        WritePrivate(KeyPath, key);
        return key;
    }

    /// <summary>Says to whoever receives webhooks which key signs them: the file is always the truth, or not there.</summary>
    /// <param name="secret">null: it is configured, and stands there.</param>
    /// <returns>The file's path; null: there is none.</returns>
    public string? KeepWebhookSecret(string? secret)
    {
        var path = System.IO.Path.Combine(Path, WebhookSecretFile);
        if (secret is null)
        {
            File.Delete(path);
            return null;
        }

        if (ReadText(path) != secret)
        {
            File.Delete(path);
            WritePrivate(path, secret);
        }

        return path;
    }

    /// <summary>Says to other commands on this machine where the server that has the folder listens, until it is disposed.</summary>
    public IDisposable ShowAddress(string url)
    {
        var path = System.IO.Path.Combine(Path, AddressFile);
        Write(path, () => File.WriteAllText(path, url + "\n"));
        return new ShownAddress(path);
    }

    public static string? ReadAddress(string folder) => ReadText(System.IO.Path.Combine(folder, AddressFile));

    public static string? ReadKey(string folder) => ReadText(System.IO.Path.Combine(folder, KeyFile));

    /// <summary>A new file that only its owner can read.</summary>
    private static void WritePrivate(string path, string line)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new FileStream(path, options);
        Write(path, () =>
        {
            file.Write(Encoding.ASCII.GetBytes(line + "\n"));
            file.Flush(flushToDisk: true);
        });
    }

    /// <summary>On a full disk nothing is left: half a file would be taken for a whole one at the next start.</summary>
    private static void Write(string path, Action write)
    {
        try
        {
            write();
        }
        catch (IOException error)
        {
            File.Delete(path);
            throw new UserErrorException($"{path} cannot be written: {error.Message}");
        }
    }

    private sealed class ShownAddress(string path) : IDisposable
    {
        /// <summary>A folder that was renamed or deleted under the server has nothing to take away, and the server stops all the same.</summary>
        public void Dispose()
        {
            try
            {
                File.Delete(path);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // An address where nobody answers is taken for that of a killed server.
            }
        }
    }

    private static string? ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
