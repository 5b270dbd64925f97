using System.Globalization;
using Microsoft.Extensions.Logging;
using Triggers.Engine.Definitions;
using Triggers.Engine.Records;
using Triggers.Runtime.Hosting;
using Triggers.Runtime.Lists;
using Triggers.Runtime.Loop;
using Triggers.Runtime.Programs;
using Triggers.Storage;

namespace Triggers.Runtime.Definitions;

/// <summary>Takes definitions from their folder into the store as versions, and brings a version into force by a fact on every partition.</summary>
internal sealed class DefinitionService : IDefinitions, IDisposable
{
    /// <summary>The version that was applied last, from outside of the folder.</summary>
    private const string AppliedSetting = "definitions/applied";

    private readonly string _folder;
    private readonly IStore _store;
    private readonly ProgramLibrary _library;
    private readonly FactJournal _journal;
    private readonly Appender _appender;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _one = new(1);
    private readonly Lock _moving = new();
    private volatile Versioned _current = new(0, new DefinitionSet());
    private volatile int _told;

    private DefinitionService(string folder, IStore store, ProgramLibrary library, FactJournal journal, Appender appender, TimeProvider time, ILogger log)
    {
        _folder = folder;
        _store = store;
        _library = library;
        _journal = journal;
        _appender = appender;
        _time = time;
        _log = log;
    }

    public int Version => _current.Version;

    public DefinitionSet Current => _current.Definitions;

    /// <summary>
    /// Reads the folder and saves it if it is new. In a cluster, and where the version in force was applied from outside, a folder that was saved once and replaced
    /// since is an old one: the version in force stays, and without a folder it is the store's that counts. Not in force before <see cref="ActivateAsync(CancellationToken)"/>.
    /// </summary>
    /// <exception cref="DefinitionsInvalidException">The folder has errors; nothing was saved.</exception>
    public static async Task<DefinitionService> OpenAsync(
        string folder, IStore store, ProgramLibrary library, FactJournal journal, Appender appender, TimeProvider time, ILogger log)
    {
        var service = new DefinitionService(folder, store, library, journal, appender, time, log);
        if (service.Newest() is var newest and > 0 && (store.IsShared || service.IsApplied(newest)))
        {
            var files = Directory.Exists(folder) ? service.ReadFiles() : null;
            if (files is null || service.WasSaved(files, newest))
            {
                // A version that was filled from history has the files of the one before: these are in force, and not older.
                if (files is not null && !service.Has(newest, files))
                {
                    log.OlderDefinitions(folder, newest);
                }

                service._current = new Versioned(newest, library.Definitions(newest) ?? throw new InvalidDataException($"Version {newest} of the definitions is in force, and this program cannot read it."));
                return service;
            }
        }

        var (read, result) = service.Read();
        if (result.Definitions is not { } definitions)
        {
            throw new DefinitionsInvalidException(folder, result.Errors);
        }

        service._current = new Versioned(await service.SaveAsync(read, definitions), definitions);
        return service;
    }

    public DefinitionSet At(int version) => version == Version ? Current : _library.Definitions(version) ?? Current;

    /// <summary>Brings the current version into force where it is not yet, and from now on follows what other processes bring into force.</summary>
    public async Task ActivateAsync(CancellationToken cancellation)
    {
        await ActivateAsync(Version, cancellation);
        _journal.Changed += Follow;
        Follow();
    }

