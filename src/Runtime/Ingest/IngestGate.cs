using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Triggers.Engine.Records;
using Triggers.Runtime.Live;
using Triggers.Runtime.Loop;
using Triggers.Runtime.Operations;
using Triggers.Storage;

namespace Triggers.Runtime.Ingest;

/// <summary>Lets records in as long as the loops keep up, and keeps what could not be taken in.</summary>
internal sealed class IngestGate : IIngest, IAsyncDisposable
{
    private static readonly AppendResult s_stopping = new(AppendStatus.Unavailable, 0, TimeSpan.FromMilliseconds(Limits.BusyRetryMs), "The server is stopping.");

    private readonly IStore _store;
    private readonly LogMeter _meter;
    private readonly ILag _lag;
    private readonly NodeLatencies _latencies;
    private readonly Traces _traces;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Channel<RejectedEvent> _rejected = Channel.CreateBounded<RejectedEvent>(Limits.RejectedQueueMax);
    private readonly Task _keeping;
    private volatile bool _closed;

    /// <param name="meter">Is told what is appended here.</param>
    /// <param name="lag">Of all loops, wherever they run.</param>
    public IngestGate(IStore store, LogMeter meter, ILag lag, NodeLatencies latencies, Traces traces, TimeProvider time, ILogger log)
    {
        _latencies = latencies;
        _traces = traces;
        _store = store;
        _meter = meter;
        _lag = lag;
        _time = time;
        _log = log;
        _keeping = Task.Run(KeepAsync);
    }

    public async ValueTask<AppendResult> AppendAsync(RecordBatch records, ImportMark? mark = null, CancellationToken cancellation = default)
    {
        if (_closed)
        {
            return s_stopping;
        }

        if (BusyReason is { } reason)
        {
            return new AppendResult(AppendStatus.Busy, 0, TimeSpan.FromMilliseconds(Limits.BusyRetryMs), reason);
        }

        var beganAt = _time.GetTimestamp();
        using var trace = Traces.BeginAppend(records.Count);
        var result = await _store.Log.AppendAsync(records, AppendLane.External, mark, cancellation);
        if (result.IsOk)
        {
            var took = _time.GetElapsedTime(beganAt);
            _traces.Appended(trace, records, result.At);
            _latencies.Appends.Record(took);
            RuntimeMetrics.AppendSeconds.Record(took.TotalSeconds);
            _meter.Appended(records.Count);
        }

        return result;
    }

    public void Reject(string source, string reason, ReadOnlySpan<byte> payload)
    {
        var text = Encoding.UTF8.GetString(payload[..Math.Min(payload.Length, Limits.RejectedPayloadBytes)]);
        if (!_rejected.Writer.TryWrite(new RejectedEvent(0, _time.GetUtcNow().ToUnixTimeMilliseconds(), source, reason, text)))
        {
            RuntimeMetrics.RejectedDropped.Add(1);
        }
    }

    /// <summary>Refuses from now on.</summary>
    public void Close() => _closed = true;

    public async ValueTask DisposeAsync()
    {
        Close();
        _rejected.Writer.TryComplete();
        await _keeping;
    }

    /// <summary>Why events are refused now because loops lag; null: they are not.</summary>
    public string? BusyReason
    {
        get
        {
            var lag = _lag.LagRecords;
            if (lag > Limits.LagRecordsMax)
            {
                return $"{lag} records wait to be applied (at most {Limits.LagRecordsMax}).";
            }

            var applying = _lag.OldestApplyingAt;
            if (applying == long.MaxValue)
            {
                return null;
            }

            var late = _time.GetUtcNow().ToUnixTimeMilliseconds() - applying;
            return late > Limits.LagMsMax ? $"The loops are {late} ms behind (at most {Limits.LagMsMax})." : null;
        }
    }

    private async Task KeepAsync()
    {
        var gathered = new List<RejectedEvent>();
        while (await _rejected.Reader.WaitToReadAsync())
        {
            gathered.Clear();
            while (gathered.Count < Limits.RejectedQueueMax && _rejected.Reader.TryRead(out var item))
            {
                gathered.Add(item);
            }

            try
            {
                await _store.Rejected.AddAsync(gathered);
            }
            catch (Exception error)
            {
                _log.RejectFailed(error);
                RuntimeMetrics.RejectedDropped.Add(gathered.Count);
            }
        }
    }
}
