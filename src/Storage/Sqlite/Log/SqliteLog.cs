using Triggers.Engine.Records;
using Triggers.Storage.Sqlite.Data;
using Triggers.Storage.Sqlite.Writing;

namespace Triggers.Storage.Sqlite.Log;

/// <summary>The log's face: appends go to the writer, readers walk the blocks.</summary>
internal sealed class SqliteLog(StoreWriter writer, StoreState state, ReadPool pool) : ILog
{
    public int Partitions => state.Partitions.Length;

    public ValueTask<AppendResult> AppendAsync(RecordBatch records, AppendLane lane, ImportMark? mark = null, CancellationToken cancellation = default)
        => records.Count == 0 && mark is null
            ? new ValueTask<AppendResult>(AppendResult.Ok(state.Time.GetUtcNow().ToUnixTimeMilliseconds()))
            : writer.AppendAsync(records, lane, mark, cancellation);

    public long Head(int partition)
    {
        lock (state.Gate)
        {
            return state.Partitions[partition].Head;
        }
    }

    public ILogReader OpenReader(IReadOnlyList<PartitionOffset> from) => new SqliteLogReader(state.Log, pool, Partitions, from);
}
