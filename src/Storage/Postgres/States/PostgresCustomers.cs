using Npgsql;
using Triggers.Storage.Postgres.Data;

namespace Triggers.Storage.Postgres.States;

/// <summary>Flushed states: a row a customer, found by partition, hash and key. Nothing of it is in memory.</summary>
internal sealed class PostgresCustomers(PostgresDatabase database) : ICustomerStore
{
    public const string SelectState = "SELECT state FROM customers WHERE partition = $1 AND hash = $2 AND key = $3";

    public const string SelectStatesOf = """
        SELECT w.place, c.state FROM unnest($2::bigint[], $3::bytea[]) WITH ORDINALITY AS w (hash, key, place)
            JOIN customers c ON c.partition = $1 AND c.hash = w.hash AND c.key = w.key
        """;

    public const string SelectStates = "SELECT state FROM customers WHERE partition = $1 AND hash = $2 ORDER BY key";

    public const string SelectDues = "SELECT hash, due FROM customers WHERE partition = $1";

    public const string SelectPage = """
        SELECT hash, key, state FROM customers WHERE partition = $1 AND (hash, key) > ($2, $3) ORDER BY hash, key LIMIT $4
        """;

    private const string SelectAll = "SELECT partition, state FROM customers WHERE partition = ANY($1)";

    public long Count => database.Query("SELECT sum(customers)::bigint FROM partitions", row => row.GetInt64(0))[0];

    public bool IsFar => true;

    public bool TryLoad(int partition, ulong customerHash, ReadOnlySpan<byte> key, out ReadOnlyMemory<byte> state)
    {
        var states = database.Query(SelectState, row => row.Bytes(0), (short)partition, Parameters.Sortable(customerHash), key.ToArray());
        state = states.Count == 0 ? default : states[0];
        return states.Count > 0;
    }

    public async ValueTask<ReadOnlyMemory<byte>[]> LoadAsync(int partition, IReadOnlyList<CustomerAddress> customers)
        => await database.ReadAsync(async connection =>
        {
            var states = new ReadOnlyMemory<byte>[customers.Count];
            var command = PostgresDatabase.Command(
                connection, SelectStatesOf, (short)partition, customers.Select(customer => Parameters.Sortable(customer.Hash)).ToArray(), customers.Select(customer => customer.Key).ToArray());
            await using (command.ConfigureAwait(false))
            {
                var row = await command.ExecuteReaderAsync(database.Stop).ConfigureAwait(false);
                await using (row.ConfigureAwait(false))
                {
                    while (await row.ReadAsync(database.Stop).ConfigureAwait(false))
                    {
                        states[(int)row.GetInt64(0) - 1] = row.Bytes(1);
                    }
                }
            }

            return states;
        }, database.Stop).ConfigureAwait(false);

    public void VisitDues(int partition, Action<ulong, long> visit)
        => database.Query(SelectDues, row => (Parameters.Hash(row.GetInt64(0)), row.GetInt64(1)), (short)partition).ForEach(each => visit(each.Item1, each.Item2));

    public IReadOnlyList<ReadOnlyMemory<byte>> LoadByHash(int partition, ulong customerHash)
        => database.Query(SelectStates, row => (ReadOnlyMemory<byte>)row.Bytes(0), (short)partition, Parameters.Sortable(customerHash));

    public IEnumerable<(ulong Hash, ReadOnlyMemory<byte> State)> Scan(int partition, ulong? afterHash)
    {
        if (afterHash == ulong.MaxValue)
        {
            yield break;
        }

        // Keys are never empty, so a hash with no key stands before all of its customers.
        var (hash, key) = (afterHash is { } after ? Parameters.Sortable(after + 1) : long.MinValue, Array.Empty<byte>());
        while (true)
        {
            var page = database.Query(SelectPage, row => (Hash: row.GetInt64(0), Key: row.Bytes(1), State: row.Bytes(2)), (short)partition, hash, key, Limits.ScanRows);
            foreach (var row in page)
            {
                yield return (Parameters.Hash(row.Hash), row.State);
            }

            if (page.Count < Limits.ScanRows)
            {
                yield break;
            }

            (hash, key) = (page[^1].Hash, page[^1].Key);
        }
    }

    /// <summary>In the order of the disk, which says little of when a state was flushed: rows are rewritten where there is room.</summary>
    public void VisitNewest(IReadOnlySet<int> partitions, Func<int, ReadOnlyMemory<byte>, bool> visit)
        => database.Read(connection =>
        {
            using var command = PostgresDatabase.Command(connection, SelectAll, partitions.Select(partition => (short)partition).ToArray());
            using var row = command.ExecuteReader();
            while (row.Read())
            {
                if (!visit(row.GetInt16(0), row.Bytes(1)))
                {
                    // What is on its way would be read to its end otherwise.
                    command.Cancel();
                    break;
                }
            }

            return true;
        });
}
