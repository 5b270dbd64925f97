using Triggers.Engine.Records;
using Triggers.Storage;

namespace Triggers.Runtime.Loop;

/// <summary>Appends what the server itself has to say (facts, commands, outcomes from tracking): never refused, waits while storage is full.</summary>
internal sealed class Appender(ILog log, LogMeter meter, TimeProvider time)
{
    /// <summary>Durable when it returns; the <c>at</c> that the records got.</summary>
    public async Task<long> AppendAsync(RecordBatch records, CancellationToken cancellation)
    {
        while (true)
        {
            var result = await log.AppendAsync(records, AppendLane.Internal, cancellation: cancellation);
            if (result.IsOk)
            {
                meter.Appended(records.Count);
                return result.At;
            }

            var wait = result.RetryAfter > TimeSpan.Zero ? result.RetryAfter : TimeSpan.FromMilliseconds(Limits.BusyRetryMs);
            await Task.Delay(wait, time, cancellation);
        }
    }

    /// <summary>Tells every partition a fact in one append, so that it has one <c>at</c>.</summary>
    public async Task<long> AppendFactAsync(IEnumerable<int> partitions, FactKind kind, long number, string subject, CancellationToken cancellation)
    {
        using var batch = new RecordBatch();
        foreach (var partition in partitions)
        {
            batch.AddFact(partition, kind, number, subject);
        }

        return await AppendAsync(batch, cancellation);
    }
}
