using Triggers.Storage.Postgres.Data;

namespace Triggers.Storage.Postgres.Log;

/// <summary>
/// What this process's readers want from the server. While a query is under way further wishes gather, and the next query takes all of them: where each
/// partition has a loop of its own, one other process's append would otherwise be a query for each of them.
/// </summary>
internal sealed class SharedReads(PostgresDatabase database)
{
    private readonly Lock _lock = new();
    private List<Request> _waiting = [];
    private int _underWay;

    private sealed record Request(ReadWish[] Wishes, TaskCompletionSource<List<ReadChunk>> Done)
    {
        public List<ReadChunk> Chunks { get; } = [];
    }

    /// <summary>For each wish some chunks, in order; who leaves before they are there has lost nothing.</summary>
    public Task<List<ReadChunk>> ReadAsync(ReadWish[] wishes, CancellationToken cancellation)
    {
        var request = new Request(wishes, new TaskCompletionSource<List<ReadChunk>>(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_lock)
        {
            _waiting.Add(request);
            if (_underWay < Limits.ReadsAtOnce)
            {
                _underWay++;
                _ = Task.Run(RunAsync, CancellationToken.None);
            }
        }

        return request.Done.Task.WaitAsync(cancellation);
    }

    private async Task RunAsync()
    {
        while (true)
        {
            List<Request> requests;
            lock (_lock)
            {
                if (_waiting.Count == 0)
                {
                    _underWay--;
                    return;
                }

                (requests, _waiting) = (_waiting, []);
            }

            try
            {
                await ReadAsync(requests).ConfigureAwait(false);
                requests.ForEach(request => request.Done.TrySetResult(request.Chunks));
            }
            catch (Exception error)
            {
                requests.ForEach(request => request.Done.TrySetException(error));
            }
        }
    }

    private Task<bool> ReadAsync(List<Request> requests)
    {
        var wishes = requests.SelectMany(request => request.Wishes.Select(wish => (Wish: wish, request.Chunks))).ToArray();
        var partitions = Array.ConvertAll(wishes, each => (short)each.Wish.Partition);
        var from = Array.ConvertAll(wishes, each => each.Wish.From);
        var rows = Array.ConvertAll(wishes, each => each.Wish.Rows);

        // What follows in a partition has no smaller instant than what was read: older child tables are not looked into.
        var at = wishes.Min(each => each.Wish.At);
        var bytes = Math.Max(Storage.Limits.ReadBytes / wishes.Length, Limits.ReadPartitionBytes);
        return database.ReadAsync(async connection =>
        {
            requests.ForEach(request => request.Chunks.Clear());
            var command = PostgresDatabase.Command(connection, LogTable.SelectChunks, partitions, from, rows, at, (long)bytes);
            await using (command.ConfigureAwait(false))
            {
                var row = await command.ExecuteReaderAsync(database.Stop).ConfigureAwait(false);
                await using (row.ConfigureAwait(false))
                {
                    while (await row.ReadAsync(database.Stop).ConfigureAwait(false))
                    {
                        var (wish, chunks) = wishes[row.GetInt32(0) - 1];
                        chunks.Add(new ReadChunk(wish.Partition, row.GetInt64(1) - row.GetInt32(2), row.GetInt32(2), row.GetInt64(3), row.Bytes(4)));
                    }
                }
            }

            return true;
        }, database.Stop);
    }
}

/// <summary>What comes after an offset of a partition: at most so many chunks, and none of an earlier instant.</summary>
internal readonly record struct ReadWish(int Partition, long From, long At, int Rows);

/// <summary>One row of the log.</summary>
internal readonly record struct ReadChunk(int Partition, long First, int Count, long At, byte[] Bytes);
