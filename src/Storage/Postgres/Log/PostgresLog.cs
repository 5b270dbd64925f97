using Triggers.Engine.Records;
using Triggers.Storage.Postgres.Writing;

namespace Triggers.Storage.Postgres.Log;

/// <summary>The log's face: appends go to their lane, readers walk memory and chunks.</summary>
internal sealed class PostgresLog(AppendWriter appends, LogTail tail, SharedReads reads, TimeProvider time) : ILog
{
    public int Partitions => tail.Partitions;

    public ValueTask<AppendResult> AppendAsync(RecordBatch records, AppendLane lane, ImportMark? mark = null, CancellationToken cancellation = default)
        => records.Count == 0 && mark is null
            ? new ValueTask<AppendResult>(AppendResult.Ok(time.GetUtcNow().ToUnixTimeMilliseconds()))
            : new ValueTask<AppendResult>(appends.AppendAsync(records, lane == AppendLane.External, mark, cancellation));

    public long Head(int partition) => tail.Head(partition);

    public ILogReader OpenReader(IReadOnlyList<PartitionOffset> from) => new PostgresLogReader(tail, reads, from);
}
