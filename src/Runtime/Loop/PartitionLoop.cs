using Triggers.Engine.Definitions;
using Triggers.Engine.Programs;
using Triggers.Engine.Records;
using Triggers.Runtime.Hosting;
using Triggers.Runtime.Operations;
using Triggers.Runtime.Replays;
using Triggers.Storage;

namespace Triggers.Runtime.Loop;

/// <summary>
/// The loop over some partitions, without a thread of its own: applies what was read, gathers the effects into one commit, plans flushes.
/// Whoever drives it (a worker thread, a grain) makes one call at a time.
/// </summary>
internal sealed class PartitionLoop : IDisposable
{
    private readonly IStore _store;
    private readonly ICustomers _customers;
    private readonly EffectBuffer _effects;
    private readonly CustomerBatch _batch = new();
    private readonly Partition?[] _byNumber;
    private readonly List<Partition> _touched = [];
    private readonly ReplayBoard _replays;
    private readonly TimeProvider _time;
    private readonly long _lagRecords;
    private long _commitNumber;

    public PartitionLoop(IStore store, ICustomers customers, IReadOnlyList<Partition> partitions, long firstCommitNumber, ReplayBoard replays, TimeProvider time)
    {
        _store = store;
        _customers = customers;
        _replays = replays;
        _time = time;
        _commitNumber = firstCommitNumber;
        Partitions = partitions;
        _lagRecords = Math.Max(1, Limits.FlushLagRecords / store.Log.Partitions);
        _byNumber = new Partition?[store.Log.Partitions];
        _effects = new EffectBuffer(store.Log.Partitions);
        foreach (var partition in partitions)
        {
            _byNumber[partition.Number] = partition;
        }
    }

    public IReadOnlyList<Partition> Partitions { get; }

    /// <summary>Timer records applied since this was last read.</summary>
    public int TimersApplied { get; set; }

    public long CommitNumber => _commitNumber;

    /// <summary>Applies slices and gives one commit to the store; null: there was nothing to commit.</summary>
    public async ValueTask<PendingCommit?> ProcessAsync(IReadOnlyList<LogSlice> slices)
    {
        var now = Now();
        var trace = Traces.BeginBatch(slices);
        for (var index = 0; index < slices.Count; index++)
        {
            var slice = slices[index];
            await ApplyAsync(_byNumber[slice.Partition]!, slice, now);
        }

        return await CommitAsync(now, everything: false, trace);
    }

    /// <summary>Commits flushes that are due though nothing was read.</summary>
    public ValueTask<PendingCommit?> FlushDueAsync() => CommitAsync(Now(), everything: false);

    /// <summary>One commit with as many snapshots as it may carry; null: every state is flushed.</summary>
    public ValueTask<PendingCommit?> FlushAllAsync() => CommitAsync(Now(), everything: true);

    /// <summary>Spreads the partitions' turns, so that every commit carries about as much.</summary>
    public void PlanFlushes()
    {
        var now = Now();
        for (var index = 0; index < Partitions.Count; index++)
        {
            Partitions[index].NextFlushAt = now + ((index + 1) * (long)Limits.FlushTurnMs / Partitions.Count);
        }
    }

    /// <summary>The earliest instant at which a flush is wanted; <see cref="long.MaxValue"/>: all is flushed.</summary>
    public long NextFlushAt()
    {
        var next = long.MaxValue;
        foreach (var partition in Partitions)
        {
            if (partition.IsUnflushed && partition.IsLive)
            {
                next = Math.Min(next, partition.NextFlushAt);
            }
        }

        return next;
    }

    public void Dispose()
    {
        _effects.Dispose();
        foreach (var partition in Partitions)
        {
            partition.Check?.Dispose();
        }
    }

    /// <summary>As many as keep all of them within age and lag if as much comes in until the next turn as did since the last one.</summary>
    private int Ahead(int unflushed, long records)
    {
        var share = Math.Max((double)Limits.FlushTurnMs / _customers.FlushAgeMs, (double)records / _lagRecords);
        return (int)(Math.Max(0, unflushed - Limits.SnapshotsPerCommit) * Math.Min(1, share));
    }

