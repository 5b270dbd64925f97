using Microsoft.Extensions.Logging;
using Triggers.Engine.Programs;
using Triggers.Engine.Records;
using Triggers.Runtime.Definitions;
using Triggers.Runtime.Hosting;
using Triggers.Runtime.Loop;
using Triggers.Runtime.Programs;
using Triggers.Storage;

namespace Triggers.Runtime.Fills;

/// <summary>
/// Looks in the past for what new definitions ask for. For every version that introduced something it lives each customer's records before that version through again,
/// and appends to the customer what they bring; when all have it, a new version of the same definitions brings it into force at one instant. Each process fills the
/// partitions that it owns, on a thread that gives way to live events. Docs: docs/fill.md.
/// </summary>
internal sealed class FillService : IFills, IAsyncDisposable
{
    private readonly IStore _store;
    private readonly DefinitionService _definitions;
    private readonly ProgramLibrary _library;
    private readonly FactJournal _journal;
    private readonly OwnedPartitions _owned;
    private readonly LogMeter _meter;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _ending = new();
    private readonly AutoResetEvent _changed = new(true);
    private readonly Thread? _thread;
    private volatile FillProgress? _progress;
    private volatile IReadOnlyList<PastFact>? _looked;

    /// <param name="fills">false: other processes do, and this one only tells how far they are.</param>
    public FillService(LoopContext context, DefinitionService definitions, FactJournal journal, bool fills)
    {
        (_store, _library, _owned, _meter, _time, _log) = (context.Store, context.Library, context.Owned, context.Meter, context.Time, context.Log);
        _definitions = definitions;
        _journal = journal;
        if (fills)
        {
            _journal.Changed += Look;
            _thread = new Thread(Run) { Name = "fill", IsBackground = true };
            _thread.Start();
        }
    }

    /// <summary>Nothing is to be filled, as far as this process knows.</summary>
    public bool IsIdle => _thread is null || ReferenceEquals(_looked, _journal.All);

    private Program Program => _library.Get(_journal.ProgramVersion);

    public IReadOnlyList<FillView> List()
    {
        var program = Program;
        var open = program.Unfilled.Select((version, index) => ViewOf(version, index == 0, program.CollectingSegments));
        return [.. open, .. DoneFill.Read(_store.Settings).Select(done => done.View())];
    }

    public async ValueTask DisposeAsync()
    {
        _journal.Changed -= Look;
        await _ending.CancelAsync();
        _changed.Set();
        if (_thread is not null)
        {
            await Task.Run(_thread.Join);
        }

        _ending.Dispose();
        _changed.Dispose();
    }

    private void Look() => _changed.Set();

    private FillView ViewOf(int version, bool isNext, IReadOnlyList<string> segments)
    {
        if (_progress is { } progress && progress.Version == version)
        {
            return progress.View(segments);
        }

        var percent = Enumerable.Range(0, _store.Log.Partitions).Average(partition => 100.0 * FillMarks.Read(_store, version, partition) / FillMarks.Done);
        return new FillView(
            version, isNext && percent > 0 ? FillStates.Filling : FillStates.Waiting, Math.Round(percent, 1), 0, 0, 0, 0, null, null, null, null, segments, null);
    }

    private void Run()
    {
        try
        {
            while (!_ending.IsCancellationRequested)
            {
                _changed.WaitOne(Limits.FillLookMs);
                var facts = _journal.All;
                if (TryFillNext())
                {
                    _looked = facts;
                }
                else
                {
                    _changed.Set();
                    _ending.Token.WaitHandle.WaitOne(Limits.FillRetryMs);
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <returns>false: to be tried again soon.</returns>
    private bool TryFillNext()
    {
        try
        {
            if (_journal.ProgramVersion == 0 || Program.Unfilled is not [var version, ..])
            {
                return true;
            }

            return Fill(version) && !(Program.Unfilled.Count > 0);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            _log.FillFailed(error, Limits.FillRetryMs);
            return false;
        }
        finally
        {
            _progress = null;
        }
    }

    private bool Fill(int version)
    {
        var progress = _progress = new FillProgress(_store, version, _time);
        var pace = new FillPace(_meter, isHeld => progress.IsHeld = isHeld, _ending.Token);
        WaitForLoops();
        while (Next(version) is { Count: > 0 } partitions)
        {
            var live = Program;
            var always = Program.Compile([.. _library.History(live.Version).Select(each => each with { ActivatedAt = 0, Fills = 0 })]);
            using var life = new PastLife(live, always, version, _store.Log.Partitions, _log);
            if (!new PartitionFill(_store, partitions, version, _journal.Activations().GetValueOrDefault(version), progress, pace.Breathe).Run(life, (fills, mark) => Append(fills, mark, pace)))
            {
                return false;
            }
        }

        if (Enumerable.Range(0, _store.Log.Partitions).Any(partition => FillMarks.Read(_store, version, partition) < FillMarks.Done))
        {
            return false;
        }

        // What was brought to a key that has been absorbed goes on to whoever absorbed it: one hop a round.
        for (var round = 0; round <= Queries.CustomerReader.MergesMax; round++)
        {
            WaitForLoops();
        }

        if (_definitions.AdoptFillAsync(version, _ending.Token).GetAwaiter().GetResult() is not { } adopted)
        {
            return false;
        }

        if (adopted > 0)
        {
            new DoneFill(version, adopted, progress.StartedAt, _time.GetUtcNow(), progress.HistoryFrom, progress.Customers, progress.Filled, progress.Records).NoteIn(_store.Settings);
            _log.Filled(version, adopted);
        }

        return true;
    }

    /// <summary>Partitions of this process that are not filled yet: one, or several that are small.</summary>
    private List<int> Next(int version)
    {
        var mine = _owned.IsAlone ? Enumerable.Range(0, _store.Log.Partitions) : _owned.All.Select(each => each.Number);
        var (next, records) = (new List<int>(), 0L);
        foreach (var partition in mine.Where(partition => FillMarks.Read(_store, version, partition) < FillMarks.Done))
        {
            records += _store.Log.Head(partition);
            if (next.Count > 0 && records > Limits.FillRecordsTogether)
            {
                break;
            }

            next.Add(partition);
        }

        return next;
    }

    private bool Append(RecordBatch fills, ImportMark mark, FillPace pace)
    {
        while (true)
        {
            _ending.Token.ThrowIfCancellationRequested();
            var result = _store.Log.AppendAsync(fills, AppendLane.Internal, mark).AsTask().GetAwaiter().GetResult();
            if (result.IsOk)
            {
                _meter.Appended(fills.Count);
                pace.Appended(fills.Count);
                return true;
            }

            if (result.Status == AppendStatus.AlreadyImported)
            {
                return false;
            }

            _ending.Token.WaitHandle.WaitOne(Limits.BusyRetryMs);
        }
    }

    /// <summary>Every loop, wherever it runs, has committed what the logs hold now.</summary>
    private void WaitForLoops()
    {
        var all = Enumerable.Range(0, _store.Log.Partitions).ToList();
        var heads = _store.MarksOf(all).Select(mark => mark.Head).ToList();
        while (_store.MarksOf(all).Any(mark => mark.Cursor < heads[mark.Partition]))
        {
            _ending.Token.WaitHandle.WaitOne(Limits.FillTurnMs);
            _ending.Token.ThrowIfCancellationRequested();
        }
    }
}
