using Triggers.Engine.Records;
using Triggers.Tests.Shared;

namespace Triggers.Storage.Tests.Compliance;

public abstract class OutboxCompliance : StoreTests
{
    private static readonly CustomerKey Ann = CustomerKey.User("ann"), Bob = CustomerKey.User("bob");
    private static readonly HashSet<string> None = [];

    [EngineFact]
    public async Task Queued_messages_are_handed_over_after_the_commit_and_found_by_a_sweep()
    {
        var handed = new List<QueuedMessage>();
        Store.Outbox.Queued += handed.AddRange;

        await DecideAsync(Decisions.Of(Id(1), Ann), Decisions.Of(Id(2), Bob, channel: "webhook"));
        await Harness.AppendAsync((Ann, "after"));

        Assert.Equal([Id(1), Id(2)], handed.Select(message => message.MessageId));
        var due = Assert.Single(Store.Outbox.ReadDue("email", Harness.Time.Ms, 10, None));
        Assert.Equal(handed[0] with { Data = due.Data }, due);
        Assert.Equal(handed[0].Data, due.Data);
        Assert.Equal((2L, ManualTime.Start), Store.Outbox.Depth());
    }

    [EngineFact]
    public async Task The_same_decision_is_queued_once()
    {
        var handed = 0;
        await DecideAsync(Decisions.Of(Id(1), Ann));
        Store.Outbox.Queued += messages => handed += messages.Count;

        await DecideAsync(Decisions.Of(Id(1), Ann));

        Assert.Equal((0, 1L), (handed, Store.Outbox.Depth().Count));
    }

    [EngineFact]
    public async Task A_listener_that_throws_harms_nothing()
    {
        Store.Outbox.Queued += _ => throw new InvalidOperationException("listener");

        await DecideAsync(Decisions.Of(Id(1), Ann));
        await DecideAsync(Decisions.Of(Id(2), Ann));

        Assert.Equal(2, Store.Outbox.Depth().Count);
    }

    [EngineFact]
    public async Task Due_messages_come_oldest_first_without_those_in_hand()
    {
        await DecideAsync(Decisions.Of(Id(3), Ann, decidedAt: ManualTime.Start - 100));
        await DecideAsync(Decisions.Of(Id(1), Ann, decidedAt: ManualTime.Start - 50), Decisions.Of(Id(2), Bob, decidedAt: ManualTime.Start - 200));
        await Store.Outbox.RetryAsync(Id(2), 1, ManualTime.Start + 5000, "no answer");

        Assert.Equal([Id(3), Id(1)], Due(0));
        Assert.Equal([Id(1)], Store.Outbox.ReadDue("email", Harness.Time.Ms, 10, new HashSet<string> { Id(3) }).Select(message => message.MessageId));
        Assert.Equal([Id(3)], Store.Outbox.ReadDue("email", Harness.Time.Ms, 1, None).Select(message => message.MessageId));
        Assert.Equal(ManualTime.Start + 5000, Store.Outbox.NextAttempt("email", ManualTime.Start));
        Assert.Equal(long.MaxValue, Store.Outbox.NextAttempt("email", ManualTime.Start + 5000));
        Assert.Equal(long.MaxValue, Store.Outbox.NextAttempt("webhook", 0));
        Assert.Equal([Id(3), Id(1), Id(2)], Due(5000));
        var retried = Store.Outbox.ReadDue("email", ManualTime.Start + 5000, 10, None)[2];
        Assert.Equal(1, retried.Attempts);
    }

    [EngineFact]
    public async Task A_message_decided_before_the_clock_jumped_back_is_due_all_the_same()
    {
        Harness.Time.Ms -= 3_600_000;
        await DecideAsync(Decisions.Of(Id(1), Ann, decidedAt: ManualTime.Start));

        Assert.Single(Store.Outbox.ReadDue("email", Harness.Time.Ms, 10, None));
    }

    [EngineFact]
    public async Task Closing_appends_the_outcome_in_the_same_transaction()
    {
        await DecideAsync(Decisions.Of(Id(1), Ann));
        using var outcomes = new RecordBatch();
        outcomes.AddOutcome("u:ann"u8, OutcomeKind.Sent, 5, Convert.FromHexString(Id(1)), "");

        await Store.Outbox.CloseAsync([new OutboxClose(Id(1), MessageStatus.Sent, "", ManualTime.Start + 9, 1)], outcomes);
        await Harness.ReopenAsync(killed: true);

        var message = Store.Messages.Find(Id(1))!;
        Assert.Equal((MessageStatus.Sent, 1, ManualTime.Start + 9), (message.Status, message.Attempts, message.ClosedAt));
        Assert.Equal(RecordKind.Outcome, Assert.Single(await Harness.ReadAllAsync()).Kind);
        Assert.Equal((0L, 0L), Store.Outbox.Depth());
        Assert.Empty(Due(0));
    }

