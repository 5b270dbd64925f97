using Triggers.Storage.Sqlite.Data;
using Triggers.Storage.Sqlite.Lists;
using Triggers.Storage.Sqlite.Log;
using Triggers.Storage.Sqlite.Outbox;
using Triggers.Storage.Sqlite.Runs;

namespace Triggers.Storage.Tests.Sqlite;

/// <summary>Every statement that a request or the hot path runs uses an index, and sorts nothing.</summary>
public sealed class QueryPlanTests
{
    public static TheoryData<string, string> Statements()
    {
        var data = new TheoryData<string, string>
        {
            { BlockTable.SelectFrom, "rowid>?" },
            { SqliteChecksums.SelectCommits, "rowid>? AND rowid<?" },
            { SqliteChecksums.SelectFrom, "ChecksumsByOffset (Partition=? AND FirstOffset>?)" },
            { BlockTable.SelectDirectory, "rowid=?" },
            { SqliteOutbox.SelectDue, "MessagesDue (Channel=? AND NextAttemptAt<?)" },
            { SqliteOutbox.SelectNextAttempts, "MessagesDue (Channel=? AND NextAttemptAt>?)" },
            { SqliteOutbox.SelectLook, "MessagesById" },
            { SqliteOutbox.SelectQueued, "MessagesByStatus (Status=?)" },
            { MessageTable.CloseMessage, "MessagesById" },
            { MessageTable.RetryMessage, "MessagesById" },
            { MessageTable.ResendMessage, "MessagesById" },
            { MessageTable.CancelOfCustomer, "MessagesByCustomer" },
            { MessageTable.CancelOfEverybody, "MessagesByStatus (Status=?)" },
            { MessageTable.CancelDecidedBefore, "MessagesByStatus (Status=?)" },
            { MessageTable.DeleteOfCustomer, "MessagesByCustomer" },
            { SqliteMessages.SelectById, "MessagesById" },
            { SqliteMailbox.SelectPage, "rowid<?" },
            { SqliteMailbox.SelectById, "MailboxById" },
            { SqliteMailbox.DeleteOld, "rowid<?" },
            { SqliteMailbox.DeleteOfCustomer, "MailboxByCustomer" },
            { SqliteRejected.SelectPage, "rowid<?" },
            { SqliteRejected.DeleteOld, "rowid<?" },
            { SqliteImports.SelectNextRow, "PRIMARY KEY (SourceHash=?)" },
            { SqliteDefinitions.SelectFiles, "PRIMARY KEY (Version=?)" },
            { SqliteSearch.SelectByPrefix[0], "SearchById (IdLower>? AND IdLower<?)" },
            { SqliteSearch.SelectByPrefix[1], "SearchByEmail (EmailLower>? AND EmailLower<?)" },
            { SqliteSearch.SelectByPrefix[2], "SearchByName (NameLower>? AND NameLower<?)" },
            { SqliteLists.SelectMembers, "PRIMARY KEY (List=? AND UserId>?)" },
            { SqliteLists.DeleteErased, "ListMembersByUser (UserId=?)" },
            { SqliteQuality.DeleteOldDays, "PRIMARY KEY (Slot<?)" },
            { SqliteQuality.DeleteOldHours, "PRIMARY KEY (Slot>? AND Slot<?)" },
            { SqliteQuality.DeleteExample, "PRIMARY KEY (At=? AND Writer=? AND Number=?)" },
            { SqliteSearch.Delete, "PRIMARY KEY (CustomerKey=?)" },
            { RunTable.SelectNextPage, "RunPagesByHash (Run=? AND Partition=? AND (FirstHash,FirstOffset)>(?,?))" },
            { RunTable.SelectPagesOfHash, "RunPagesByHash (Run=? AND Partition=? AND FirstHash>? AND FirstHash<?)" },
            { RunCatalog.DeleteBlocks, "rowid<?" },
            { RunCatalog.SelectOldestBlocks, "rowid<?" },
        };
        foreach (var customer in new[] { false, true })
        {
            foreach (var campaign in new[] { false, true })
            {
                foreach (var status in new[] { false, true })
                {
                    var index = customer ? "MessagesByCustomer (CustomerKey=? AND Sequence<?)" : campaign ? "MessagesByCampaign (Campaign=? AND Sequence<?)"
                        : status ? "MessagesByStatus (Status=? AND Sequence<?)" : "rowid<?";
                    data.Add(SqliteMessages.Select(customer, campaign, status), index);
                }
            }
        }

        data.Add(SqliteMessages.Select(customer: false, campaign: true, status: true, few: true), "MessagesByStatus (Status=? AND Sequence<?)");
        data.Add(SqliteMessages.Select(customer: true, campaign: true, status: true, few: true), "MessagesByCustomer (CustomerKey=? AND Sequence<?)");
        return data;
    }

    [Theory]
    [MemberData(nameof(Statements))]
    public async Task A_statement_uses_its_index(string sql, string index)
    {
        await using var harness = await SqliteHarness.OpenAsync();
        using var lease = harness.Sqlite.Pool.Rent();
        var plan = Plan(lease.Database, sql);

        Assert.Contains(index, plan);
        Assert.DoesNotContain("TEMP B-TREE", plan);
        Assert.DoesNotContain("SCAN", plan);
    }

    private static string Plan(SqliteDatabase database, string sql)
    {
        var lines = new List<string>();
        using var row = database.Statement("EXPLAIN QUERY PLAN " + sql);
        while (row.Step())
        {
            lines.Add(row.Text(3));
        }

        return string.Join('\n', lines);
    }
}
