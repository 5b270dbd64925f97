using System.CommandLine;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Triggers.Engine.Definitions;
using Triggers.Runtime.Definitions;
using Triggers.Silo.Cli;
using Triggers.Web.Api;

namespace Triggers.Silo.Definitions;

/// <summary><c>triggers export</c>, <c>apply</c>, <c>versions</c> and <c>rollback</c>: the definitions of a running server as files, and back.</summary>
public static class ConfigCommands
{
    private const int ChangesNamed = 12;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private static readonly Argument<string> _folder = new("DIR") { Description = "Folder of definitions." };
    private static readonly Option<bool> _force = new("--force") { Description = "Write over files that read otherwise." };
    private static readonly Option<bool> _dryRun = new("--dry-run") { Description = "Say what would change, and change nothing." };
    private static readonly Argument<int> _version = new("VERSION") { Description = "As triggers versions lists them." };
    private static readonly Option<int?> _expect = new("--expect") { Description = "Only if this version is in force. Without it: the one that the plan was made against." };

    public static IEnumerable<Command> Create()
    {
        yield return With(new Command("export", "Write the definitions in force on a running server into a folder.") { _folder, _force }, ExportAsync);
        yield return With(new Command("apply", "Bring a folder of definitions into force on a running server, after saying what changes.") { _folder, _dryRun, _expect }, ApplyAsync);
        yield return With(new Command("versions", "What each of the latest versions of a running server's definitions changed."), VersionsAsync);
        yield return With(new Command("rollback", "Bring an earlier version of the definitions back into force on a running server, as a new version.") { _version, _dryRun }, RollBackAsync);
    }

    private static Command With(Command command, Func<ManagementApi, ParseResult, CancellationToken, Task<int>> run) => ManagementApi.Command(command, _patience, run);

