using Microsoft.Extensions.Logging.Abstractions;
using Triggers.Channels;
using Triggers.Engine.Effects;
using Triggers.Engine.Records;
using Triggers.Runtime.Hosting;
using Triggers.Runtime.Loop;
using Triggers.Runtime.Messages;
using Triggers.Runtime.Operations;
using Triggers.Runtime.Outbox;
using Triggers.Runtime.Tests.Support;
using Triggers.Storage;
using Triggers.Storage.Sqlite;

namespace Triggers.Runtime.Tests;

/// <summary>The pump of a process that has some of the partitions, which come and go.</summary>
public sealed class PartitionPumpTests : IAsyncLifetime
{
    private static readonly CustomerKey Ann = CustomerKey.User("ann"), Bob = CustomerKey.User("bob");

    private readonly ManualTime _time = new();
    private readonly TempFolder _folder = new();
    private readonly RecordingChannel _email = new("email");
    private SqliteStore _store = null!;
    private OwnedPartitions _owned = null!;
    private SendingPause _pause = null!;
    private OutboxPump? _pump;
    private int _messages;

    public async Task InitializeAsync()
    {
        _store = await SqliteStore.OpenAsync(new SqliteStoreOptions { Folder = _folder.In("data"), MaintainsItself = false }, _time);
        _owned = new OwnedPartitions(_store.Log.Partitions, isAlone: false);
        _pause = new SendingPause(_store.Settings);
        _pump = new OutboxPump(
            _store, new ChannelRegistry([_email]), new PlainComposer(), _owned, new LogMeter(_store.Log, _owned), _pause, new NodeLatencies(_time), new Traces(), _time, NullLogger.Instance);
        _pump.Start();
        Assert.NotEqual(PartitionOf(Ann), PartitionOf(Bob));
    }

