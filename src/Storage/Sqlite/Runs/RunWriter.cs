using Triggers.Storage.Runs;
using Triggers.Storage.Sqlite.Writing;

namespace Triggers.Storage.Sqlite.Runs;

/// <summary>Takes sorted records, partition by partition, and brings them to disk as the pages of one run, a megabyte a transaction.</summary>
internal sealed class RunWriter(StoreWriter writer, long runId) : IDisposable
{
    private readonly RunPage _page = new(packs: true);
    private readonly List<(int Partition, ulong FirstHash, long FirstOffset, byte[] Data)> _pages = [];
    private int _partition;
    private int _waitingBytes;

    public long Bytes { get; private set; }

    /// <summary>True: call <see cref="FlushAsync"/> before adding more.</summary>
    public bool WantsFlush => _waitingBytes >= Limits.RunWriteBytes;

    public void Add(int partition, ulong hash, long offset, long at, ReadOnlySpan<byte> record)
    {
        if (partition != _partition || _page.IsFull)
        {
            ClosePage();
            _partition = partition;
        }

        _page.Add(hash, offset, at, record);
        Bytes += record.Length;
    }

    public async Task FlushAsync()
    {
        if (_pages.Count == 0)
        {
            return;
        }

        var pages = _pages.ToArray();
        _pages.Clear();
        _waitingBytes = 0;
        await writer.RunInBackground(transaction =>
        {
            foreach (var (partition, hash, offset, data) in pages)
            {
                transaction.Database.Statement(RunTable.InsertPage)
                    .Bind(1, runId).Bind(2, partition).Bind(3, RunPage.Sortable(hash)).Bind(4, offset).Bind(5, data).Run();
            }

            return true;
        }).ConfigureAwait(false);
    }

    public Task FinishAsync()
    {
        ClosePage();
        return FlushAsync();
    }

    public void Dispose() => _page.Dispose();

    private void ClosePage()
    {
        if (_page.Count > 0)
        {
            var data = _page.Encode().ToArray();
            _pages.Add((_partition, _page.FirstHash, _page.FirstOffset, data));
            _waitingBytes += data.Length;
            _page.Clear();
        }
    }
}
