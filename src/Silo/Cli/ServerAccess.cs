using System.CommandLine;
using Triggers.Silo.Serve;

namespace Triggers.Silo.Cli;

/// <summary>How commands that talk to a running server are told where it is and given its key.</summary>
internal sealed record ServerAccess(Uri Address, string? Key)
{
    public static Option<string?> UrlOption { get; } = new("--url") { Description = "A running server, such as http://127.0.0.1:8080." };

    public static Option<string?> KeyOption { get; } = new("--key") { Description = "The running server's management key; also TRIGGERS_KEY." };

    public static Option<string?> KeyFileOption { get; } = new("--key-file") { Description = "File that holds the management key." };

    /// <summary>The server that --url names; null: it is not given.</summary>
    public static ServerAccess? FromUrl(ParseResult parsed, string data)
    {
        if (parsed.GetValue(UrlOption) is not { } url)
        {
            return null;
        }

        return Uri.TryCreate(url, UriKind.Absolute, out var server) && server.Scheme is "http" or "https"
            ? new ServerAccess(server, KeyOf(parsed) ?? KeptKey(data))
            : throw new UserErrorException($"--url {url}: an address such as http://127.0.0.1:8080 was expected.", ExitCodes.Usage);
    }

    /// <summary>The server that runs on a data folder, or did when its process was killed; null: none does.</summary>
    public static ServerAccess? FromFolder(ParseResult parsed, string data) =>
        DataFolder.ReadAddress(data) is { } address && Uri.TryCreate(address, UriKind.Absolute, out var server) ? new ServerAccess(server, KeyOf(parsed) ?? KeptKey(data)) : null;

    /// <summary>As the command line or the environment says; null: they do not.</summary>
    public static string? KeyOf(ParseResult parsed) =>
        parsed.GetValue(KeyOption) ?? (parsed.GetValue(KeyFileOption) is { } file ? ReadKey(file) : null) ?? Environment.GetEnvironmentVariable("TRIGGERS_KEY");

    /// <summary>As the server on the folder has it: configured, or made by itself.</summary>
    private static string? KeptKey(string data) => ServeConfiguration.Read(data)["ManagementKey"] is { Length: > 0 } configured ? configured.Trim() : DataFolder.ReadKey(data);

    private static string ReadKey(string path) => File.Exists(path) ? File.ReadAllText(path).Trim() : throw new UserErrorException($"There is no key file {path}.");
}