    [EngineFact]
    public async Task Only_what_was_still_queued_gets_an_outcome()
    {
        await DecideAsync(Decisions.Of(Id(1), Ann), Decisions.Of(Id(2), Ann));
        await CloseAsync(MessageStatus.Sent, 1);

        Assert.Equal(1, await CloseAsync(MessageStatus.Failed, 1, 2, 3));

        Assert.Equal((MessageStatus.Sent, MessageStatus.Failed), (Store.Messages.Find(Id(1))!.Status, Store.Messages.Find(Id(2))!.Status));
        Assert.Equal(2, (await Harness.ReadAllAsync()).Count(record => record.Kind == RecordKind.Outcome));
    }

    [EngineFact]
    public async Task A_look_before_sending_tells_what_is_queued_and_under_which_owner()
    {
        await DecideAsync(Decisions.Of(Id(1), Ann), Decisions.Of(Id(2), Ann));
        await CloseAsync(MessageStatus.Sent, 2);
        Assert.Equal(new OutboxLook(null, 0), Store.Outbox.Look(Id(1)));

        var mark = Harness.Mark(Ann);
        using var claim = new Commit();
        claim.Advances.Add(new PartitionAdvance(mark.Partition, mark.Epoch + 7, mark.Cursor, mark.Cursor));
        await Store.CommitAsync(claim);

        Assert.Equal(new OutboxLook(null, 7), Store.Outbox.Look(Id(1)));
        Assert.Null(Store.Outbox.Look(Id(2)));
        Assert.Null(Store.Outbox.Look(Id(3)));
    }

    [EngineFact]
    public async Task The_work_list_of_some_partitions_has_only_their_customers()
    {
        var keys = Enumerable.Range(0, 40).Select(number => CustomerKey.User($"user{number}")).ToArray();
        foreach (var (key, number) in keys.Select((key, number) => (key, number)))
        {
            await DecideAsync(Decisions.Of(Id(number), key, decidedAt: ManualTime.Start - 1000 + number));
        }

        await Store.Outbox.RetryAsync(Id(39), 1, ManualTime.Start + 500, "later");
        foreach (var own in new[] { Enumerable.Range(0, 32), Enumerable.Range(32, 32), [Harness.PartitionOf(keys[39])], [] })
        {
            var partitions = own.ToHashSet();
            var expected = Enumerable.Range(0, 39).Where(number => partitions.Contains(Harness.PartitionOf(keys[number]))).ToList();

            Assert.Equal(expected.Select(Id), Store.Outbox.ReadDue("email", Harness.Time.Ms, 100, None, partitions).Select(message => message.MessageId));
            Assert.Equal(expected.Skip(1).Take(2).Select(Id), Store.Outbox.ReadDue("email", Harness.Time.Ms, 2, expected.Take(1).Select(Id).ToHashSet(), partitions).Select(message => message.MessageId));
            Assert.Empty(Store.Outbox.ReadDue("webhook", Harness.Time.Ms, 100, None, partitions));
            var hasLater = partitions.Contains(Harness.PartitionOf(keys[39]));
            Assert.Equal(hasLater ? ManualTime.Start + 500 : long.MaxValue, Store.Outbox.NextAttempt("email", ManualTime.Start, partitions));
            var oldest = expected.Count > 0 ? ManualTime.Start - 1000 + expected[0] : hasLater ? ManualTime.Start - 1000 + 39 : 0;
            Assert.Equal((expected.Count + (hasLater ? 1 : 0), oldest), Store.Outbox.Depth(partitions));
        }
    }

    [EngineFact]
    public async Task A_cancellation_marks_only_what_it_names()
    {
        await DecideAsync(
            Decisions.Of(Id(1), Ann), Decisions.Of(Id(2), Ann, campaign: "other"), Decisions.Of(Id(3), Ann, channel: "sms"), Decisions.Of(Id(4), Bob));

        await CancelAsync(new Cancellation(Ann.Text, "welcome", "email", "unsubscribed"));
        Assert.Equal(["unsubscribed", null, null, null], Reasons());
        await CancelAsync(new Cancellation(null, "welcome", null, "campaign paused"));
        Assert.Equal(["unsubscribed", null, "campaign paused", "campaign paused"], Reasons());
        await CancelAsync(new Cancellation(Ann.Text, null, null, "suppressed"));
        Assert.Equal(["unsubscribed", "suppressed", "campaign paused", "campaign paused"], Reasons());
    }

