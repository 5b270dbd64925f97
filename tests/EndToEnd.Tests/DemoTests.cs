using Triggers.EndToEnd.Tests.Harness;

namespace Triggers.EndToEnd.Tests;

public sealed class DemoTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_demo_brings_history_and_people_who_open_their_mail_and_follow_its_link()
    {
        var definitions = TestDefinitions.Write(_folder);
        _folder.Write("definitions/templates/hello.html.hbs", "<p><a href=\"https://shop.example.com/\">The shop</a> <a href=\"{{unsubscribeUrl}}\">Unsubscribe</a></p>\n");
        await using var program = await TriggersProgram.ServeAsync(_folder.Data, definitions, more: ["--demo", "--demo-rate", "200"]);
        using var api = program.Client();

        await Wait.UntilAsync(
            "a mail of the demo was clicked",
            async () => (await api.GetJsonAsync("/api/v1/campaigns/cart/counters")).Number("clicked") > 0,
            () => program.Output);

        var counters = await api.GetJsonAsync("/api/v1/campaigns/cart/counters");
        Assert.InRange(counters.Number("opened"), counters.Number("clicked"), counters.Number("sent"));
        Assert.InRange((await api.GetJsonAsync("/api/v1/stats")).Number("events.total"), 20_000, long.MaxValue);
        Assert.Equal(0, await program.StopAsync());
    }
}
