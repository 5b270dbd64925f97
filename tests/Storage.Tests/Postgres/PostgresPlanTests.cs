using Npgsql;
using Triggers.Storage.Postgres.Lists;
using Triggers.Storage.Postgres.Log;
using Triggers.Storage.Postgres.Outbox;
using Triggers.Storage.Postgres.Runs;
using Triggers.Storage.Postgres.States;
using Triggers.Storage.Postgres.Writing;
using Triggers.Tests.Shared;

namespace Triggers.Storage.Tests.Postgres;

/// <summary>Every statement that a request or the hot path runs can use an index: none needs a table's every row, however large the table is.</summary>
[NeedsPostgres]
public sealed class PostgresPlanTests(PostgresPlanTests.FilledStore filled) : IClassFixture<PostgresPlanTests.FilledStore>
{
    public static TheoryData<string, string> Statements() => new()
    {
        { PartitionTable.SelectTotalsOf, "counters_pkey" },
        { LogTable.SelectChunks, "log_chunks_" },
        { PostgresCustomers.SelectState, "customers_pkey" },
        { PostgresCustomers.SelectStatesOf, "customers_pkey" },
        { PostgresCustomers.SelectStates, "customers_pkey" },
        { PostgresCustomers.SelectDues, "customers_pkey" },
        { PostgresCustomers.SelectPage, "customers_pkey" },
        { StateFlush.DeleteHashes, "customers_pkey" },
        { PostgresOutbox.SelectDue, "messages_due" },
        { PostgresOutbox.SelectDueOfPartitions, "messages_of_partition" },
        { PostgresOutbox.SelectNextAttempt, "messages_due" },
        { PostgresOutbox.SelectNextAttemptOfPartitions, "messages_of_partition" },
        { PostgresOutbox.SelectLook, "messages_by_id" },
        { PostgresOutbox.SelectDepth, "messages_(due|of_partition)" },
        { PostgresOutbox.SelectDepthOfPartitions, "messages_of_partition" },
        { MessageTable.RetryMessage, "messages_by_id" },
        { MessageTable.ResendMessage, "messages_by_id" },
        { MessageTable.CloseMessages, "messages_by_id" },
        { MessageTable.CancelOfCustomer, "messages_by_customer" },
        { MessageTable.DeleteOfCustomer, "messages_by_customer" },
        { PostgresMessages.SelectById, "messages_by_id" },
        { PostgresMessages.Select(customer: true, campaign: false, status: false), "messages_by_customer" },
        { PostgresMessages.Select(customer: false, campaign: true, status: false), "messages_by_campaign" },
        { PostgresMessages.Select(customer: false, campaign: false, status: true), "messages_by_status" },
        { PostgresMessages.Select(customer: false, campaign: true, status: true), "messages_by_campaign" },
        { PostgresMessages.Select(customer: false, campaign: true, status: true, few: true), "messages_by_status" },
        { PostgresMessages.Select(customer: true, campaign: true, status: true, few: true), "messages_by_customer" },
        { PostgresMessages.Select(customer: false, campaign: false, status: false), "messages_pkey" },
        { PostgresMailbox.SelectPage, "mailbox_pkey" },
        { PostgresMailbox.SelectById, "mailbox_by_id" },
        { PostgresMailbox.DeleteOfCustomer, "mailbox_by_customer" },
        { PostgresRejected.SelectPage, "rejected_pkey" },
        { PostgresLists.SelectPending, "list_members_pending" },
        { PostgresLists.SelectMembers, "list_members_pkey" },
        { PostgresLists.DeleteErased, "list_members_by_user" },
        { PostgresQuality.DeleteOldDays, "quality_counts_pkey" },
        { PostgresQuality.DeleteOldHours, "quality_counts_pkey" },
        { PostgresQuality.DeleteExample, "violation_examples_pkey" },
        { PostgresDefinitions.SelectFiles, "definition_files_pkey" },
        { SearchTable.SelectByPrefix[0], "search_by_id" },
        { SearchTable.SelectByPrefix[1], "search_by_email" },
        { SearchTable.SelectByPrefix[2], "search_by_name" },
        { SearchTable.DeleteOfCustomer, "search_pkey" },
        { RunTable.SelectPagesOfHash, "log_pages_" },
        { RunTable.SelectNextPage, "log_pages_" },
        { RunTable.SelectChunks, "log_chunks_" },
    };

