using System.Collections.Concurrent;
using System.Diagnostics;
using Triggers.Engine.Records;
using Triggers.Storage;

namespace Triggers.Runtime.Operations;

/// <summary>
/// Follows a sampled request: its append, the batches that applied what it appended, and the messages that these decided for its customers, in one trace. They
/// find one another by the instant that the append was stamped with. Nothing of it is stored: what another process applies or sends, and what time decides
/// later, begins a trace of its own. Without a listener it costs one look.
/// </summary>
internal sealed class Traces
{
    public const string SourceName = "Triggers";

    private const string Operation = "messaging.operation.type";
    private const string Destination = "messaging.destination.name";
    private const string Count = "messaging.batch.message_count";

    private static readonly ActivitySource s_source = new(SourceName);

    private readonly ConcurrentDictionary<long, Append> _appends = new();
    private readonly ConcurrentQueue<long> _order = new();

    /// <summary>Around an append from outside; null: nobody listens, or this request is not sampled.</summary>
    public static Activity? BeginAppend(int records)
    {
        var activity = s_source.HasListeners() ? s_source.StartActivity("append log", ActivityKind.Producer) : null;
        return activity?.SetTag(Operation, "send").SetTag(Destination, "log").SetTag(Count, records);
    }

    /// <summary>It is durable, stamped with this instant.</summary>
    public void Appended(Activity? append, RecordBatch records, long at)
    {
        if (append is not { Recorded: true })
        {
            return;
        }

        var customers = new HashSet<ulong>();
        foreach (var entry in records.Entries)
        {
            RecordView.ReadHead(records.Bytes[entry.Start..], out var customer, out _);
            customers.Add(customer);
        }

        // Of several in one transaction the first one is followed.
        if (_appends.TryAdd(at, new Append(append.Context, customers)))
        {
            _order.Enqueue(at);
            while (_order.Count > Limits.TracedAppendsMax && _order.TryDequeue(out var oldest))
            {
                _appends.TryRemove(oldest, out _);
            }
        }
    }

    /// <summary>A batch that is about to be applied; null: nobody listens.</summary>
    public static TracedBatch? BeginBatch(IReadOnlyList<LogSlice> slices) =>
        s_source.HasListeners() ? new TracedBatch(DateTimeOffset.UtcNow, [.. slices.Select(slice => slice.At).Distinct()], slices.Sum(slice => slice.Count)) : null;

    /// <summary>Its commit is durable: only now is it known for sure which appends of this process were followed.</summary>
    public void Committed(TracedBatch? batch)
    {
        if (batch is null || _appends.IsEmpty)
        {
            return;
        }

        var found = new List<ActivityContext>();
        foreach (var at in batch.Ats)
        {
            if (_appends.TryGetValue(at, out var append))
            {
                found.Add(append.Context);
            }
        }

        if (found.Count > 0)
        {
            // Beside whatever flow this is called in.
            var current = Activity.Current;
            using var activity = s_source.StartActivity("apply log", ActivityKind.Consumer, found[0], tags: null, found.Skip(1).Select(context => new ActivityLink(context)), batch.BeganAt);
            activity?.SetTag(Operation, "process").SetTag(Destination, "log").SetTag(Count, batch.Records);
            activity?.Stop();
            Activity.Current = current;
        }
    }

    /// <summary>Around one attempt at one message; what the channel asks over HTTP carries it on as <c>traceparent</c>.</summary>
    public Activity? BeginSend(QueuedMessage message)
    {
        if (!s_source.HasListeners())
        {
            return null;
        }

        var decidedBy = _appends.TryGetValue(message.DecidedAt, out var append) && append.Customers.Contains(new CustomerKey(message.CustomerKey).Hash()) ? append.Context : default;
        return s_source.StartActivity($"send {message.Channel}", ActivityKind.Producer, decidedBy)?
            .SetTag(Operation, "send").SetTag(Destination, message.Channel).SetTag("messaging.message.id", message.MessageId).SetTag("triggers.campaign", message.Campaign);
    }

    public static void EndSend(Activity? send, string outcome, string reason)
    {
        send?.SetTag("triggers.outcome", outcome);
        if (outcome is "retry" or "failed")
        {
            send?.SetStatus(ActivityStatusCode.Error, reason);
        }
    }

    private sealed record Append(ActivityContext Context, IReadOnlySet<ulong> Customers);
}

/// <summary>A batch under way, for its trace.</summary>
/// <param name="Ats">The instants of its slices.</param>
internal sealed record TracedBatch(DateTimeOffset BeganAt, IReadOnlyList<long> Ats, int Records);
