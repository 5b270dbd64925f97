namespace Triggers.Silo.Import;

/// <summary>Where imported events go: a running server, or one opened on a stopped data folder.</summary>
public interface IImportSink : IAsyncDisposable
{
    /// <summary>In words, for the first line of the report.</summary>
    string Target { get; }

    /// <summary>Why nothing goes on right now, for people; null: it does. Read from any thread.</summary>
    string? Waiting { get; }

    /// <summary>The first row that is not in yet; 0 if this import was never begun.</summary>
    Task<long> NextRowAsync(string hash, CancellationToken cancellation);

    /// <summary>Durable when it returns. Waits and tries again while the server asks for it.</summary>
    Task<ImportAnswer> AppendAsync(ImportBatch batch, CancellationToken cancellation);

    /// <summary>Everything appended is applied when it returns.</summary>
    Task DrainAsync(CancellationToken cancellation);
}

/// <summary>What is imported: <paramref name="Hash"/> stands for content and mapping, <paramref name="Name"/> is shown, <paramref name="SourceId"/> is one of the definitions' sources (null: the first).</summary>
public sealed record ImportSource(string Hash, string Name, string? SourceId);

/// <param name="Body">NDJSON, a line a row; a row that could not be read is its reason and its text.</param>
/// <param name="FirstRow">The number of the first row.</param>
public sealed record ImportBatch(ImportSource Source, ReadOnlyMemory<byte> Body, long FirstRow);

/// <param name="AlreadyImported">The journal stands elsewhere than at the batch's first row: nothing of it was taken.</param>
/// <param name="NextRow">Where the journal stands now.</param>
public sealed record ImportAnswer(long Accepted, IReadOnlyList<RejectedLine> Rejected, bool AlreadyImported, long NextRow);

/// <param name="Line">Line of the batch, from 0.</param>
public sealed record RejectedLine(int Line, string Reason);
