using System.Text.Json;
using System.Threading.Channels;
using Triggers.Silo.Cli;

namespace Triggers.Silo.Import;

/// <summary>
/// Brings a file in, batch after batch in the file's order: the journal on the other side moves with each batch, so that a run that was
/// cut off goes on where it stood and a repeated one changes nothing. Converting and sending overlap by a few batches.
/// </summary>
public sealed class Importer(IImportSink sink, ImportSource source)
{
    private const int RowsPerBatchMax = 5_000;

    /// <summary>Under the 8 MB that the server takes at once, with room for a last row of any length.</summary>
    private const int BatchBytesMax = 2 * 1024 * 1024;

    private const int BatchesAheadMax = 4;

    private long _rowsDone;

    /// <summary>Read by the progress display from another thread.</summary>
    public long RowsDone => Interlocked.Read(ref _rowsDone);

    /// <summary>Why it stands still right now; null: it does not.</summary>
    public string? Waiting => sink.Waiting;

    public ImportReport Report { get; } = new();

    public async Task RunAsync(IRowReader reader, CancellationToken cancellation)
    {
        var next = await sink.NextRowAsync(source.Hash, cancellation);
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
                if (batch.Rows.Count >= RowsPerBatchMax || batch.Body.Length >= BatchBytesMax)
                {
                    await ahead.WriteAsync(batch, cancellation);
                    batch = new PendingBatch(row.Number + 1);
                }
            }

            if (batch.Rows.Count > 0)
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
        var answer = await sink.AppendAsync(new ImportBatch(source, pending.Body.GetBuffer().AsMemory(0, (int)pending.Body.Length), pending.FirstRow), cancellation);
        if (answer.NextRow != pending.FirstRow + pending.Rows.Count)
        {
            throw new UserErrorException($"Another import of {source.Name} is under way (it stands at row {answer.NextRow}): let it end, then run this one again.");
        }

        if (answer.AlreadyImported)
        {
            Report.AddAlreadyIn(pending.Rows.Count);
        }
        else
        {
            Count(pending, answer);
        }

        Interlocked.Add(ref _rowsDone, pending.Rows.Count);
    }

    private void Count(PendingBatch pending, ImportAnswer answer)
    {
        Report.AddAccepted(answer.Accepted);
        foreach (var rejection in answer.Rejected)
        {
            var row = pending.Rows[rejection.Line];
            Report.AddRejected(row.Line, row.Reason ?? rejection.Reason);
        }
    }

    /// <summary>A line of the body in place of a row that is no event; <c>POST /api/v1/import</c> says so.</summary>
    private sealed record UnreadableRow(string Rejected, string Row);

    private sealed class PendingBatch(long firstRow)
    {
        public long FirstRow { get; } = firstRow;

        public MemoryStream Body { get; } = new(64 * 1024);

        /// <summary>Without their events, which are in the body.</summary>
        public List<ImportRow> Rows { get; } = [];

        public void Add(ImportRow row)
        {
            if (row.Reason is null)
            {
                Body.Write(row.Event.Span);
            }
            else
            {
                // It takes its place among the rows, and the server lists it with those that it refuses itself.
                JsonSerializer.Serialize(Body, new UnreadableRow(row.Reason, row.Text), JsonSerializerOptions.Web);
            }

            Body.WriteByte((byte)'\n');
            Rows.Add(row with { Event = default, Text = "" });
        }
    }
}
