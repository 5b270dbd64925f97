using Triggers.Storage.Moving.Steps;
using Triggers.Storage.Postgres;
using Triggers.Storage.Postgres.Data;

namespace Triggers.Storage.Moving;

/// <summary>
/// Moves what a stopped server kept in a data folder (SQLite) to an empty schema of PostgreSQL, with every offset, instant and number as it is, and compares the two.
/// Until that is done nobody can serve the copy; interrupted, it goes on where it stopped. The data folder is only read. How: docs/moving.md.
/// </summary>
public sealed class StoreMove : IAsyncDisposable
{
    private readonly SqliteSource _source;
    private readonly PostgresTarget _target;
    private readonly MoveJournal? _journal;
    private readonly TimeProvider _time;
    private readonly StateStep _states;
    private readonly TableStep[] _tables;
    private readonly IMoveStep[] _steps;
    private Verification? _verification;
    private long _copied;

    private StoreMove(SqliteSource source, PostgresTarget target, MoveJournal? journal, TimeProvider time, int sliceBytes)
    {
        _source = source;
        _target = target;
        _journal = journal;
        _time = time;
        _copied = journal?.Items ?? 0;
        _states = new StateStep(source, sliceBytes);
        _tables = Array.ConvertAll(MovedTable.All, table => new TableStep(source, table, sliceBytes));

        // Checksums take their day from the runs that are there before them.
        _steps = [new RunStep(source, sliceBytes), new TailStep(source, sliceBytes), new ChecksumStep(source, sliceBytes), _states, .. _tables];
        Items = source.Records + source.State.Customers.Count + MovedTable.All.Sum(table => source.Scalar($"SELECT count(*) FROM {table.Source}"));
    }

    /// <summary>It goes on where an interrupted one stopped.</summary>
    public bool IsResumed => _journal is not null;

    /// <summary>Records, customers and rows of the data folder.</summary>
    public long Items { get; }

    public long Records => _source.Records;

    public long Customers => _source.State.Customers.Count;

    /// <summary>Of <see cref="Items"/>, those that are there.</summary>
    public long Copied => Interlocked.Read(ref _copied);

    /// <summary>Of twice <see cref="Items"/> (both sides), those that were read again and compared.</summary>
    public long Verified => Volatile.Read(ref _verification)?.Items ?? 0;

    public bool IsVerifying => Volatile.Read(ref _verification) is not null;

    /// <summary>For tests: after each slice.</summary>
    internal Action<string>? SliceWritten { get; set; }

    /// <param name="folder">Of a stopped server.</param>
    /// <param name="place">What the store will be opened with.</param>
    /// <exception cref="StoreRefusedException">Of either side; its message says what to do.</exception>
    public static Task<StoreMove> OpenAsync(string folder, PostgresStoreOptions place, TimeProvider time) => OpenAsync(folder, place, time, Limits.SliceBytes);

    internal static async Task<StoreMove> OpenAsync(string folder, PostgresStoreOptions place, TimeProvider time, int sliceBytes)
    {
        var source = await Task.Run(() => SqliteSource.Open(folder, time)).ConfigureAwait(false);
        PostgresTarget? target = null;
        try
        {
            target = await PostgresTarget.OpenAsync(place, time).ConfigureAwait(false);
            var journal = await target.ReadJournalAsync().ConfigureAwait(false);
            Check(journal, source, target, folder);
            return new StoreMove(source, target, journal, time, sliceBytes);
        }
        catch (Exception error)
        {
            source.Dispose();
            if (target is not null)
            {
                await target.DisposeAsync().ConfigureAwait(false);
            }

            if (error is Npgsql.NpgsqlException || Failures.IsUnavailable(error))
            {
                throw new DatabaseUnreachableException(PostgresStore.Describe(place.ConnectionString), Failures.Reason(error).TrimEnd('.') + ".", error);
            }

            throw;
        }
    }

    /// <summary>Copies and compares. Cancelled or failed, it goes on where it stopped when it is begun again.</summary>
    /// <exception cref="MoveDiffersException">The copy is another than the data folder.</exception>
    /// <exception cref="MoveRefusedException">The server went away, or refused.</exception>
    public async Task RunAsync(CancellationToken cancellation = default)
    {
        try
        {
            await CopyAsync(cancellation).ConfigureAwait(false);
            await _target.AnalyzeAsync().ConfigureAwait(false);
            var verification = new Verification(_source, _target.Database, _states, _tables);
            Volatile.Write(ref _verification, verification);
            var differences = await verification.RunAsync(cancellation).ConfigureAwait(false);
            if (differences.Count > 0)
            {
                throw new MoveDiffersException(_target.Database.Where, differences);
            }

            await _target.FinishAsync(_time).ConfigureAwait(false);
        }
        catch (Exception error) when (error is Npgsql.NpgsqlException || Failures.IsUnavailable(error))
        {
            throw new MoveRefusedException($"The move to {_target.Database.Where} was interrupted: {Failures.Reason(error).TrimEnd('.')}. Run it again when that is mended: it goes on where it stopped.", error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _target.DisposeAsync().ConfigureAwait(false);
        _source.Dispose();
    }

    private static void Check(MoveJournal? journal, SqliteSource source, PostgresTarget target, string folder)
    {
        var where = target.Database.Where;
        if (journal is null && !target.IsEmpty())
        {
            throw new MoveRefusedException($"The store in {where} is not empty. Move to an empty database or schema (Search Path of the connection).");
        }

        if (journal is not null && journal.StoreId != source.Info.StoreId)
        {
            throw new MoveRefusedException($"The store in {where} was moved from another data folder than '{folder}'. Move to an empty database or schema (Search Path of the connection).");
        }

        if (journal is { VerifiedAt: > 0 })
        {
            throw new MoveRefusedException($"The data folder '{folder}' was moved to {where} and verified at {DateTimeOffset.FromUnixTimeMilliseconds(journal.VerifiedAt):u}. Serve it from there.");
        }

        if (journal is not null && journal.Fingerprint != source.Fingerprint)
        {
            throw new MoveRefusedException($"The data folder '{folder}' was written since its move to {where} began. Drop the schema there and begin again.");
        }
    }

    private async Task CopyAsync(CancellationToken cancellation)
    {
        if (_journal is null)
        {
            await _target.BeginAsync(_source, _time).ConfigureAwait(false);
        }

        var begun = Math.Max(0, Array.FindIndex(_steps, step => step.Name == _journal?.Step));
        for (var number = begun; number < _steps.Length; number++)
        {
            var step = _steps[number];
            foreach (var slice in step.Read(step.Name == _journal?.Step ? _journal.Position : ""))
            {
                cancellation.ThrowIfCancellationRequested();
                await _target.WriteAsync(step.Name, slice).ConfigureAwait(false);
                Interlocked.Add(ref _copied, slice.Items);
                SliceWritten?.Invoke(step.Name);
            }
        }
    }
}
