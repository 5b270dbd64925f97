using Triggers.Engine.Records;
using Triggers.Storage;

namespace Triggers.Web.Tests.Support;

/// <summary>The lists of a store that the web reads; the rest of a store is not the web's business.</summary>
public sealed class FakeStore : IStore, IMessageStore, IMailbox, IDefinitionStore, IRejectedStore, IImportJournal
{
    public StoreInfo Info { get; } = new("test", [.. Enumerable.Range(1, 32).Select(value => (byte)value)], 64, 1, 0);

    public bool IsShared => false;

    public List<MessageRow> Rows { get; } = [];

    public List<MailboxItem> Mails { get; } = [];

    public List<RejectedEvent> RejectedRows { get; } = [];

    public List<PendingErasure> Erasures { get; } = [];

    public long JournalRow { get; set; }

    public ILog Log => throw Unused();

    public ICustomerStore Customers => throw Unused();

    public IHistory History => throw Unused();

    public IChecksums Checksums => throw Unused();

    public IOutbox Outbox => throw Unused();

    public IMessageStore Messages => this;

    public IMailbox Mailbox => this;

    public IDefinitionStore Definitions => this;

    public IRejectedStore Rejected => this;

    public IImportJournal Imports => this;

    public FakeQuality QualityRows { get; init; } = new();

    public IQualityStore Quality => QualityRows;

    public ISettingStore Settings => throw Unused();

    public ISearchIndex Search => throw Unused();

    public IListStore Lists => throw Unused();

    public int LatestVersion => 3;

    public long Total => RejectedRows.Count;

    public StoreCondition Condition => throw Unused();

    public StoreFigures Figures() => throw Unused();

    public Recovery Recover() => throw Unused();

    public IReadOnlyList<PartitionMark> MarksOf(IReadOnlyList<int> partitions) => throw Unused();

    public IReadOnlyDictionary<string, long> CountersOf(int partition) => throw Unused();

    public Task CommitAsync(Commit commit) => throw Unused();

    public IReadOnlyList<PendingErasure> PendingErasures() => Erasures;

    public IDisposable HoldUpkeep() => throw new NotSupportedException();

    public void GiveUp() => throw Unused();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    MessageRow? IMessageStore.Find(string messageId) => Rows.Find(row => row.MessageId == messageId);

    IReadOnlyList<MessageRow> IMessageStore.List(string? customerKey, string? campaign, MessageStatus? status, long? before, int limit)
        => [.. Rows.Where(row => (customerKey is null || row.CustomerKey == customerKey) && (campaign is null || row.Campaign == campaign)
            && (status is null || row.Status == status) && (before is null || row.Sequence < before)).OrderByDescending(row => row.Sequence).Take(limit)];

    public Task AddAsync(MailboxItem item) => throw Unused();

    IReadOnlyList<MailboxItem> IMailbox.List(long? before, int limit)
        => [.. Mails.Where(mail => before is null || mail.Sequence < before).OrderByDescending(mail => mail.Sequence).Take(limit)];

    MailboxItem? IMailbox.Find(string messageId) => Mails.Find(mail => mail.MessageId == messageId);

    public long Count() => Mails.Count;

    public Task<int> SaveAsync(IReadOnlyList<Engine.Definitions.DefinitionFile> files, long at) => throw Unused();

    public Task<int?> SaveFilledAsync(int newest, int fills, long at) => throw Unused();

    DefinitionVersion? IDefinitionStore.Find(int version) => new(version, 1_000, [new Engine.Definitions.DefinitionFile("sources.yaml", "shop-web: {}")]);

    public IReadOnlyList<DefinitionVersion> Read(int after, int limit) => [];

    public Task AddAsync(IReadOnlyList<RejectedEvent> events) => throw Unused();

    IReadOnlyList<RejectedEvent> IRejectedStore.List(long? before, int limit)
        => [.. RejectedRows.Where(row => before is null || row.Sequence < before).OrderByDescending(row => row.Sequence).Take(limit)];

    public long NextRow(string sourceHash) => JournalRow;

    IReadOnlyList<ImportEntry> IImportJournal.List() => [];

    private static InvalidOperationException Unused() => new("The web does not use this part of a store.");
}