    [EngineFact]
    public async Task What_was_decided_before_an_instant_can_be_cancelled_and_is_due_at_once()
    {
        var (early, late) = (Decisions.Of("0000000000000000000000000000000a", Ann) with { DecidedAt = 1_000 }, Decisions.Of("0000000000000000000000000000000b", Ann) with { DecidedAt = 2_000 });
        await Store.CommitAsync(Harness.CommitOf(Ann, commit => commit.Messages.AddRange([early, late])));
        await Store.Outbox.RetryAsync(early.MessageId, 1, 9_000, "busy");

        Assert.Equal(1, await Store.Outbox.CancelAsync(2_000, 3_000, "may have been sent before"));
        Assert.Equal(0, await Store.Outbox.CancelAsync(2_000, 3_000, "again"));

        Assert.Equal("may have been sent before", Store.Outbox.Look(early.MessageId)!.Value.CancelReason);
        Assert.Null(Store.Outbox.Look(late.MessageId)!.Value.CancelReason);
        Assert.Equal([late.MessageId, early.MessageId], Store.Outbox.ReadDue("email", 3_000, 10, new HashSet<string>()).Select(message => message.MessageId));
    }

    [EngineFact]
    public async Task A_cancelled_message_that_waits_for_its_next_attempt_is_due_at_once()
    {
        await DecideAsync(Decisions.Of(Id(1), Ann));
        await Store.Outbox.RetryAsync(Id(1), 1, ManualTime.Start + 60_000, "later");

        await CancelAsync(new Cancellation(Ann.Text, null, null, "unsubscribed"));

        Assert.Equal([Id(1)], Due(0));
    }

    [EngineFact]
    public async Task A_message_decided_and_cancelled_in_one_commit_is_cancelled()
    {
        await Store.CommitAsync(Harness.CommitOf(Ann, commit =>
        {
            commit.Messages.Add(Decisions.Of(Id(1), Ann));
            commit.Cancellations.Add(new Cancellation(Ann.Text, null, null, "unsubscribed"));
        }));

        Assert.Equal("unsubscribed", Store.Outbox.Look(Id(1))?.CancelReason);
    }

    [EngineFact]
    public async Task What_waits_is_counted_by_channel_and_dead_letters_apart()
    {
        Assert.Equal((0, 0L), (Store.Outbox.Depths().Count, Store.Outbox.CountDeadLetters()));

        await DecideAsync(Decisions.Of(Id(1), Ann, decidedAt: ManualTime.Start - 300), Decisions.Of(Id(2), Ann, channel: "webhook", decidedAt: ManualTime.Start - 200));
        await DecideAsync(Decisions.Of(Id(3), Bob, decidedAt: ManualTime.Start - 100), Decisions.Of(Id(4), Bob));
        await CloseAsync(MessageStatus.Failed, 4);

        Assert.Equal(
            [new ChannelDepth("email", 2, ManualTime.Start - 300), new ChannelDepth("webhook", 1, ManualTime.Start - 200)],
            Store.Outbox.Depths().OrderBy(depth => depth.Channel, StringComparer.Ordinal));
        Assert.Equal(1, Store.Outbox.CountDeadLetters());

        await CloseAsync(MessageStatus.Sent, 1, 2);
        await Store.Outbox.ResendAsync(Id(4), ManualTime.Start, ManualTime.Start + 99);

        Assert.Equal(2, Assert.Single(Store.Outbox.Depths()).Count);
        Assert.Equal(0, Store.Outbox.CountDeadLetters());
    }

    [EngineFact]
    public async Task A_dead_letter_that_must_not_be_sent_any_more_is_put_back_with_the_reason()
    {
        await DecideAsync(Decisions.Of(Id(1), Ann));
        await CloseAsync(MessageStatus.Failed, 1);

        Assert.True(await Store.Outbox.ResendAsync(Id(1), ManualTime.Start, ManualTime.Start + 99, "suppressed"));

        Assert.Equal(Id(1), Assert.Single(Store.Outbox.ReadDue("email", ManualTime.Start, 10, None)).MessageId);
        Assert.Equal("suppressed", Store.Outbox.Look(Id(1))?.CancelReason);
    }

