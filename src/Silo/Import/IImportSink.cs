namespace Triggers.Silo.Import;

/// <summary>Where imported events go: a running server, or one opened on a stopped data folder.</summary>
public interface IImportSink : IAsyncDisposable
{
    /// <summary>In words, for the first line of the report.</summary>
    string Target { get; }

    /// <summary>The first row that is not in yet; 0 if this import was never begun.</summary>
    Task<long> NextRowAsync(string sourceHash, CancellationToken cancellation);

    /// <summary>Durable when it returns. Waits and tries again while the server asks for it.</summary>
    Task<ImportAnswer> AppendAsync(ImportBatch batch, CancellationToken cancellation);

    /// <summary>Everything appended is applied when it returns.</summary>
    Task DrainAsync(CancellationToken cancellation);
}

/// <param name="Body">NDJSON of Segment events.</param>
/// <param name="Rows">The row of each line of <paramref name="Body"/>.</param>
/// <param name="From">The journal's row before this batch, rows without an event counted.</param>
/// <param name="Next">The journal's row after it.</param>
public sealed record ImportBatch(string SourceHash, string Name, string? Source, ReadOnlyMemory<byte> Body, IReadOnlyList<ImportRow> Rows, long From, long Next);

/// <param name="AlreadyIn">Another import of the same file was faster: the journal stands elsewhere than at <see cref="ImportBatch.From"/>.</param>
/// <param name="NextRow">Where the journal stands now.</param>
public sealed record ImportAnswer(int Accepted, IReadOnlyList<ImportRejection> Rejected, bool AlreadyIn, long NextRow);

/// <param name="Line">0-based line of the batch.</param>
public sealed record ImportRejection(int Line, string Reason);
