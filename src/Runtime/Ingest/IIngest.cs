using Triggers.Engine.Records;
using Triggers.Storage;

namespace Triggers.Runtime.Ingest;

/// <summary>The way in for records from outside. Refuses (Busy) when the append queue is full or a loop lags too far, so that no queue grows without bound.</summary>
public interface IIngest
{
    /// <summary>Durable when it returns Ok.</summary>
    ValueTask<AppendResult> AppendAsync(RecordBatch records, ImportMark? mark = null, CancellationToken cancellation = default);

    /// <summary>Keeps what could not be taken in, with its reason. Never throws; drops (and counts) when its own queue is full.</summary>
    void Reject(string source, string reason, ReadOnlySpan<byte> payload);
}
