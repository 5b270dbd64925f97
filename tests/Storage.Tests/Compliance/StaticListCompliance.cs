using Triggers.Tests.Shared;

namespace Triggers.Storage.Tests.Compliance;

/// <summary>Static lists, and whom nobody has told yet, whatever happened between.</summary>
public abstract class StaticListCompliance : StoreTests
{
    private IListStore Lists => Store.Lists;

    [EngineFact]
    public async Task A_list_has_whom_it_was_given_each_once()
    {
        var upload = await Lists.BeginAsync("vip", 5);
        Assert.Equal(2, await Lists.PutAsync("vip", upload, ["bob", "ann"]));
        Assert.Equal(1, await Lists.PutAsync("vip", upload, ["ann", "zoë"]));
        Assert.Equal(1, await Lists.TakeAsync("vip", ["bob", "nobody"]));
        Assert.Equal(0, await Lists.TakeAsync("vip", ["bob"]));
        await Harness.ReopenAsync(killed: true);

        Assert.Equal(new StoredList("vip", 5, 5, 1, 2, 3, IsDropped: false), Lists.Find("vip"));
        Assert.Equal("ann zoë", string.Join(' ', Lists.Members("vip", null, 10)));
        Assert.Equal("zoë", string.Join(' ', Lists.Members("vip", "ann", 10)));
        Assert.Equal("ann", string.Join(' ', Lists.Members("vip", null, 1)));
        Assert.Null(Lists.Find("other"));
        Assert.Empty(Lists.Members("other", null, 10));
    }

    [EngineFact]
    public async Task Whoever_is_told_waits_no_longer_unless_somebody_has_ordered_otherwise_since()
    {
        var upload = await Lists.BeginAsync("vip", 5);
        await Lists.PutAsync("vip", upload, ["ann", "bob", "eve"]);
        var orders = Lists.Pending(10);
        await Lists.TakeAsync("vip", ["bob"]);
        await Lists.DoneAsync(orders);

        Assert.Equal("ann bob eve", string.Join(' ', orders.Select(order => order.UserId).Order(StringComparer.Ordinal)));
        Assert.Equal(new ListOrder("vip", "bob", Joins: false), Assert.Single(Lists.Pending(10)));

        await Lists.DoneAsync(Lists.Pending(10));
        await Lists.TakeAsync("vip", ["eve"]);
        await Lists.PutAsync("vip", upload, ["eve"]);

        // Told or not that she left: that she is on it is told again.
        Assert.Equal(new ListOrder("vip", "eve", Joins: true), Assert.Single(Lists.Pending(10)));
        Assert.Equal((2, 1), (Lists.Find("vip")!.Members, Lists.Find("vip")!.Waiting));
    }

    [EngineFact]
    public async Task Whom_a_later_upload_does_not_name_can_be_taken_off_in_pieces()
    {
        await Lists.PutAsync("vip", await Lists.BeginAsync("vip", 1), ["a", "b", "c", "d", "e"]);
        await Lists.DoneAsync(Lists.Pending(10));
        var second = await Lists.BeginAsync("vip", 2);
        Assert.Equal(1, await Lists.PutAsync("vip", second, ["d", "x"]));

        Assert.Equal(3, await Lists.TakeOlderAsync("vip", second, 3));
        Assert.Equal(1, await Lists.TakeOlderAsync("vip", second, 3));
        Assert.Equal(0, await Lists.TakeOlderAsync("vip", second, 3));

        Assert.Equal("d x", string.Join(' ', Lists.Members("vip", null, 10)));
        Assert.Equal("a- b- c- e- x+", string.Join(' ', Lists.Pending(10).OrderBy(order => order.UserId, StringComparer.Ordinal).Select(order => order.UserId + (order.Joins ? "+" : "-"))));
        Assert.Equal((1, 2, 2, 2), (Lists.Find("vip")!.CreatedAt, Lists.Find("vip")!.ChangedAt, Lists.Find("vip")!.Upload, Lists.Find("vip")!.Members));
    }

    [EngineFact]
    public async Task A_dropped_list_is_gone_when_the_last_one_is_told()
    {
        await Lists.PutAsync("vip", await Lists.BeginAsync("vip", 1), ["a", "b"]);
        await Lists.BeginAsync("other", 1);
        await Lists.DoneAsync(Lists.Pending(10));
        Assert.True(await Lists.DropAsync("vip", 2));
        Assert.False(await Lists.DropAsync("never", 2));
        Assert.True(Lists.Find("vip")!.IsDropped);
        await Lists.TakeOlderAsync("vip", long.MaxValue, 10);
        await Lists.DoneAsync(Lists.Pending(1));
        Assert.NotNull(Lists.Find("vip"));
        await Lists.DoneAsync(Lists.Pending(1));

        Assert.Equal("other", Assert.Single(Lists.All()).Id);
        Assert.Empty(Lists.Pending(10));
    }

    [EngineFact]
    public async Task Whoever_is_forgotten_is_on_no_list()
    {
        await Lists.PutAsync("a", await Lists.BeginAsync("a", 1), ["ann", "bob"]);
        await Lists.PutAsync("b", await Lists.BeginAsync("b", 1), ["ann"]);

        Assert.True(await Lists.ForgetAsync("ann"));
        Assert.False(await Lists.ForgetAsync("ann"));

        Assert.Equal("1 0", string.Join(' ', Lists.All().Select(list => list.Members)));
        Assert.Equal("bob", Assert.Single(Lists.Pending(10)).UserId);
    }
}
