using Microsoft.Extensions.ObjectPool;
using Triggers.Engine.Records;
using Triggers.Web.Quality;

namespace Triggers.Web.Ingest;

/// <summary>Everything one request needs, kept for the next: a request of a hundred events allocates next to nothing.</summary>
internal sealed class IngestWork : IDisposable
{
    public BodyReader Reader { get; } = new(Limits.BatchBytesMax);

    public EventParser Parser { get; } = new();

    public EventWriter Writer { get; } = new();

    public EventWatch Watch { get; } = new();

    public RecordBatch Batch { get; } = new();

    public List<(int Index, string Reason)> Rejections { get; } = [];

    public void Clear()
    {
        Batch.Clear();
        Rejections.Clear();
        Watch.Clear();
    }

    public void Dispose()
    {
        Reader.Dispose();
        Writer.Dispose();
        Batch.Dispose();
    }
}

internal sealed class IngestWorkPolicy : IPooledObjectPolicy<IngestWork>
{
    public IngestWork Create() => new();

    /// <summary>What a rare large request made it grow to is not kept.</summary>
    public bool Return(IngestWork obj)
    {
        if (obj.Reader.Body.Length > Limits.KeptWorkBodyBytes)
        {
            obj.Dispose();
            return false;
        }

        obj.Clear();
        return true;
    }
}
