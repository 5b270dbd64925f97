using Microsoft.Extensions.Logging;
using Triggers.Engine.Definitions;
using Triggers.Engine.Records;
using Triggers.Runtime.Hosting;
using Triggers.Runtime.Loop;
using Triggers.Runtime.Programs;
using Triggers.Storage;

namespace Triggers.Runtime.Definitions;

/// <summary>Takes definitions from their folder into the store as versions, and brings a version into force by a fact on every partition.</summary>
internal sealed class DefinitionService : IDefinitions, IDisposable
{
    private readonly string _folder;
    private readonly IStore _store;
    private readonly ProgramLibrary _library;
    private readonly FactJournal _journal;
    private readonly Appender _appender;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _one = new(1);
    private (int Version, DefinitionSet Definitions) _current;

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

    /// <summary>Reads the folder and saves it if it is new. Not in force before <see cref="ActivateAsync"/>.</summary>
    /// <exception cref="DefinitionsInvalidException">The folder has errors; nothing was saved.</exception>
    public static async Task<DefinitionService> OpenAsync(
        string folder, IStore store, ProgramLibrary library, FactJournal journal, Appender appender, TimeProvider time, ILogger log)
    {
        var service = new DefinitionService(folder, store, library, journal, appender, time, log);
        var (files, result) = service.Read();
        if (result.Definitions is not { } definitions)
        {
            throw new DefinitionsInvalidException(folder, result.Errors);
        }

        service._current = (await service.SaveAsync(files, definitions), definitions);
        return service;
    }

    public DefinitionSet At(int version) => version == Version ? Current : _library.Definitions(version) ?? Current;

    /// <summary>Tells the partitions that do not run the current version yet.</summary>
    public async Task ActivateAsync(IEnumerable<PartitionStatus> partitions, CancellationToken cancellation)
    {
        var behind = partitions.Where(partition => partition.ProgramVersion != Version).Select(partition => partition.Number).ToList();
        if (behind.Count > 0)
        {
            await ActivateAsync(behind, Version, cancellation);
        }
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
                return new ReloadResult(Valid: true, Changed: false, version, []);
            }

            await ActivateAsync(Enumerable.Range(0, _store.Log.Partitions), version, cancellation);
            _current = (version, definitions);
            return new ReloadResult(Valid: true, Changed: true, version, []);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task ActivateAsync(IEnumerable<int> partitions, int version, CancellationToken cancellation)
    {
        var at = await _appender.AppendFactAsync(partitions, FactKind.ProgramActivated, version, "", cancellation);
        if (_journal.ActivatedAt(version) is null)
        {
            await _journal.AddAsync(new PastFact(at, FactKind.ProgramActivated, version, ""));
        }

        _log.Activated(version);
    }

    private async Task<int> SaveAsync(IReadOnlyList<DefinitionFile> files, DefinitionSet definitions)
    {
        var version = await _store.Definitions.SaveAsync(files, _time.GetUtcNow().ToUnixTimeMilliseconds());
        _library.Remember(version, definitions);
        return version;
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
}
