using Triggers.Channels;
using Triggers.Engine.Records;
using Triggers.Runtime.Tests.Support;
using Triggers.Storage;
using Triggers.Storage.Postgres;
using Triggers.Tests.Shared;

namespace Triggers.Runtime.Tests;

/// <summary>Two servers over one store, each with half of the partitions.</summary>
[NeedsPostgres]
public sealed class SharedStoreTests : IAsyncLifetime
{
    private const int Users = 40;

    private readonly SplitCluster _cluster = new();
    private readonly List<ServerHarness> _servers = [];
    private readonly List<SplitHost> _hosts = [];
    private string _connection = "";

    private ServerHarness Left => _servers[0];

    private ServerHarness Right => _servers[1];

    public async Task InitializeAsync()
    {
        if (PostgresServer.WhyNot is not null)
        {
            return;
        }

        _connection = (await PostgresServer.SharedAsync()).ConnectionString("shared_" + Guid.NewGuid().ToString("N"));
        await AddAsync("left", [.. Enumerable.Range(0, 32)]);
        await AddAsync("right", [.. Enumerable.Range(32, 32)]);
    }

    public async Task DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    [EngineFact]
    public async Task Both_show_the_same_totals_and_each_sends_for_its_own_customers()
    {
        await SignUpAsync();
        await RestAsync();

        Assert.Equal(Users, Left.Email.Attempts.Count + Right.Email.Attempts.Count);
        Assert.All(Left.Email.Attempts, message => Assert.InRange(PartitionOf(message.CustomerKey), 0, 31));
        Assert.All(Right.Email.Attempts, message => Assert.InRange(PartitionOf(message.CustomerKey), 32, 63));
        Assert.Equal(2 * Users, Left.Server.Queries.Stats().Events.Total);
        Assert.Equal(Users, Right.Server.Queries.Stats().Messages.Sent);
        Assert.Equal("user1", (await Right.CustomerAsync("user1")).Id);
        Assert.Equal("user1", (await Left.CustomerAsync("user1")).Id);
    }

    [EngineFact]
    public async Task Partitions_that_a_server_hands_on_before_it_is_ready_are_counted_where_they_are()
    {
        await SignUpAsync();
        await RestAsync();

        await AddAsync("third", [.. Enumerable.Range(0, 16)], handedOn: [.. Enumerable.Range(0, 8)]);
        for (var partition = 0; partition < 8; partition++)
        {
            await _hosts[1].TakeAsync(partition);
        }

        await RestAsync();
        Assert.All(_servers, server => Assert.Equal(2 * Users, server.Server.Queries.Stats().Events.Total));
    }