    [EngineFact]
    public async Task A_dead_letter_can_be_sent_again_and_nothing_else_can()
    {
        await DecideAsync(Decisions.Of(Id(1), Ann), Decisions.Of(Id(2), Ann));
        using var outcomes = new RecordBatch();
        await Store.Outbox.CloseAsync(
            [new OutboxClose(Id(1), MessageStatus.Failed, "550 no such user", 5, 3), new OutboxClose(Id(2), MessageStatus.Sent, "", 5, 1)], outcomes);
        Assert.Equal("550 no such user", Assert.Single(Store.Messages.List(null, null, MessageStatus.Failed, null, 10)).Reason);

        Assert.True(await Store.Outbox.ResendAsync(Id(1), ManualTime.Start, ManualTime.Start + 99));
        Assert.False(await Store.Outbox.ResendAsync(Id(1), ManualTime.Start, ManualTime.Start + 99));
        Assert.False(await Store.Outbox.ResendAsync(Id(2), ManualTime.Start, ManualTime.Start + 99));
        Assert.False(await Store.Outbox.ResendAsync(Id(3), ManualTime.Start, ManualTime.Start + 99));

        var again = Assert.Single(Store.Outbox.ReadDue("email", ManualTime.Start, 10, None));
        Assert.Equal((Id(1), 0, ManualTime.Start + 99), (again.MessageId, again.Attempts, again.ExpiresAt));
        Assert.Equal("{}"u8.ToArray(), again.Data);
        Assert.Equal(1, Store.Outbox.Depth().Count);
    }

    [EngineFact]
    public async Task Messages_are_listed_newest_first_by_any_filters_page_by_page()
    {
        for (var i = 1; i <= 12; i++)
        {
            await DecideAsync(Decisions.Of(Id(i), i % 2 == 0 ? Ann : Bob, campaign: i % 3 == 0 ? "three" : "other"));
        }

        using var outcomes = new RecordBatch();
        await Store.Outbox.CloseAsync([new OutboxClose(Id(6), MessageStatus.Skipped, "stale", 1, 0)], outcomes);

        Assert.Equal(Enumerable.Range(1, 12).Reverse().Select(Id), Store.Messages.List(null, null, null, null, 100).Select(row => row.MessageId));
        Assert.Equal([12, 10, 8, 6, 4, 2], Ids(Store.Messages.List(Ann.Text, null, null, null, 100)));
        Assert.Equal([12, 9, 6, 3], Ids(Store.Messages.List(null, "three", null, null, 100)));
        Assert.Equal([12, 6], Ids(Store.Messages.List(Ann.Text, "three", null, null, 100)));
        Assert.Equal([12], Ids(Store.Messages.List(Ann.Text, "three", MessageStatus.Queued, null, 100)));
        Assert.Equal([6], Ids(Store.Messages.List(null, null, MessageStatus.Skipped, null, 100)));
        var page = Store.Messages.List(null, null, null, null, 5);
        Assert.Equal([7, 6, 5], Ids(Store.Messages.List(null, null, null, page[^1].Sequence, 3)));
    }

    private static string Id(int number) => number.ToString("x32");

    private static List<int> Ids(IEnumerable<MessageRow> rows) => [.. rows.Select(row => Convert.ToInt32(row.MessageId, 16))];

    private List<string> Due(long later) => [.. Store.Outbox.ReadDue("email", Harness.Time.Ms + later, 100, None).Select(message => message.MessageId)];

    private List<string?> Reasons() => [.. Enumerable.Range(1, 4).Select(number => Store.Outbox.Look(Id(number))?.CancelReason)];

    private Task DecideAsync(params Triggers.Engine.Effects.MessageDecision[] messages) => Store.CommitAsync(Harness.CommitOf(Ann, commit => commit.Messages.AddRange(messages)));

    private async Task<int> CloseAsync(MessageStatus status, params int[] numbers)
    {
        using var outcomes = new RecordBatch();
        foreach (var number in numbers)
        {
            outcomes.AddOutcome("u:ann"u8, status == MessageStatus.Sent ? OutcomeKind.Sent : OutcomeKind.Failed, 5, Convert.FromHexString(Id(number)), "");
        }

        return await Store.Outbox.CloseAsync([.. numbers.Select(number => new OutboxClose(Id(number), status, "", ManualTime.Start, 1))], outcomes);
    }

    private Task CancelAsync(Cancellation cancellation) => Store.CommitAsync(Harness.CommitOf(Ann, commit => commit.Cancellations.Add(cancellation)));
}
