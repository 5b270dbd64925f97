using Triggers.Storage.Moving.Steps;
using Triggers.Storage.Postgres.Data;
using Triggers.Storage.Postgres.Log;
using Triggers.Storage.Postgres.Runs;
using Triggers.Storage.Postgres.Writing;

namespace Triggers.Storage.Moving;

/// <summary>Reads both sides whole, each as its own server would read it, and compares.</summary>
internal sealed class Verification(SqliteSource source, PostgresDatabase target, StateStep states, IReadOnlyList<TableStep> tables)
{
    private const string SelectStates = "SELECT hash, due, state FROM customers WHERE partition = $1";

    private readonly Tally _source = new();
    private readonly Tally _target = new();

    /// <summary>Of both sides.</summary>
    public long Items => _source.Items + _target.Items;

    /// <summary>What differs, for people; empty: nothing.</summary>
    public async Task<List<string>> RunAsync(CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAll(ReadAsync(() => ReadSourceAsync(either.Token)), ReadAsync(() =>
        {
            ReadTarget(either.Token);
            return Task.CompletedTask;
        })).ConfigureAwait(false);
        return [.. CompareMarks(), .. Tally.Compare(_source, _target)];

        // Where one side cannot be read, nobody waits for the other.
        async Task ReadAsync(Func<Task> side)
        {
            try
            {
                await Task.Run(side, CancellationToken.None).ConfigureAwait(false);
            }
            catch
            {
                await either.CancelAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    private async Task ReadSourceAsync(CancellationToken cancellation)
    {
        foreach (var (partition, tail) in source.TailOffsets())
        {
            foreach (var record in source.History.ReadAll(partition, 0, tail))
            {
                _source.AddRecord(partition, record.Offset, record.At, record.Bytes.Span);
            }

            cancellation.ThrowIfCancellationRequested();
        }

        using (var reader = source.OpenTail())
        {
            while (await reader.ReadAsync(TimeSpan.Zero, cancellation).ConfigureAwait(false) is { Count: > 0 } slices)
            {
                foreach (var slice in slices)
                {
                    AddSlice(slice);
                }
            }
        }

        source.VisitChecksums(_source.AddChecksums);
        foreach (var state in states.ReadAll())
        {
            cancellation.ThrowIfCancellationRequested();
            _source.AddState(state.Partition, state.Hash, state.Due, state.State);
        }

        foreach (var step in tables)
        {
            foreach (var row in step.ReadAll())
            {
                AddRow(_source, step.Table, row);
            }
        }
    }

    private void ReadTarget(CancellationToken cancellation)
    {
        var history = new PostgresHistory(target, source.Info.Partitions);
        for (var partition = 0; partition < source.Info.Partitions; partition++)
        {
            foreach (var record in history.ReadAll(partition))
            {
                _target.AddRecord(partition, record.Offset, record.At, record.Bytes.Span);
            }

            new PostgresChecksums(target).Read([new PartitionOffset(partition, 0)], _target.AddChecksums);
            var number = partition;
            Visit(SelectStates, row => _target.AddState(number, Parameters.Hash(row.GetInt64(0)), row.GetInt64(1), row.Bytes(2)), cancellation, (short)partition);
        }

        foreach (var step in tables)
        {
            Visit(step.Table.SelectTarget, row => AddRow(_target, step.Table, MovedTable.ReadTarget(row)), cancellation);
        }
    }

    /// <summary>What is few is compared item by item.</summary>
    private IEnumerable<string> CompareMarks()
    {
        var (partitions, counters) = (source.State.Partitions, source.State.Counters.Totals());
        var recovery = PartitionTable.Recover(target);
        foreach (var mark in recovery.Partitions)
        {
            var mine = partitions[mark.Partition];
            if ((mine.Epoch, mine.Cursor, mine.Floor, mine.Head) != (mark.Epoch, mark.Cursor, mark.Floor, mark.Head) || !mine.FloorState.AsSpan().SequenceEqual(mark.FloorState))
            {
                yield return FormattableString.Invariant($"partition {mark.Partition} stands elsewhere");
            }
        }

        if (recovery.Partitions.Count != partitions.Length)
        {
            yield return FormattableString.Invariant($"partitions: {partitions.Length} in the data folder, {recovery.Partitions.Count} in the copy");
        }

        foreach (var name in counters.Keys.Union(recovery.Counters.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            if (!counters.TryGetValue(name, out var here) | !recovery.Counters.TryGetValue(name, out var there) || here != there)
            {
                yield return FormattableString.Invariant($"counter {name}: {here} in the data folder, {there} in the copy");
            }
        }

        var store = target.Query("SELECT store_id, secret, created_at FROM store", row => (Id: row.GetString(0), Secret: row.Bytes(1), CreatedAt: row.GetInt64(2)))[0];
        if (store.Id != source.Info.StoreId || store.CreatedAt != source.Info.CreatedAt || !store.Secret.AsSpan().SequenceEqual(source.Info.Secret))
        {
            yield return "the store's id and secret are others";
        }

        // What each side counts without looking at its rows.
        var known = target.Query("SELECT (SELECT sum(customers)::bigint FROM partitions), (SELECT total FROM rejected_total)", row => (Customers: row.GetInt64(0), Rejected: row.GetInt64(1)))[0];
        if (known != (source.State.Customers.Count, source.LastSequence("Rejected")) || _source.CountOf("states") != known.Customers)
        {
            yield return FormattableString.Invariant($"customers and rejected events counted: {(source.State.Customers.Count, source.LastSequence("Rejected"))} in the data folder, {known} in the copy");
        }

        // Every record of every partition, not only the same ones on both sides.
        if (_source.CountOf("records") != source.Records)
        {
            yield return FormattableString.Invariant($"records: {source.Records} by the heads of the data folder, {_source.CountOf("records")} found in it");
        }
    }

    private void AddSlice(LogSlice slice)
    {
        var bytes = slice.Bytes.Span;
        for (var offset = slice.FirstOffset; !bytes.IsEmpty; offset++)
        {
            var length = Engine.Records.RecordView.ReadHead(bytes, out _, out _);
            _source.AddRecord(slice.Partition, offset, slice.At, bytes[..length]);
            bytes = bytes[length..];
        }
    }

    private static void AddRow(Tally tally, MovedTable table, object?[] row) => tally.AddRow(table.Target, table.PartitionColumn < 0 ? -1 : (short)row[table.PartitionColumn]!, row);

    /// <summary>Row by row, however many.</summary>
    private void Visit(string sql, Action<Npgsql.NpgsqlDataReader> visit, CancellationToken cancellation, params object?[] arguments)
    {
        using var connection = target.Source.OpenConnection();
        using var command = PostgresDatabase.Command(connection, sql, arguments);
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            cancellation.ThrowIfCancellationRequested();
            visit(row);
        }
    }
}
