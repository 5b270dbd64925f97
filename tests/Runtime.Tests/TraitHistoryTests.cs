using System.Text;
using Triggers.Engine.Records;
using Triggers.Runtime.Queries;
using Triggers.Runtime.Tests.Support;

namespace Triggers.Runtime.Tests;

public sealed class TraitHistoryTests
{
    [Fact]
    public async Task Each_value_is_told_once_with_when_and_by_what_newest_first()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await CallAsync(host, "u:ann", """{"plan":"free","city":"Ghent"}""", 0, "m1");
        await CallAsync(host, "u:ann", """{"plan":"free","age":4}""", 0, "m2");
        await CallAsync(host, "u:ann", """{"plan":"pro"}""", 0, "m3");
        await CallAsync(host, "u:ann", """{"plan":"late"}""", -600_000, "m4");
        await CallAsync(host, "u:ann", """{"plan":null}""", 0, "m5");

        var history = await ReadAsync(host, "ann", "plan");

        Assert.Equal("- pro free", Values(history));
        Assert.Equal("m5 m3 m1", string.Join(' ', history.Items.Select(item => item.MessageId)));
        Assert.All(history.Items, item => Assert.Equal(("identify", "shop-web", "u:ann", false), (item.By, item.Source, item.Key, item.Imported)));
        Assert.All(history.Items, item => Assert.Equal(item.At, item.OccurredAt));
        Assert.Equal("Ghent", Values(await ReadAsync(host, "ann", "city")));
        Assert.Empty((await ReadAsync(host, "ann", "shoes")).Items);
        Assert.Null(history.HistoryFrom);
        Assert.Null(await host.Server.Queries.TraitHistoryAsync("nobody", "plan", null, 10, default));
    }

    [Fact]
    public async Task Pages_join_to_the_whole_though_something_is_added()
    {
        await using var host = await ServerHarness.StartNewAsync();
        for (var i = 0; i < 5; i++)
        {
            await CallAsync(host, "u:ann", "{\"address\":{\"city\":\"c" + i + "\",\"street\":\"s\"}}", 0, "m" + i);
        }

        var first = (await host.Server.Queries.TraitHistoryAsync("ann", "address.city", null, 2, default))!;
        await CallAsync(host, "u:ann", """{"address":{"city":"c5"}}""", 0, "m5");
        var second = (await host.Server.Queries.TraitHistoryAsync("ann", "address.city", first.Next, 2, default))!;
        var third = (await host.Server.Queries.TraitHistoryAsync("ann", "address.city", second.Next, 2, default))!;

        Assert.Equal("c4 c3 c2 c1 c0", Values(first, second, third));
        Assert.Null(third.Next);
    }

    [Fact]
    public async Task What_a_device_told_before_it_was_absorbed_is_part_of_it()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await CallAsync(host, "a:device", """{"colour":"red"}""", 0, "m1");
        await CallAsync(host, "a:device", """{"colour":"blue"}""", 0, "m2");
        await CallAsync(host, "u:ann", """{"plan":"pro"}""", 0, "m3", "device");

        var history = await ReadAsync(host, "ann", "colour");

        Assert.Equal("blue blue red", Values(history));
        Assert.Equal("merge a:device u:ann, identify shop-web a:device, identify shop-web a:device", string.Join(", ", history.Items.Select(item => $"{item.By} {item.Source} {item.Key}")));
        Assert.Null(history.Items[0].OccurredAt);
    }

    [Fact]
    public async Task It_says_where_history_begins_for_whom_it_is_not_whole()
    {
        var faults = new FaultStore();
        await using var host = await ServerHarness.StartNewAsync(set => set.Wrap = faults.Around);
        await CallAsync(host, "u:ann", """{"plan":"free"}""", 0, "m1");
        await host.AdvanceAsync(TimeSpan.FromMinutes(1));
        faults.DropHistoryBefore(host.Time.Ms);
        await CallAsync(host, "u:ann", """{"plan":"pro"}""", 0, "m2");

        Assert.Equal("pro", Values(await ReadAsync(host, "ann", "plan")));
    }

    private static async Task<TraitHistory> ReadAsync(ServerHarness host, string id, string trait) => (await host.Server.Queries.TraitHistoryAsync(id, trait, null, 100, default))!;

    private static string Values(params TraitHistory[] pages) => string.Join(' ', pages.SelectMany(page => page.Items).Select(item => item.Value?.ToString() ?? "-"));

    private static async Task CallAsync(ServerHarness host, string key, string traits, long shift, string messageId, string device = "")
    {
        using var batch = new RecordBatch();
        batch.AddEvent(
            Encoding.UTF8.GetBytes(key), EventType.Identify, RecordFlags.None, host.Time.Ms + shift, [], Encoding.UTF8.GetBytes(messageId), Encoding.UTF8.GetBytes(device), "shop-web"u8, Encoding.UTF8.GetBytes(traits), []);
        await host.AppendAsync(batch);
        await host.SettleAsync();
    }
}