    private long Now() => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private async ValueTask ApplyAsync(Partition partition, LogSlice slice, long now)
    {
        var offset = slice.FirstOffset;
        var end = slice.FirstOffset + slice.Count;
        var bytes = slice.Bytes;
        if (offset > partition.Applied)
        {
            throw new InvalidDataException($"The log of partition {partition.Number} goes on at {offset} after {partition.Applied - 1}: records are missing.");
        }

        for (; offset < partition.Applied && offset < end; offset++)
        {
            bytes = bytes[RecordView.ReadHead(bytes.Span, out _, out _)..];
        }

        partition.LastAt = Math.Max(partition.LastAt, slice.At);
        while (offset < end)
        {
            var rebuilding = offset < partition.RebuildTo;
            _batch.Partition = partition.Number;
            _batch.Epoch = partition.Epoch;
            _batch.Facts = partition.Facts.Current;
            _batch.FirstOffset = offset;
            _batch.Count = (int)((rebuilding ? Math.Min(end, partition.RebuildTo) : end) - offset);
            _batch.At = slice.At;
            _batch.Bytes = bytes;
            _batch.Committed = partition.Committed;
            _batch.Now = now;
            _batch.Rebuilding = rebuilding;
            int applied;
            if (rebuilding)
            {
                applied = await _customers.ApplyAsync(_batch, partition.Check!);
            }
            else
            {
                _effects.Select(partition.Number, partition.Cursor);
                applied = await _customers.ApplyAsync(_batch, _effects);
                _effects.Commit.Erased.AddRange(_batch.Erased);
            }

            TimersApplied += _batch.Timers;
            if (_batch.WantsFlush)
            {
                partition.NextFlushAt = Math.Min(partition.NextFlushAt, now + Limits.PressedFlushMs);
            }

            offset += applied;
            bytes = bytes[_batch.BytesUsed..];
            if (offset < end && applied < _batch.Count)
            {
                bytes = bytes[ApplyFact(partition, bytes.Span, offset, slice.At, rebuilding)..];
                offset++;
            }
        }

        partition.Applied = end;
        if (partition.Check is { } check && end >= partition.RebuildTo)
        {
            _replays.Add(check);
            check.Dispose();
            partition.Check = null;
        }
    }

    private int ApplyFact(Partition partition, ReadOnlySpan<byte> bytes, long offset, long at, bool rebuilding)
    {
        var length = RecordView.Read(bytes, out var view);
        view.Offset = offset;
        view.At = at;
        var before = partition.Facts.Current.Program;
        partition.Facts.Apply(view);
        partition.ProgramVersion = partition.Facts.Current.Program.Version;
        if (view.FactKind is FactKind.ProgramActivated or FactKind.Measured)
        {
            partition.WalkedTo = null;
        }

        if (!rebuilding)
        {
            if (view.FactKind == FactKind.CampaignPaused)
            {
                CancelQueued(System.Text.Encoding.UTF8.GetString(view.Name));
            }
            else if (view.FactKind == FactKind.ProgramActivated)
            {
                var live = LiveIn(partition.Facts.Current.Program).ToHashSet(StringComparer.Ordinal);
                foreach (var stopped in LiveIn(before).Where(campaign => !live.Contains(campaign)))
                {
                    CancelQueued(stopped);
                }
            }
        }

        return length;
    }

    private static IEnumerable<string> LiveIn(Program program) =>
        program.Definitions.Campaigns.Where(campaign => campaign.Status == CampaignStatus.Live).Select(campaign => campaign.Id);

    /// <summary>Every partition says so for the messages that it queued before it knew.</summary>
    private void CancelQueued(string campaign) => _effects.Commit.Cancellations.Add(new Cancellation(null, campaign, null, "campaign paused"));

    private async ValueTask<PendingCommit?> CommitAsync(long now, bool everything, TracedBatch? trace = null)
    {
        var commit = _effects.Commit;
        var memory = new List<IDisposable>();
        var number = _commitNumber + 1;
        var records = 0L;
        var room = Limits.SnapshotsPerCommit;
        _touched.Clear();
        foreach (var partition in Partitions)
        {
            var to = Math.Max(partition.Applied, partition.Cursor);
            var flush = default(Flush);
            if (room > 0 && partition.IsUnflushed && partition.Applied >= partition.RebuildTo && (everything || partition.NextFlushAt <= now))
            {
                var before = everything ? long.MaxValue : now - _customers.FlushAgeMs;
                var answer = await _customers.FlushAsync(new FlushRequest(partition.Number, partition.Epoch, to, before, to - _lagRecords, room, partition.FlushAhead, number));
                room -= answer.Snapshots.Count;
                if (answer.Memory is not null)
                {
                    memory.Add(answer.Memory);
                }

                var floor = answer.OldestUnflushed < 0 ? to : answer.OldestUnflushed;
                if (floor > partition.Floor || answer.Snapshots.Count > 0)
                {
                    partition.Floor = floor;
                    flush = new Flush(partition.Number, floor, partition.Facts.At(floor), answer.Snapshots);
                    commit.Flushes.Add(flush);
                }

                // A turn that was cut short goes on in the next commit.
                if (room > 0)
                {
                    partition.NextFlushAt = now + Limits.FlushTurnMs;
                    partition.FlushAhead = Ahead(answer.Unflushed, to - partition.FlushTurnAt);
                    partition.FlushTurnAt = to;
                }
                else
                {
                    partition.NextFlushAt = now;
                    partition.FlushAhead = Math.Max(0, partition.FlushAhead - answer.Snapshots.Count);
                }
            }

            if (to > partition.Cursor || flush is not null)
            {
                _effects.Advance(new PartitionAdvance(partition.Number, partition.Epoch, partition.Cursor, to));
                records += to - partition.Cursor;
                partition.Cursor = to;
                _touched.Add(partition);
            }
        }

        if (_touched.Count == 0)
        {
            return null;
        }

        _commitNumber = number;
        var (taken, recent) = _effects.Take();
        return new PendingCommit(number, taken, _store.CommitAsync(taken), records, recent, memory, _time.GetTimestamp(), trace);
    }
}