    public async Task DisposeAsync()
    {
        await StopPumpAsync();
        _pause.Dispose();
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Only_messages_of_own_partitions_leave()
    {
        _owned.Come(PartitionOf(Ann), epoch: 1);

        var ofAnn = await DecideAsync(Ann, epoch: 1);
        var ofBob = await DecideAsync(Bob, epoch: 1);
        await DecideAsync(Ann, epoch: 1);

        await UntilSentAsync(2);
        Assert.Equal(MessageStatus.Sent, StatusOf(ofAnn));
        Assert.Equal(MessageStatus.Queued, StatusOf(ofBob));
    }

    [Fact]
    public async Task What_a_former_owner_left_leaves_when_the_partition_comes()
    {
        var waiting = await DecideAsync(Ann, epoch: 1);
        await _store.Outbox.RetryAsync(await DecideAsync(Ann, epoch: 1), 1, _time.Ms + 60_000, "no answer");

        await ComeAsync(Ann, epoch: 2);
        await UntilSentAsync(1);
        Assert.Equal(waiting, Assert.Single(_email.Attempts).MessageId);

        _time.Advance(TimeSpan.FromMinutes(1));
        await UntilSentAsync(2);
    }

    [Fact]
    public async Task What_waited_in_memory_when_its_partition_left_is_dropped_and_read_again_when_it_is_back()
    {
        await ComeAsync(Ann, epoch: 1);
        await ComeAsync(Bob, epoch: 1);
        await _pause.SetAsync(true);
        var ofAnn = await DecideAsync(Ann, epoch: 1);
        var ofBob = await DecideAsync(Bob, epoch: 1);
        _owned.Leave(PartitionOf(Ann), epoch: 1);

        await _pause.SetAsync(false);
        await UntilSentAsync(1);
        Assert.Equal((MessageStatus.Queued, MessageStatus.Sent), (StatusOf(ofAnn), StatusOf(ofBob)));

        await ComeAsync(Ann, epoch: 3);
        await UntilSentAsync(2);
        Assert.Equal(2, _email.Attempts.Count);
    }

    [Fact]
    public async Task A_message_that_waited_while_its_partition_was_elsewhere_is_not_sent_as_it_was_then()
    {
        await ComeAsync(Ann, epoch: 1);
        await _pause.SetAsync(true);
        var message = await DecideAsync(Ann, epoch: 1);
        _owned.Leave(PartitionOf(Ann), epoch: 1);
        await _store.Outbox.RetryAsync(message, 4, _time.Ms + 60_000, "tried elsewhere");
        await ComeAsync(Ann, epoch: 2);

        await _pause.SetAsync(false);
        await DecideAsync(Ann, epoch: 2);
        await UntilSentAsync(1);
        Assert.Equal(MessageStatus.Queued, StatusOf(message));

        _time.Advance(TimeSpan.FromMinutes(1));
        await UntilSentAsync(2);
        Assert.Equal((MessageStatus.Sent, 5), (StatusOf(message), _store.Messages.Find(message)!.Attempts));
    }

    [Fact]
    public async Task Who_has_lost_a_partition_without_knowing_it_sends_nothing_more_of_it()
    {
        await ComeAsync(Ann, epoch: 1);
        await ComeAsync(Bob, epoch: 1);
        await _pause.SetAsync(true);
        var ofAnn = await DecideAsync(Ann, epoch: 1);
        await DecideAsync(Bob, epoch: 1);
        await ClaimAsync(Ann, epoch: 2);

        await _pause.SetAsync(false);
        await UntilSentAsync(1);
        await ServerHarness.UntilAsync(() => !_owned.Has(PartitionOf(Ann)), "the partition to be let go");

        Assert.Equal(MessageStatus.Queued, StatusOf(ofAnn));
        Assert.Equal([PartitionOf(Bob)], _owned.All.Select(each => each.Number));
    }

    [Fact]
    public async Task A_message_on_its_way_when_its_partition_leaves_ends_as_it_would_have_once()
    {
        await ComeAsync(Ann, epoch: 1);
        var answer = new TaskCompletionSource<SendOutcome>();
        _email.Answer = _ => answer.Task;
        var message = await DecideAsync(Ann, epoch: 1);
        await ServerHarness.UntilAsync(() => _email.Attempts.Count == 1, "the message to be on its way");

        _owned.Leave(PartitionOf(Ann), epoch: 1);
        await CloseElsewhereAsync(message);
        answer.SetResult(SendOutcome.Sent);
        await StopPumpAsync();

        Assert.Equal(1, Outcomes());
    }

    [Fact]
    public async Task What_another_process_closed_meanwhile_is_not_sent()
    {
        await ComeAsync(Ann, epoch: 1);
        await _pause.SetAsync(true);
        var closed = await DecideAsync(Ann, epoch: 1);
        var open = await DecideAsync(Ann, epoch: 1);
        await CloseElsewhereAsync(closed);

        await _pause.SetAsync(false);
        await UntilSentAsync(2);

        Assert.Equal(open, Assert.Single(_email.Attempts).MessageId);
    }

    private async Task StopPumpAsync()
    {
        if (_pump is { } pump)
        {
            _pump = null;
            await pump.DisposeAsync();
        }
    }

    private int PartitionOf(CustomerKey key) => CustomerKey.PartitionOf(key.Hash(), _store.Log.Partitions);

    private MessageStatus StatusOf(string messageId) => _store.Messages.Find(messageId)!.Status;

    private long Outcomes() => _store.Recover().Partitions.Sum(mark => mark.Head);

    private Task UntilSentAsync(int count) => ServerHarness.UntilAsync(() => _store.Messages.List(null, null, MessageStatus.Sent, null, 100).Count == count, $"{count} messages to be sent");

    /// <summary>As a loop does it: the claim first.</summary>
    private async Task ComeAsync(CustomerKey key, long epoch)
    {
        await ClaimAsync(key, epoch);
        _owned.Come(PartitionOf(key), epoch);
    }

    private Task ClaimAsync(CustomerKey key, long epoch) => CommitAsync(key, epoch, _ => { });

    private async Task<string> DecideAsync(CustomerKey key, long epoch)
    {
        var id = (++_messages).ToString("x32");
        await CommitAsync(key, epoch, commit => commit.Messages.Add(new MessageDecision(id, key.Text, "welcome", 1, "hello", "email", "hello", "a@example.com", [], _time.Ms, long.MaxValue)));
        return id;
    }

    private async Task CommitAsync(CustomerKey key, long epoch, Action<Commit> fill)
    {
        var mark = _store.Recover().Partitions[PartitionOf(key)];
        using var commit = new Commit();
        commit.Advances.Add(new PartitionAdvance(mark.Partition, epoch, mark.Cursor, mark.Cursor));
        fill(commit);
        await _store.CommitAsync(commit);
    }

    private async Task CloseElsewhereAsync(string messageId)
    {
        using var outcome = new RecordBatch();
        outcome.AddOutcome("u:ann"u8, OutcomeKind.Sent, _time.Ms, Convert.FromHexString(messageId), "");
        Assert.Equal(1, await _store.Outbox.CloseAsync([new OutboxClose(messageId, MessageStatus.Sent, "", _time.Ms, 1)], outcome));
    }

    private sealed class PlainComposer : IMessageComposer
    {
        public ComposeResult Compose(QueuedMessage message, bool isTest = false) => new(
            new OutgoingMessage(message.MessageId, message.CustomerKey, message.Campaign, message.Template, message.Address, "", "", "", "", [], message.DecidedAt, isTest), "");
    }
}
