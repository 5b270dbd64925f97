using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Triggers.Storage.Measuring;
using Triggers.Storage.Sqlite.Data;

namespace Triggers.Storage.Sqlite.Writing;

/// <summary>
/// Keeps the WAL short without holding up appends: copies pages into the file on a thread and connection of its own, a few megabytes at a time while it grows. When it is
/// long, again and again, until little is left, which the writer then copies between two transactions; only so does a WAL under constant writing ever start anew.
/// What was copied is brought to the disk at once: SQLite leaves it to whoever copies the last page, which would be the writer, with everybody waiting behind it.
/// </summary>
internal sealed partial class Checkpointer : IDisposable
{
    private readonly SqliteDatabase _writerDatabase;
    private readonly SqliteDatabase _database;
    private readonly DataSync _file;
    private readonly ILogger _logger;
    private readonly long _startFrames;
    private readonly long _pieceFrames;
    private readonly AutoResetEvent _wanted = new(false);
    private readonly Thread _thread;
    private volatile bool _lastBitIsWriters;
    private volatile bool _stopped;
    private TaskCompletionSource<bool>? _cut;
    private int _running;
    private bool _isFailing;
    private long _frames;
    private long _copied;

    /// <param name="file">The store's file, closed by whoever opened it.</param>
    public Checkpointer(string path, DataSync file, SqliteDatabase writerDatabase, long checkpointBytes, ILogger logger)
    {
        _file = file;
        _writerDatabase = writerDatabase;
        _logger = logger;
        _startFrames = Math.Max(1, checkpointBytes / Limits.PageBytes);
        _pieceFrames = Math.Max(1, _startFrames / Limits.CheckpointPieces);
        _database = SqliteDatabase.Open(path, readOnly: false);
        _database.Execute("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -256");
        _thread = new Thread(Work) { Name = "store checkpoint", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Frames in the WAL, about.</summary>
    public long Frames => Interlocked.Read(ref _frames);

    /// <summary>Cuts the WAL's file to nothing behind the next transaction. False: there was too much in it, or somebody was reading from it; try again.</summary>
    public Task<bool> CutAfterNextTransaction()
    {
        var cut = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _cut, cut);
        return cut.Task;
    }

    /// <summary>After each transaction, on the writer's thread.</summary>
    public void AfterTransaction()
    {
        if (Interlocked.Exchange(ref _cut, null) is { } cut)
        {
            cut.SetResult(TryCut());
        }

        var frames = Interlocked.Add(ref _frames, _writerDatabase.TakePagesWritten());
        if (_lastBitIsWriters || frames > _startFrames * Limits.WalGrowth)
        {
            _lastBitIsWriters = false;
            var (inWal, copied) = _writerDatabase.CheckpointPassive();
            Interlocked.Exchange(ref _frames, inWal - copied);
            Interlocked.Exchange(ref _copied, 0);
        }
        else if (frames - Interlocked.Read(ref _copied) > _pieceFrames && Volatile.Read(ref _running) == 0)
        {
            Volatile.Write(ref _running, 1);
            _wanted.Set();
        }
    }

    public void Dispose()
    {
        _stopped = true;
        _wanted.Set();
        _thread.Join();
        _database.Dispose();
        _wanted.Dispose();
    }

    private bool TryCut()
    {
        try
        {
            // What is much is copied off the writer's thread first.
            var frames = Interlocked.Add(ref _frames, _writerDatabase.TakePagesWritten());
            if (frames - Interlocked.Read(ref _copied) > Limits.WriterCheckpointFrames || Volatile.Read(ref _running) != 0)
            {
                if (Interlocked.Exchange(ref _running, 1) == 0)
                {
                    _wanted.Set();
                }

                return false;
            }

            if (!_writerDatabase.TryTruncateWal())
            {
                return false;
            }

            Interlocked.Exchange(ref _frames, 0);
            Interlocked.Exchange(ref _copied, 0);
            return true;
        }
        catch (SqliteException error)
        {
            LogCheckpointFailed(_logger, error.Message);
            return false;
        }
    }

    private void Work()
    {
        while (true)
        {
            _wanted.WaitOne();
            if (_stopped)
            {
                return;
            }

            try
            {
                Copy();
                if (Frames > _startFrames)
                {
                    CopyMost();
                }

                _isFailing = false;
            }
            catch (Exception error) when (error is SqliteException or IOException)
            {
                // A full disk: it is tried again when the WAL has grown some more. Said once: each attempt would be a line, and the log may be on that disk.
                if (!_isFailing)
                {
                    LogCheckpointFailed(_logger, error.Message);
                }

                _isFailing = true;
            }

            Volatile.Write(ref _running, 0);
        }
    }

    private void CopyMost()
    {
        for (var pass = 0; pass < Limits.CheckpointPasses && Frames - Interlocked.Read(ref _copied) > Limits.WriterCheckpointFrames && !_stopped; pass++)
        {
            Copy();
        }

        _lastBitIsWriters = true;
    }

    private void Copy()
    {
        var written = Frames;
        var beganAt = Stopwatch.GetTimestamp();
        _database.CheckpointPassive();
        _file.Sync();
        StorageMetrics.CheckpointSeconds.Record(Stopwatch.GetElapsedTime(beganAt).TotalSeconds);
        Interlocked.Exchange(ref _copied, Math.Min(written, Frames));
    }

    [LoggerMessage(EventId = 1005, Level = LogLevel.Warning, Message = "The write-ahead log could not be copied into the store's file: {Reason} It is tried again.")]
    private static partial void LogCheckpointFailed(ILogger logger, string reason);
}
