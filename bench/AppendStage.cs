using Triggers.Engine.Records;
using Triggers.Storage;
using Triggers.Storage.Sqlite;

namespace Triggers.Bench;

/// <summary>Encoded records into the log, durable.</summary>
internal sealed class AppendStage : IStage
{
    private readonly string _folder = Directory.CreateTempSubdirectory("triggers-bench-").FullName;
    private SqliteStore? _store;
    private RecordBatch? _records;

    public string Name => "append";

    public int Operations => Samples.Events;

    public async Task SetUpAsync()
    {
        _store = await SqliteStore.OpenAsync(new SqliteStoreOptions { Folder = _folder, MaintainsItself = false }, TimeProvider.System);
        long id = 0;
        _records = Samples.Records(ref id);
    }

    public async Task RunAsync()
    {
        var result = await _store!.Log.AppendAsync(_records!, AppendLane.External);
        if (!result.IsOk)
        {
            throw new InvalidOperationException(result.Reason);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _store!.DisposeAsync();
        _records!.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
