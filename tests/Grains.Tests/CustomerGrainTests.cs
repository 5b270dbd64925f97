#if WITH_ORLEANS
using Orleans.Runtime;
using Triggers.Engine.Customers;
using Triggers.Engine.Records;
using Triggers.Grains.Customers;
using Triggers.Grains.Hosting;
using Triggers.Runtime.Tests.Support;
using Triggers.Storage;

namespace Triggers.Grains.Tests;

/// <summary>A customer's grain goes to where the owner of its partition says it stands, whatever became of its memory.</summary>
public sealed class CustomerGrainTests : IAsyncLifetime
{
    private OrleansHost _silo = null!;
    private ServerHarness _host = null!;

    public async Task InitializeAsync()
    {
        var harness = new ServerHarness();
        _silo = new OrleansHost(ClusterSettings.Alone, harness.Logs);
        harness.Loops = _silo;
        await harness.StartAsync();
        _host = harness;
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _silo.DisposeAsync();
    }

    [Fact]
    public async Task Grains_that_were_collected_before_their_states_were_flushed_read_their_records_again_and_do_nothing_twice()
    {
        for (var round = 1; round <= 3; round++)
        {
            for (var user = 0; user < 20; user++)
            {
                await _host.IdentifyAsync($"user{user}", $$"""{"email":"user{{user}}@example.com","round":{{round}}}""");
                await _host.TrackAsync($"user{user}", "Signed Up");
                await _host.TrackAsync($"user{user}", "Order Completed", """{"total":200}""");
            }

            await _host.SettleAsync();
            await CollectAsync();
        }

        Assert.Equal(0, _host.Store.Customers.Count);
        Assert.Equal(20, _host.Counter("segment/buyers/size"));
        Assert.Equal(180, _host.Counter("events/total"));
        for (var user = 0; user < 20; user++)
        {
            var customer = await _host.CustomerAsync($"user{user}");
            Assert.Equal(9, customer.Events.Total);
            Assert.Equal(3, customer.Traits.GetProperty("round").GetInt32());
        }
    }

    [Fact]
    public async Task Facts_in_force_at_the_time_are_those_that_missing_records_are_read_under()
    {
        await _host.IdentifyAsync("ann", """{"email":"ann@example.com"}""");
        Assert.True(await _host.Server.Commands.PauseCampaignAsync("welcome", true, default));
        await _host.TrackAsync("ann", "Signed Up");
        await _host.SettleAsync();
        Assert.True(await _host.Server.Commands.PauseCampaignAsync("welcome", false, default));
        await _host.TrackAsync("ann", "Product Viewed");
        await _host.SettleAsync();
        var before = Print(await StateAsync("ann"));

        await CollectAsync();

        Assert.Equal(before, Print(await StateAsync("ann")));
        Assert.Empty(_host.Email.Attempts);
    }

    [Fact]
    public async Task A_grain_refuses_an_owner_that_is_not_the_latest()
    {
        await _host.TrackAsync("ann", "Product Viewed");
        await _host.SettleAsync();
        var grain = _silo.Grains.GetGrain<ICustomerGrain>("u:ann");

        var answer = await grain.ReadAsync(StandAt(epoch: 1, last: 0));

        Assert.True(answer.IsRefused);
        Assert.Equal(1, (await _host.CustomerAsync("ann")).Events.Total);
    }

    [Fact]
    public async Task A_grain_that_is_ahead_of_what_was_committed_goes_back_when_it_meets_the_next_owner()
    {
        await _host.TrackAsync("ann", "Product Viewed");
        await _host.SettleAsync();
        var grain = _silo.Grains.GetGrain<ICustomerGrain>("u:ann");
        var (owner, cursor) = (Mark("ann").Epoch, Mark("ann").Cursor);
        using var ahead = new RecordBatch();
        ahead.AddTrack(CustomerKey.User("ann"), "Product Viewed", _host.Time.Ms, "never committed");

        // The owner of now has a record applied, and is gone before it commits it.
        var call = new CustomerCall { Stand = StandAt(owner, last: cursor - 1), At = _host.Time.Ms, Offsets = [cursor], Records = ahead.Bytes.ToArray() };
        Assert.Equal(cursor, (await grain.ApplyAsync(call)).Offset);

        var next = await grain.ReadAsync(StandAt(owner + 1, last: cursor - 1));
        Assert.Equal(cursor - 1, CustomerCodec.Read(next.State.Span).Offset);
    }

    [Fact]
    public async Task An_owner_whose_partition_was_taken_over_commits_nothing_more_and_takes_it_back_with_nothing_lost_or_doubled()
    {
        await _host.IdentifyAsync("ann", """{"email":"ann@example.com"}""");
        await _host.SettleAsync();
        var mark = Mark("ann");
        using var claim = new Commit();
        claim.Advances.Add(new PartitionAdvance(mark.Partition, mark.Epoch + (1L << 20), mark.Cursor, mark.Cursor));
        await _host.Store.CommitAsync(claim);

        await _host.TrackAsync("ann", "Signed Up");
        await _host.SettleAsync();

        Assert.True(Mark("ann").Epoch > mark.Epoch + (1L << 20));
        Assert.Single(_host.Email.Attempts);
        Assert.Equal(1, _host.Counter("campaign/welcome/entered"));
    }

    /// <summary>Collects every grain that may be collected; those of partitions stay.</summary>
    private async Task CollectAsync()
    {
        var management = _silo.Grains.GetGrain<IManagementGrain>(0);
        await ServerHarness.UntilAsync(
            async () =>
            {
                await management.ForceActivationCollection(TimeSpan.Zero);
                return _host.Server.ResidentCustomers == 0;
            },
            "every customer's grain to be collected");
    }

    private PartitionMark Mark(string userId) => _host.Store.Recover().Partitions[CustomerKey.PartitionOf(CustomerKey.User(userId).Hash(), _host.Store.Log.Partitions)];

    private CustomerStand StandAt(long epoch, long last) => new()
    {
        Epoch = epoch,
        Last = last,
        Floor = 0,
        Facts = [new FactsNote { Offset = 0, ProgramVersion = _host.Server.Definitions.Version, ActivatedAt = 0, PausedCampaigns = [] }],
    };

    private async Task<byte[]> StateAsync(string userId)
    {
        var key = CustomerKey.User(userId);
        return (await _silo.Grains.GetGrain<Partitions.ILogPartitionGrain>(Mark(userId).Partition).ReadAsync(key.Hash(), key.Text)).ToArray();
    }

    private static string Print(byte[] state) => Convert.ToHexString(state);
}
#endif