    public async Task<ReloadResult> ReloadAsync(CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            var (files, result) = Read();
            if (result.Definitions is not { } definitions)
            {
                _log.DefinitionsInvalid(result.Errors.Count, Version, result.Errors[0].ToString());
                return new ReloadResult(Valid: false, Changed: false, Version, result.Errors);
            }

            var version = await SaveAsync(files, definitions);
            if (version == Version)
            {
                return new ReloadResult(Valid: true, Changed: false, version, []) { Warnings = Warnings(definitions) };
            }

            await ActivateAsync(version, cancellation);
            Move(version, definitions);
            return new ReloadResult(Valid: true, Changed: true, version, []) { Warnings = Warnings(definitions) };
        }
        finally
        {
            _one.Release();
        }
    }

    public async Task<ApplyResult> ApplyAsync(IReadOnlyList<DefinitionFile> files, int? expected, bool dryRun, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            var (current, result) = (_current, DefinitionLoader.Load(files));
            if (result.Definitions is not { } definitions)
            {
                return new ApplyResult(Valid: false, Changed: false, current.Version, new DefinitionPlan([], []), result.Errors);
            }

            var plan = DefinitionPlan.Between(_store.Definitions.Find(current.Version)?.Files ?? [], files, current.Definitions, definitions);
            if (expected is { } from && BaseOf(from) != BaseOf(current.Version))
            {
                throw new DefinitionsMovedException(from, current.Version);
            }

            if (dryRun || plan.Files.Count == 0)
            {
                return new ApplyResult(Valid: true, Changed: false, current.Version, plan, []) { Warnings = Warnings(definitions) };
            }

            var version = await SaveAsync(files, definitions);
            await _store.Settings.SetAsync(AppliedSetting, version.ToString(CultureInfo.InvariantCulture));
            await ActivateAsync(version, cancellation);
            Move(version, definitions);
            return new ApplyResult(Valid: true, Changed: true, version, plan, []) { Warnings = Warnings(definitions) };
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Everything that versions up to one introduced has been filled: brings the definitions in force into force once more, with that known.</summary>
    /// <returns>The version that does; 0: another process has done it; null: somebody is changing the definitions right now, to be tried again.</returns>
    public async Task<int?> AdoptFillAsync(int fills, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            int? adopted = null;
            _journal.Refresh();
            await _journal.AddAsync(async facts =>
            {
                // Another process has told of a version that is not known here yet: nothing of it may be asked for while the journal is being written.
                var newest = FactJournal.NewestOf(facts);
                if (newest != _journal.ProgramVersion)
                {
                    return null;
                }

                if (!_library.Get(newest).Unfilled.Contains(fills))
                {
                    adopted = 0;
                    return null;
                }

                // One that was saved before a crash, and never told of, is told of now.
                adopted = await _store.Definitions.SaveFilledAsync(newest, fills, _time.GetUtcNow().ToUnixTimeMilliseconds())
                    ?? (_store.Definitions.Find(_store.Definitions.LatestVersion) is { } latest && latest.Fills >= fills && latest.Version > newest ? latest.Version : null);
                return adopted is { } version ? await TellAsync(version, cancellation) : null;
            });
            if (adopted is > 0 and { } filled && _library.Definitions(filled) is { } definitions)
            {
                Move(filled, definitions);
            }

            return adopted;
        }
        finally
        {
            _one.Release();
        }
    }

    public string Folder()
    {
        var files = ReadFiles();
        return files.Count == 0 ? FolderStates.None : Has(Version, files) ? FolderStates.Same : FolderStates.Differs;
    }

    public void Dispose()
    {
        _journal.Changed -= Follow;
        _one.Dispose();
    }

    /// <summary>Tells every partition, unless it was told or a later version is in force.</summary>
    private Task ActivateAsync(int version, CancellationToken cancellation) => _journal.AddAsync(async facts =>
    {
        if (FactJournal.NewestOf(facts) >= version)
        {
            return null;
        }

        return await TellAsync(version, cancellation);
    });

    private async Task<PastFact?> TellAsync(int version, CancellationToken cancellation)
    {
        var at = await _appender.AppendFactAsync(Enumerable.Range(0, _store.Log.Partitions), FactKind.ProgramActivated, version, "", cancellation);
        _told = version;
        _log.Activated(version);
        return new PastFact(at, FactKind.ProgramActivated, version, "");
    }

    private IReadOnlyList<string> Warnings(DefinitionSet definitions) => ListService.Warnings(definitions, _store.Lists);

    private bool IsApplied(int version) => _store.Settings.Get(AppliedSetting) is { } applied && BaseOf(int.Parse(applied, CultureInfo.InvariantCulture)) == BaseOf(version);

    /// <summary>The version in which somebody last changed something: those that brought history are the same definitions.</summary>
    private int BaseOf(int version)
    {
        while (_store.Definitions.Find(version) is { Fills: > 0 })
        {
            version--;
        }

        return version;
    }

    /// <summary>The version in force, or the newest one saved where none is yet.</summary>
    private int Newest() => _journal.ProgramVersion is var active and > 0 ? active : _store.Definitions.LatestVersion;

    /// <summary>On a thread of the pool: whoever told of the change waits for nothing.</summary>
    private void Follow()
    {
        if (_journal.ProgramVersion > Version)
        {
            _ = Task.Run(() =>
            {
                var version = _journal.ProgramVersion;
                try
                {
                    if (version > Version && _library.Definitions(version) is { } definitions)
                    {
                        Move(version, definitions);
                        if (version != _told)
                        {
                            _log.FollowsDefinitions(version);
                        }
                    }
                }
                catch (Exception error)
                {
                    _log.FollowFailed(error, version);
                }
            });
        }
    }

    /// <summary>Never back: two that move at once end at the later version.</summary>
    private void Move(int version, DefinitionSet definitions)
    {
        lock (_moving)
        {
            _current = version > _current.Version ? new Versioned(version, definitions) : _current;
        }
    }

    private bool Has(int version, IReadOnlyList<DefinitionFile> files) => _store.Definitions.Find(version) is { } saved && IsSame(saved.Files, files);

    private static bool IsSame(IReadOnlyList<DefinitionFile> saved, IReadOnlyList<DefinitionFile> files) =>
        saved.OrderBy(file => file.Path, StringComparer.Ordinal).SequenceEqual(files.OrderBy(file => file.Path, StringComparer.Ordinal));

    private async Task<int> SaveAsync(IReadOnlyList<DefinitionFile> files, DefinitionSet definitions)
    {
        var version = await _store.Definitions.SaveAsync(files, _time.GetUtcNow().ToUnixTimeMilliseconds());
        _library.Remember(version, definitions);
        return version;
    }

    /// <summary>A version before one had these files.</summary>
    private bool WasSaved(IReadOnlyList<DefinitionFile> files, int before)
    {
        for (var after = 0; _store.Definitions.Read(after, Limits.VersionsReadAtOnce) is { Count: > 0 } some; after = some[^1].Version)
        {
            if (some.Any(saved => saved.Version < before && IsSame(saved.Files, files)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>None where the folder cannot be read.</summary>
    private IReadOnlyList<DefinitionFile> ReadFiles()
    {
        try
        {
            return DefinitionFolder.Read(_folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private (IReadOnlyList<DefinitionFile> Files, DefinitionResult Result) Read()
    {
        try
        {
            var files = DefinitionFolder.Read(_folder);
            return (files, DefinitionLoader.Load(files));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return ([], new DefinitionResult(null, [new DefinitionError(_folder, 0, 0, "", error.Message)]));
        }
    }

    private sealed record Versioned(int Version, DefinitionSet Definitions);
}
