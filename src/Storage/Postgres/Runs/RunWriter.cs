using Npgsql;
using Triggers.Storage.Postgres.Data;
using Triggers.Storage.Runs;

namespace Triggers.Storage.Postgres.Runs;

/// <summary>Takes one partition's sorted records and brings them to the server as the pages of a run, some megabytes at a time, in the running transaction.</summary>
internal sealed class RunWriter : IDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly short _partition;
    private readonly long _id;
    private readonly long _at;
    private readonly RunPage _page = new(packs: false);
    private readonly List<(long FirstHash, long FirstOffset, byte[] Bytes)> _pages = [];
    private int _waitingBytes;
    private long _bytes;

    /// <param name="at">Of the newest record: the run leaves with the child table of that instant.</param>
    public RunWriter(NpgsqlConnection connection, int partition, long firstOffset, long nextOffset, long at)
    {
        _connection = connection;
        _partition = (short)partition;
        _at = at;
        _id = PostgresDatabase.Query(connection, RunTable.InsertRun, row => row.GetInt64(0), _partition, firstOffset, nextOffset, at)[0];
    }

    /// <summary>True: call <see cref="FlushAsync"/> before adding more.</summary>
    public bool WantsFlush => _waitingBytes >= Limits.PageBytesAtOnce;

    public void Add(ulong hash, long offset, long at, ReadOnlySpan<byte> record)
    {
        if (_page.IsFull)
        {
            ClosePage();
        }

        _page.Add(hash, offset, at, record);
        _bytes += record.Length;
    }

    public async Task FlushAsync()
    {
        if (_pages.Count > 0)
        {
            await new Statements()
                .Add(RunTable.InsertPages, _partition, _id, _at, _pages.Select(page => page.FirstHash).ToArray(), _pages.Select(page => page.FirstOffset).ToArray(), _pages.Select(page => page.Bytes).ToArray())
                .RunAsync(_connection).ConfigureAwait(false);
            _pages.Clear();
            _waitingBytes = 0;
        }
    }

    public async Task FinishAsync()
    {
        ClosePage();
        await FlushAsync().ConfigureAwait(false);
        await new Statements().Add("UPDATE log_runs SET bytes = $2 WHERE id = $1", _id, _bytes).RunAsync(_connection).ConfigureAwait(false);
    }

    public void Dispose() => _page.Dispose();

    private void ClosePage()
    {
        if (_page.Count > 0)
        {
            var bytes = _page.Encode().ToArray();
            _pages.Add((Parameters.Sortable(_page.FirstHash), _page.FirstOffset, bytes));
            _waitingBytes += bytes.Length;
            _page.Clear();
        }
    }
}