    [EngineFact]
    public async Task A_partition_that_moves_takes_its_numbers_and_its_messages_along()
    {
        Fail();
        await SignUpAsync();
        await RestAsync();
        Assert.Equal(Users, Left.Server.Queries.Stats().Messages.Queued);

        for (var partition = 0; partition < 32; partition += 2)
        {
            await _hosts[0].GiveUpAsync(partition);
            await _hosts[1].TakeAsync(partition);
        }

        // Without the former owner's knowledge, as after it was frozen.
        for (var partition = 1; partition < 32; partition += 2)
        {
            await _hosts[1].TakeAsync(partition);
        }

        await RestAsync();
        var before = Left.Email.Attempts.Count;
        Succeed();
        _servers.ForEach(server => server.Time.Advance(TimeSpan.FromMinutes(5)));
        await RestAsync();

        Assert.Equal(before, Left.Email.Attempts.Count);
        Assert.Equal(Users, Right.Email.Attempts.Select(message => message.MessageId).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal((Users, 0L), (Left.Server.Queries.Stats().Messages.Sent, Left.Server.Queries.Stats().Messages.Queued));
    }

    [EngineFact]
    public async Task The_numbers_of_a_server_that_dies_come_back_with_its_partitions()
    {
        await SignUpAsync();
        await RestAsync();

        await Left.Server.AbandonAsync();
        await UntilAsync(() => Right.Server.Queries.Stats().Events.Total < 2 * Users, "the dead server's numbers to vanish");
        foreach (var partition in Enumerable.Range(0, 32))
        {
            await _hosts[1].TakeAsync(partition);
        }

        await RestAsync(Right);
    }

    [EngineFact]
    public async Task Orders_reach_the_server_that_owns_the_customer()
    {
        Answer(SendOutcome.Failed("550 no such user"));
        await SignUpAsync();
        await RestAsync();
        Succeed();
        var dead = Left.Store.Messages.List(null, null, MessageStatus.Failed, null, 100);
        Assert.Equal(Users, dead.Count);
        foreach (var message in dead)
        {
            Assert.True(await Left.Server.Commands.ResendAsync(message.MessageId, default));
        }

        await UntilAsync(() => Right.Server.Queries.Stats().Messages is { Sent: Users, Failed: 0 }, "all to be sent again");
        Assert.Equal(2 * Users, Left.Email.Attempts.Count + Right.Email.Attempts.Count);

        await Left.Server.Commands.PauseSendingAsync(true, default);
        await UntilAsync(() => Right.Server.Queries.Stats().SendingPaused && Right.Server.Live.Snapshot().Rates.SendingPaused, "the pause to be known");
        await SignUpAsync(from: Users);
        await UntilAsync(() => Left.Server.Queries.Stats().Messages.Queued == Users && _servers.All(server => server.Server.Queries.Stats().Events.Lag == 0), "messages to be decided");
        Assert.Equal(2 * Users, Left.Email.Attempts.Count + Right.Email.Attempts.Count);
        await Right.Server.Commands.PauseSendingAsync(false, default);
        await UntilAsync(() => Left.Server.Queries.Stats().Messages.Queued == 0, "the rest to be sent");
    }

    [EngineFact]
    public async Task Events_are_refused_where_nobody_lags_when_loops_elsewhere_do()
    {
        await Left.Server.AbandonAsync();
        await UntilAsync(() => Right.Server.Live.Snapshot().Counters.Count >= 0 && _hosts[1].Exchange!.Sum.OldestApplyingAt < long.MaxValue, "partitions without an owner");
        using var batch = new RecordBatch();
        batch.AddTrack(CustomerKey.User("ann"), "Product Viewed", Right.Time.Ms);
        Assert.True((await Right.Server.Ingest.AppendAsync(batch)).IsOk);

        Right.Time.Advance(TimeSpan.FromMilliseconds(Limits.LagMsMax + 1));
        Assert.Equal(AppendStatus.Busy, (await Right.Server.Ingest.AppendAsync(batch)).Status);

        foreach (var partition in Enumerable.Range(0, 32))
        {
            await _hosts[1].TakeAsync(partition);
        }

        await UntilAsync(() => _hosts[1].Exchange!.Sum.OldestApplyingAt == long.MaxValue, "every partition to have an owner");
        Assert.True((await Right.Server.Ingest.AppendAsync(batch)).IsOk);
    }

    /// <summary>The pace of the feeds is the test's clock.</summary>
    private Task UntilAsync(Func<bool> condition, string what) => ServerHarness.UntilAsync(
        () =>
        {
            _servers.ForEach(server => server.Time.Advance(TimeSpan.FromMilliseconds(10)));
            return condition();
        },
        what);

    private async Task AddAsync(string name, IReadOnlyList<int> partitions, IReadOnlyList<int>? handedOn = null)
    {
        _hosts.Add(new SplitHost(_cluster, name, partitions) { HandedOn = handedOn ?? [] });
        _servers.Add(await ServerHarness.StartNewAsync(harness =>
        {
            harness.Loops = _hosts[^1];
            harness.OpenStore = async each => await PostgresStore.OpenAsync(
                new PostgresStoreOptions { ConnectionString = _connection, IsShared = true, MaintainsItself = false }, each.Time, each.Logs);
        }));
    }

    private void Answer(SendOutcome outcome) => _servers.ForEach(server => server.Email.Answer = _ => Task.FromResult(outcome));

    private void Fail() => Answer(SendOutcome.Retry("the relay is away"));

    private void Succeed() => Answer(SendOutcome.Sent);

    private int PartitionOf(string key) => CustomerKey.PartitionOf(new CustomerKey(key).Hash(), Left.Store.Log.Partitions);

    private async Task SignUpAsync(int from = 0)
    {
        for (var user = from; user < from + Users; user++)
        {
            var server = _servers[user % _servers.Count];
            await server.IdentifyAsync($"user{user}", $$"""{"email":"user{{user}}@example.com"}""");
            await server.TrackAsync($"user{user}", "Signed Up", messageId: Guid.NewGuid().ToString("N"));
        }
    }

    /// <summary>Waits until everything is applied and sent, and until each server shows what the store has.</summary>
    private async Task RestAsync(params ServerHarness[] servers)
    {
        servers = servers.Length > 0 ? servers : [.. _servers];
        await UntilAsync(() => servers[0].Opened.Recover().Partitions.All(mark => mark.Cursor == mark.Head), "everything to be applied");
        await UntilAsync(
            () => servers[0].Opened.Recover() is var store && store.Partitions.All(mark => mark.Cursor == mark.Head)
                && servers[0].Opened.Outbox.ReadDue("email", servers[0].Time.Ms, 1, new HashSet<string>(StringComparer.Ordinal)).Count == 0
                && servers.All(server => ShowsWhatIs(server, store)),
            "every server to show what the store has");
    }

    private static bool ShowsWhatIs(ServerHarness server, Recovery store)
    {
        var shown = server.Server.Live.Snapshot();
        return shown.Counters.Keys.Union(store.Counters.Keys, StringComparer.Ordinal).All(name => shown.Counters.GetValueOrDefault(name) == store.Counters.GetValueOrDefault(name))
            && shown.Rates.LagRecords == 0 && shown.Rates.Queued == server.Opened.Outbox.Depth().Count;
    }
}
