using Triggers.Engine.Definitions;
using Triggers.Engine.Records;
using Triggers.Tests.Shared;

namespace Triggers.Storage.Tests.Compliance;

public abstract class ListCompliance : StoreTests
{
    private static readonly CustomerKey Ann = CustomerKey.User("ann");

    [EngineFact]
    public async Task A_store_keeps_its_identity()
    {
        var info = Store.Info;
        await Harness.ReopenAsync();

        Assert.Equal((info.StoreId, info.Partitions, info.CreatedAt), (Store.Info.StoreId, Store.Info.Partitions, Store.Info.CreatedAt));
        Assert.Equal(info.Secret, Store.Info.Secret);
        Assert.Equal(32, info.Secret.Length);
    }

    [EngineFact]
    public async Task Settings_are_kept_and_removed()
    {
        await Store.Settings.SetAsync("sending", "paused");
        await Store.Settings.SetAsync("other", "1");
        await Store.Settings.SetAsync("other", null);
        Assert.Equal("paused", Store.Settings.Get("sending"));

        await Harness.ReopenAsync(killed: true);

        Assert.Equal("paused", Store.Settings.Get("sending"));
        Assert.Null(Store.Settings.Get("other"));
    }

    [EngineFact]
    public async Task A_setting_that_many_update_at_once_has_every_update()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Store.Settings.UpdateAsync("facts", text => Task.FromResult<string?>(text + "x"))));
        Assert.Equal(20, Store.Settings.Get("facts")!.Length);

        await Harness.ReopenAsync(killed: true);

        Assert.Equal(20, Store.Settings.Get("facts")!.Length);
        await Store.Settings.UpdateAsync("facts", _ => Task.FromResult<string?>(null));
        Assert.Null(Store.Settings.Get("facts"));
    }

    [EngineFact]
    public async Task Definitions_get_a_new_version_only_when_they_changed()
    {
        Assert.Equal(0, Store.Definitions.LatestVersion);
        DefinitionFile a = new("segments.yaml", "a: b"), b = new("campaigns/x.yaml", "campaign: x");

        Assert.Equal(1, await Store.Definitions.SaveAsync([a, b], 10));
        Assert.Equal(1, await Store.Definitions.SaveAsync([b, a], 20));
        Assert.Equal(2, await Store.Definitions.SaveAsync([a], 30));
        Assert.Equal(3, await Store.Definitions.SaveAsync([a, b], 40));

        await Harness.ReopenAsync();
        Assert.Equal(3, Store.Definitions.LatestVersion);
        Assert.Equal([a], Store.Definitions.Find(2)!.Files);
        Assert.Equal([10L, 30, 40], Store.Definitions.Read(0, 100).Select(version => version.SavedAt));
        Assert.Null(Store.Definitions.Find(4));

        Assert.Null(await Store.Definitions.SaveFilledAsync(2, 2, 50));
        Assert.Equal(4, await Store.Definitions.SaveFilledAsync(3, 2, 60));
        Assert.Equal((2, 60), (Store.Definitions.Find(4)!.Fills, Store.Definitions.Find(4)!.SavedAt));
        Assert.Equal(Store.Definitions.Find(3)!.Files, Store.Definitions.Find(4)!.Files);
        Assert.Equal(4, await Store.Definitions.SaveAsync([b, a], 70));
        Assert.Equal([0, 0, 0, 2], Store.Definitions.Read(0, 100).Select(version => version.Fills));
        Assert.Equal([(2, 1), (3, 2)], Store.Definitions.Read(1, 2).Select(version => (version.Version, version.Files.Count)));
        Assert.Empty(Store.Definitions.Read(4, 2));
    }

    [EngineFact]
    public async Task Rejected_events_are_bounded_and_their_count_goes_on()
    {
        var events = Enumerable.Range(0, 2600).Select(i => new RejectedEvent(0, i, "shop", "no type", i + new string('x', i == 2599 ? 9000 : 0))).ToList();
        for (var i = 0; i < 4; i++)
        {
            await Store.Rejected.AddAsync(events);
        }

        Assert.Equal(10_400, Store.Rejected.Total);
        var newest = Store.Rejected.List(null, 20_000);
        Assert.Equal(10_000, newest.Count);
        Assert.Equal(10_400, newest[0].Sequence);
        Assert.Equal(4096, newest[0].Payload.Length);
        Assert.Equal([10_398L, 10_397], Store.Rejected.List(10_399, 2).Select(item => item.Sequence));
        await Harness.ReopenAsync();
        Assert.Equal(10_400, Store.Rejected.Total);
    }

    [EngineFact]
    public async Task Mail_is_kept_and_read_page_by_page()
    {
        for (var i = 0; i < 5; i++)
        {
            await Store.Mailbox.AddAsync(Mail("m" + i, "u:ann"));
        }

        Assert.Equal(5, Store.Mailbox.Count());
        var page = Store.Mailbox.List(null, 2);
        Assert.Equal(["m4", "m3"], page.Select(item => item.MessageId));
        Assert.Equal(["m2"], Store.Mailbox.List(page[^1].Sequence, 1).Select(item => item.MessageId));
        Assert.Equal(Mail("m1", "u:ann") with { Sequence = 2 }, Store.Mailbox.Find("m1"));
        Assert.Null(Store.Mailbox.Find("m9"));
    }

    [EngineTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Customers_are_found_by_the_beginning_of_id_email_and_name(bool settled)
    {
        await IndexAsync(new("u:Ann", "Ann.Bell@Example.com", "Ann Bell"), new("u:annabel", null, null), new("a:123", null, null), new("u:zoe", "zoe@example.com", "ANN-Zoe Ünal"));
        await IndexAsync(new IndexedCustomer("u:zoe", "zoe@shop.example", "Zoe"));
        if (settled)
        {
            await Harness.SettleAsync();
        }

        Check();
        await Harness.ReopenAsync(killed: true);
        Check();

        void Check()
        {
            Assert.Equal(["u:Ann", "u:annabel"], Find("ann"));
            Assert.Equal(["u:Ann"], Find("ANN.bell@"));
            Assert.Equal(["u:zoe"], Find("zoe@shop"));
            Assert.Empty(Find("zoe@example"));
            Assert.Equal(["a:123"], Find("12"));
            Assert.Empty(Find(""));
            Assert.Empty(Find("%"));
            Assert.Equal("Ann.Bell@Example.com", Store.Search.Find("ann bell", 5)[0].Email);
            Assert.Single(Store.Search.Find("ann", 1));
        }
    }

    private static MailboxItem Mail(string id, string key)
        => new(0, id, "shop@example.com", "ann@example.com", "Hello", "<b>hi</b>", "hi", "List-Unsubscribe: x", "welcome", key, 5, true);

    private List<string> Find(string text) => [.. Store.Search.Find(text, 10).Select(customer => customer.CustomerKey)];

    private Task IndexAsync(params IndexedCustomer[] customers) => Store.CommitAsync(Harness.CommitOf(Ann, commit => commit.Indexed.AddRange(customers)));
}