    private static async Task<int> ExportAsync(ManagementApi api, ParseResult parsed, CancellationToken cancellation)
    {
        var folder = Path.GetFullPath(parsed.GetValue(_folder)!);
        var current = await CurrentAsync(api, cancellation);
        var targets = current.Files.Select(file => (file.Text, Path: PathIn(folder, file.Path))).ToList();
        var others = targets.Where(target => File.Exists(target.Path) && File.ReadAllText(target.Path) != target.Text).Select(target => Path.GetRelativePath(folder, target.Path)).ToList();
        if (others.Count > 0 && !parsed.GetValue(_force))
        {
            throw new UserErrorException($"{folder} has files that read otherwise: {string.Join(", ", others)}. Nothing was written; --force writes over them.");
        }

        foreach (var (text, path) in targets)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), cancellation);
        }

        Console.Out.WriteLine($"version {current.Version}: {targets.Count} files in {folder}");
        var known = targets.Select(target => target.Path).ToHashSet(StringComparer.Ordinal);
        foreach (var file in DefinitionFolder.Read(folder).Where(file => !known.Contains(PathIn(folder, file.Path))))
        {
            Console.Out.WriteLine($"not in force, left as it is: {file.Path}");
        }

        return ExitCodes.Ok;
    }

    private static async Task<int> ApplyAsync(ManagementApi api, ParseResult parsed, CancellationToken cancellation)
    {
        var folder = DefinitionsPath.Resolve(parsed.GetValue(_folder)!);
        var loaded = DefinitionFolder.Load(folder);
        if (loaded.Definitions is null)
        {
            throw new UserErrorException($"The definitions in {folder} are not valid:\n{string.Join('\n', loaded.Errors)}", ExitCodes.Partial);
        }

        return await BringAsync(api, DefinitionFolder.Read(folder), parsed.GetValue(_expect), parsed.GetValue(_dryRun), cancellation);
    }

    private static async Task<int> VersionsAsync(ManagementApi api, ParseResult parsed, CancellationToken cancellation)
    {
        var versions = (await ReadAsync<ItemList<VersionView>>(api, "/api/v1/definitions/versions", cancellation)).Items;
        foreach (var version in versions)
        {
            Console.Out.WriteLine($"{version.Version,5}  {version.SavedAt:yyyy-MM-dd HH:mm:ss}  {(version.InForce ? "in force" : "        ")}  {InWords(version)}");
        }

        return ExitCodes.Ok;
    }

    /// <summary>Files only where nothing else changed; many changes as numbers.</summary>
    private static string InWords(VersionView version)
    {
        if (version.Fills > 0)
        {
            return $"the same, filled from history up to version {version.Fills}";
        }

        var elements = version.Changes.Where(change => change.Kind != "file").ToList();
        return string.Join(", ", elements.Count switch
        {
            0 => version.Changes.Select(change => $"{change.Change} {change.Id}"),
            > ChangesNamed => elements.GroupBy(change => (change.Change, change.Kind)).Select(group => $"{group.Key.Change} {group.Count()} {group.Key.Kind}{(group.Count() == 1 ? "" : "s")}"),
            _ => elements.Select(change => $"{change.Change} {change.Kind} {change.Id}"),
        });
    }

    private static async Task<int> RollBackAsync(ManagementApi api, ParseResult parsed, CancellationToken cancellation)
    {
        var former = await ReadAsync<VersionFiles>(api, $"/api/v1/definitions/versions/{parsed.GetValue(_version)}", cancellation);
        return await BringAsync(api, former.Files, null, parsed.GetValue(_dryRun), cancellation);
    }

    private static async Task<int> BringAsync(ManagementApi api, IReadOnlyList<DefinitionFile> files, int? expected, bool dryRun, CancellationToken cancellation)
    {
        var trial = await SendAsync(api, files, expected, dryRun: true, cancellation);
        foreach (var change in trial.Plan.Files.Concat(trial.Plan.Elements))
        {
            Console.Out.WriteLine($"{change.Change,-8} {change.Kind,-9} {change.Id}");
        }

        foreach (var warning in trial.Warnings)
        {
            Console.Out.WriteLine($"warning: {warning}");
        }

        if (trial.Plan.Files.Count == 0)
        {
            Console.Out.WriteLine($"nothing changes: version {trial.Version} is in force");
            return ExitCodes.Ok;
        }

        if (dryRun)
        {
            Console.Out.WriteLine($"version {trial.Version} stays in force: this was a trial");
            return ExitCodes.Ok;
        }

        var applied = await SendAsync(api, files, trial.Version, dryRun: false, cancellation);
        Console.Out.WriteLine($"version {applied.Version} is in force");
        if ((await CurrentAsync(api, cancellation)).Folder == FolderStates.Differs)
        {
            Console.Out.WriteLine("The server's own folder reads otherwise and stays as it is: what was applied holds over restarts, until the folder is changed or reloaded.");
        }

        return ExitCodes.Ok;
    }

    private static Task<InForce> CurrentAsync(ManagementApi api, CancellationToken cancellation) => ReadAsync<InForce>(api, "/api/v1/definitions", cancellation);

    private static async Task<T> ReadAsync<T>(ManagementApi api, string path, CancellationToken cancellation)
    {
        using var answer = await api.GetAsync(path, cancellation);
        return answer.StatusCode == HttpStatusCode.OK
            ? (await answer.Content.ReadFromJsonAsync<T>(JsonSerializerOptions.Web, cancellation))!
            : throw await api.RefusalAsync(answer, cancellation);
    }

    private static async Task<ApplyResult> SendAsync(ManagementApi api, IReadOnlyList<DefinitionFile> files, int? expected, bool dryRun, CancellationToken cancellation)
    {
        using var answer = await api.PutAsync("/api/v1/definitions", new { files, expected, dryRun }, cancellation);
        return answer.StatusCode == HttpStatusCode.OK
            ? (await answer.Content.ReadFromJsonAsync<ApplyResult>(JsonSerializerOptions.Web, cancellation))!
            : throw await api.RefusalAsync(answer, cancellation);
    }

    /// <summary>A server's paths are its own affair: none leads out of the folder.</summary>
    private static string PathIn(string folder, string path)
    {
        var full = Path.GetFullPath(Path.Combine(folder, path));
        return full.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? full : throw new UserErrorException($"The server names a file outside of the folder: {path}. Nothing was written.");
    }

    private sealed record InForce(int Version, string Folder, IReadOnlyList<DefinitionFile> Files);
}