    [EngineTheory]
    [MemberData(nameof(Statements))]
    public async Task A_statement_can_use_its_index(string sql, string index)
    {
        await using var source = NpgsqlDataSource.Create(filled.ConnectionString);
        await using var connection = await source.OpenConnectionAsync();

        // In tables this small reading them whole may be cheaper: what counts is that the index serves the conditions.
        await ExecuteAsync(connection, "SET enable_seqscan = off; SET enable_bitmapscan = off; SET plan_cache_mode = force_generic_plan");
        await ExecuteAsync(connection, $"PREPARE plan AS {sql}");
        var lines = new List<string>();
        await using var command = new NpgsqlCommand("EXPLAIN EXECUTE plan" + Arguments(sql), connection);
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            lines.Add(row.GetString(0));
        }

        var plan = string.Join('\n', lines);
        Assert.Matches($"Index (Only )?Scan.* {index}", plan);
        Assert.DoesNotContain("Seq Scan", plan);
    }

    /// <summary>Of a table that is split by time, NULL would leave nothing to plan.</summary>
    private static string Arguments(string sql)
    {
        var count = Enumerable.Range(1, 20).Count(number => sql.Contains($"${number}", StringComparison.Ordinal));
        return sql == LogTable.SelectChunks ? "('{1}', '{0}', '{9}', 0, 9)"
            : sql == RunTable.SelectNextPage ? $"(1::smallint, 1, {ManualTime.Start}, 0, 0)"
            : count == 0 ? "" : $"({string.Join(", ", Enumerable.Repeat("NULL", count))})";
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>A store with enough in its tables that one index is better than another.</summary>
    public sealed class FilledStore : IAsyncLifetime
    {
        private const string Fill = """
            INSERT INTO messages (message_id, partition, customer_key, campaign, campaign_version, step_id, channel, template, address, status, reason, attempts, decided_at, expires_at, next_attempt_at, closed_at, data)
                SELECT i::text, i % 63, 'u:' || i % 3000, 'c' || i % 20, 1, '1', 'email', 't', 'a', CASE WHEN i % 2 = 0 THEN 'queued' WHEN i % 100 = 1 THEN 'failed' ELSE 'sent' END, '', 0, i, i, i, 0, '' FROM generate_series(1, 10000) i;
            INSERT INTO mailbox (message_id, sender, recipient, subject, campaign, customer_key, at, is_test, headers, body_text, body_html)
                SELECT i::text, '', '', '', '', 'u:' || i % 300, i, false, '', '', '' FROM generate_series(1, 2000) i;
            INSERT INTO rejected SELECT i, i, '', '', '' FROM generate_series(1, 2000) i;
            INSERT INTO search SELECT 'u:' || i, i::text, i || '@example.com', 'name ' || i FROM generate_series(1, 3000) i;
            INSERT INTO customers SELECT 0, i, 'k', i, 's' FROM generate_series(1, 3000) i;
            INSERT INTO definition_versions SELECT i, i FROM generate_series(1, 300) i;
            INSERT INTO definition_files SELECT v, f::text, '' FROM generate_series(1, 300) v, generate_series(1, 10) f;
            INSERT INTO log_runs (partition, first_offset, next_offset, at, bytes) SELECT i % 64, i, i + 1, (SELECT max(at) FROM log_heads), 1 FROM generate_series(1, 500) i;
            INSERT INTO log_pages SELECT i % 64, 1 + i % 500, i, i, (SELECT max(at) FROM log_heads), 'x' FROM generate_series(1, 5000) i;
            ANALYZE;
            """;

        private PostgresHarness? _harness;

        public string ConnectionString => _harness!.Options.ConnectionString;

        public async Task InitializeAsync()
        {
            if (PostgresServer.WhyNot is null)
            {
                _harness = await PostgresHarness.OpenAsync();
                await _harness.AppendAsync((Triggers.Engine.Records.CustomerKey.User("ann"), "1"));
                await using var source = NpgsqlDataSource.Create(ConnectionString);
                await using var connection = await source.OpenConnectionAsync();
                await ExecuteAsync(connection, Fill);
            }
        }

        public async Task DisposeAsync()
        {
            if (_harness is not null)
            {
                await _harness.DisposeAsync();
            }
        }
    }
}
