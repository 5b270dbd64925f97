using System.Diagnostics;
using Triggers.Engine.Records;
using Triggers.Web.Tests.Support;

namespace Triggers.Web.Tests.Script;

/// <summary>The browser script as served, run by Node in the least of a browser, against a real server.</summary>
public sealed class BrowserScriptTests : IAsyncLifetime
{
    private WebHost _host = null!;

    public async Task InitializeAsync() => _host = await WebHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [NodeFact]
    public async Task A_visit_streams_pages_clicks_and_who_it_is()
    {
        await RunAsync("visit");

        var events = _host.Ingest.Events;
        Assert.Equal(
            [(EventType.Page, ""), (EventType.Track, "Early"), (EventType.Identify, ""), (EventType.Track, "Product Viewed"), (EventType.Track, "Buy Clicked"), (EventType.Page, ""), (EventType.Track, "Anonymous Again")],
            events.Select(seen => (seen.Type, seen.Name)));
        Assert.StartsWith("a:", events[0].Key, StringComparison.Ordinal);
        Assert.Equal(("u:ann", events[0].Key[2..]), (events[2].Key, events[2].OtherId));
        Assert.Equal("""{"productId":"p-1","price":9.5}""", events[4].Body);
        Assert.Contains("\"referrer\":\"https://shop.example/start\"", events[5].Body, StringComparison.Ordinal);
        Assert.StartsWith("a:", events[6].Key, StringComparison.Ordinal);
        Assert.NotEqual(events[0].Key, events[6].Key);
        Assert.Equal(events.Count, events.Select(seen => seen.MessageId).Distinct().Count());
    }

    [NodeTheory]
    [InlineData("retry", "Kept")]
    [InlineData("leave", "Last Word")]
    public async Task What_could_not_be_sent_is_sent_later(string scenario, string name)
    {
        await RunAsync(scenario);

        Assert.Contains(name, _host.Ingest.Events.Select(seen => seen.Name));
        Assert.Equal(_host.Ingest.Events.Count, _host.Ingest.Events.Select(seen => seen.MessageId).Distinct().Count());
    }

    [NodeFact]
    public async Task Large_events_are_sent_in_batches_that_the_server_takes()
    {
        await RunAsync("large");

        Assert.Equal(20, _host.Ingest.Events.Count);
    }

    [NodeFact]
    public async Task The_next_page_sends_what_the_last_could_not()
    {
        await RunAsync("return");

        Assert.Equal(2, _host.Ingest.Events.Count);
        Assert.Contains("/first", _host.Ingest.Events[0].Body, StringComparison.Ordinal);
        Assert.Single(_host.Ingest.Events.Select(seen => seen.Key).Distinct());
    }

    [NodeTheory]
    [InlineData("away", "Kept")]
    [InlineData("tabs", "1 2 3 4")]
    [InlineData("wide", "1 2 3")]
    [InlineData("circular", "Next")]
    [InlineData("shadow", "Inside")]
    [InlineData("twice", "page")]
    [InlineData("module", "page")]
    [InlineData("prerendered", "page")]
    [InlineData("back", "page page")]
    [InlineData("wrong call", "")]
    public async Task What_pages_do_is_counted_once(string scenario, string expected)
    {
        await RunAsync(scenario);

        var seen = _host.Ingest.Events.DistinctBy(each => each.MessageId).Select(each => each.Type == EventType.Page ? "page" : each.Name).Order(StringComparer.Ordinal);
        Assert.Equal(expected, string.Join(' ', seen));
    }

    private async Task RunAsync(string scenario)
    {
        var start = new ProcessStartInfo("node") { RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Script", "browser.mjs"));
        start.ArgumentList.Add(_host.Address.GetLeftPart(UriPartial.Authority));
        start.ArgumentList.Add(scenario);
        using var node = Process.Start(start)!;
        var errors = await node.StandardError.ReadToEndAsync();
        await node.WaitForExitAsync();
        Assert.True(node.ExitCode == 0, errors);
    }
}

/// <summary>A test that needs Node; skipped visibly where there is none.</summary>
public sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute() => Skip = Node.Missing!;
}

/// <inheritdoc cref="NodeFactAttribute"/>
public sealed class NodeTheoryAttribute : TheoryAttribute
{
    public NodeTheoryAttribute() => Skip = Node.Missing!;
}

internal static class Node
{
    /// <summary>Null where Node runs.</summary>
    public static string? Missing { get; } = Find();

    private static string? Find()
    {
        try
        {
            using var node = Process.Start(new ProcessStartInfo("node", "--version") { RedirectStandardOutput = true, UseShellExecute = false });
            node!.WaitForExit();
            return node.ExitCode == 0 ? null : "node does not run";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "needs Node on the path";
        }
    }
}
