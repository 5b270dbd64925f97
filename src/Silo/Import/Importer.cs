using System.Threading.Channels;
using Triggers.Silo.Cli;

namespace Triggers.Silo.Import;

/// <summary>
/// Brings a file in, batch after batch in the file's order: the journal on the other side moves with each batch, so that a run that was
/// cut off goes on where it stood and a repeated one changes nothing. Converting and sending overlap by a few batches.
/// </summary>
public sealed class Importer(IImportSink sink, string sourceHash, string name, string? source)
{
    private const int RowsPerBatchMax = 1000;

    /// <summary>Under the 500 KB that the server takes at once.</summary>
    private const int BatchBytesMax = 400 * 1024;

    private const int BatchesAheadMax = 4;

    private long _rowsDone;

    /// <summary>Read by the progress display from another thread.</summary>
    public long RowsDone => Interlocked.Read(ref _rowsDone);

    public ImportReport Report { get; } = new();

    public async Task RunAsync(IRowReader reader, CancellationToken cancellation)
    {
        var next = await sink.NextRowAsync(sourceHash, cancellation);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var ahead = Channel.CreateBounded<PendingBatch>(new BoundedChannelOptions(BatchesAheadMax) { SingleReader = true, SingleWriter = true });
        var converting = Task.Run(() => ConvertAsync(reader, next, ahead.Writer, stop.Token), stop.Token);
        try
        {
            await foreach (var pending in ahead.Reader.ReadAllAsync(cancellation))
            {
                await SendAsync(pending, cancellation);
            }

            Report.AddAlreadyIn(await converting);
            await sink.DrainAsync(cancellation);
        }
        finally
        {
            await stop.CancelAsync();
            await converting.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    /// <summary>Returns how many rows were in already.</summary>
    private static async Task<long> ConvertAsync(IRowReader reader, long next, ChannelWriter<PendingBatch> ahead, CancellationToken cancellation)
    {
        Exception? failure = null;
        long skipped = 0;
        try
        {
            var batch = new PendingBatch(next);
            while (reader.TryRead(skip: skipped < next, out var row))
            {
                if (row.Number < next)
                {
                    skipped++;
                    continue;
                }

                batch.Add(row);
                if (batch.RowCount >= RowsPerBatchMax || batch.Body.Length >= BatchBytesMax)
                {
                    await ahead.WriteAsync(batch, cancellation);
                    batch = new PendingBatch(row.Number + 1);
                }
            }

            if (batch.RowCount > 0)
            {
                await ahead.WriteAsync(batch, cancellation);
            }
        }
        catch (Exception error)
        {
            failure = error;
        }

        ahead.TryComplete(failure);
        return skipped;
    }

    private async Task SendAsync(PendingBatch pending, CancellationToken cancellation)
    {
        var body = pending.Body.GetBuffer().AsMemory(0, (int)pending.Body.Length);
        var answer = await sink.AppendAsync(new ImportBatch(sourceHash, name, source, body, pending.Events, pending.From, pending.Next), cancellation);
        if (answer.AlreadyIn)
        {
            if (answer.NextRow != pending.Next)
            {
                throw new UserErrorException($"Another import of {name} is under way (it stands at row {answer.NextRow}): let it end, then run this one again.");
            }

            Report.AddAlreadyIn(pending.RowCount);
        }
        else
        {
            Report.AddAccepted(answer.Accepted);
            foreach (var rejection in answer.Rejected)
            {
                Report.AddRejected(pending.Events[rejection.Line].Line, rejection.Reason);
            }

            foreach (var row in pending.Unreadable)
            {
                Report.AddRejected(row.Line, row.Reason!);
            }
        }

        Interlocked.Add(ref _rowsDone, pending.RowCount);
    }

    private sealed class PendingBatch(long from)
    {
        public long From { get; } = from;

        public long Next { get; private set; } = from;

        public MemoryStream Body { get; } = new(64 * 1024);

        public List<ImportRow> Events { get; } = [];

        public List<ImportRow> Unreadable { get; } = [];

        public int RowCount => Events.Count + Unreadable.Count;

        public void Add(ImportRow row)
        {
            Next = row.Number + 1;
            if (row.Reason is not null)
            {
                Unreadable.Add(row);
                return;
            }

            Body.Write(row.Event.Span);
            Body.WriteByte((byte)'\n');
            Events.Add(row with { Event = default });
        }
    }
}
