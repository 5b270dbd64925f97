using System.Net.Http.Json;
using System.Text.Json;
using Triggers.Engine.Definitions;
using Triggers.Storage;
using Triggers.Web.Tests.Support;

namespace Triggers.Web.Tests.Quality;

/// <summary>The tracking plan at the door: what is taken in, listed and refused.</summary>
public sealed class PlanTests : IAsyncLifetime
{
    private WebHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await WebHost.StartAsync();
        Use(PlanAction.Flag);
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_flagged_event_is_taken_in_and_listed_with_what_was_expected_and_found()
    {
        await SendAsync("""{"type":"track","userId":"ann","event":"Paid","properties":{"total":"12"}}""");
        await SendAsync("""{"type":"track","userId":"ann","event":"Paid","properties":{"total":12}}""");

        Assert.Equal(2, _host.Ingest.Events.Count);
        Assert.Empty(_host.Ingest.Rejected);
        var view = await ViewAsync();
        Assert.True(view.GetProperty("hasPlan").GetBoolean());
        Assert.Equal("Paid total type a number flag 1", Kind(Assert.Single(view.GetProperty("kinds").EnumerateArray())));
        var newest = Assert.Single(view.GetProperty("newest").EnumerateArray());
        Assert.Equal(("shop-web", "the text '12'"), (newest.GetProperty("source").GetString(), newest.GetProperty("found").GetString()));
    }

    [Fact]
    public async Task A_refused_event_is_rejected_with_the_reason_and_the_good_ones_of_its_batch_are_taken_in()
    {
        Use(PlanAction.Reject);
        await SendAsync("""{"type":"track","userId":"ann","event":"Paid","properties":{}},{"type":"track","userId":"ann","event":"Paid","properties":{"total":1}}""");

        Assert.Single(_host.Ingest.Events);
        var rejected = Assert.Single(_host.Ingest.Rejected);
        Assert.Equal("The tracking plan refuses this 'Paid': total: expected a number, found nothing.", rejected.Reason);
        Assert.Equal("Paid total required a number reject 1", Kind(Assert.Single((await ViewAsync()).GetProperty("kinds").EnumerateArray())));
    }

    [Fact]
    public async Task Allowed_violations_are_counted_and_not_listed()
    {
        Use(PlanAction.Allow);
        await SendAsync("""{"type":"track","userId":"ann","event":"Paid"},{"type":"track","userId":"ann","event":"Paid"}""");

        var view = await ViewAsync();
        Assert.Equal("Paid total required a number allow 2", Kind(Assert.Single(view.GetProperty("kinds").EnumerateArray())));
        Assert.Empty(view.GetProperty("newest").EnumerateArray());
        Assert.Equal(2, _host.Ingest.Events.Count);
    }

    [Theory]
    [InlineData(PlanAction.Allow, 1, 0, 0)]
    [InlineData(PlanAction.Flag, 1, 0, 1)]
    [InlineData(PlanAction.Reject, 0, 1, 1)]
    public async Task An_event_that_the_plan_does_not_name_goes_by_its_own_rule(PlanAction unplanned, int taken, int rejected, int kinds)
    {
        Use(PlanAction.Flag, unplanned);
        await SendAsync("""{"type":"track","userId":"ann","event":"Payd"}""");

        Assert.Equal((taken, rejected), (_host.Ingest.Events.Count, _host.Ingest.Rejected.Count));
        var found = (await ViewAsync()).GetProperty("kinds").EnumerateArray().ToList();
        Assert.Equal(kinds, found.Count);
        Assert.All(found, kind => Assert.Equal(["Paid"], kind.GetProperty("like").EnumerateArray().Select(item => item.GetString())));
    }

    [Fact]
    public async Task Without_a_plan_and_for_history_nothing_is_checked()
    {
        Use(PlanAction.Reject, PlanAction.Reject);
        await _host.SendEventAsync("/v1/import", """{"writeKey":"shop-web-key","batch":[{"type":"track","userId":"ann","event":"Payd"}]}""");
        _host.Definitions.Current = _host.Definitions.Current with { Plan = null };
        await SendAsync("""{"type":"track","userId":"ann","event":"Payd"}""");

        Assert.Equal(2, _host.Ingest.Events.Count);
        var view = await ViewAsync();
        Assert.False(view.GetProperty("hasPlan").GetBoolean());
        Assert.Empty(view.GetProperty("kinds").EnumerateArray());
    }

    [Fact]
    public async Task What_has_to_be_sent_again_counts_once()
    {
        const string paid = """{"type":"track","userId":"ann","event":"Paid"}""";
        _host.Ingest.Answer = new AppendResult(AppendStatus.Busy, 0, TimeSpan.FromSeconds(1), "full");
        await SendAsync(paid);
        _host.Ingest.Answer = AppendResult.Ok(1);
        await SendAsync(paid);

        Assert.Equal(1, Assert.Single((await ViewAsync()).GetProperty("kinds").EnumerateArray()).GetProperty("count").GetInt64());
    }

    [Fact]
    public async Task What_was_found_in_events_is_let_go_after_a_day_and_when_somebody_is_erased()
    {
        await SendAsync("""{"type":"track","userId":"ann","event":"Paid","properties":{"total":"ann@example.com"}}""");
        Assert.Single((await ViewAsync()).GetProperty("newest").EnumerateArray());
        (await _host.Manager.DeleteAsync("/api/v1/customers/ann")).Dispose();
        Assert.Empty((await ViewAsync()).GetProperty("newest").EnumerateArray());

        await SendAsync("""{"type":"track","userId":"ann","event":"Paid","properties":{"total":"x"}}""");
        _host.Time.Advance(Limits.NewestViolationsAge + TimeSpan.FromSeconds(1));
        var view = await ViewAsync();
        Assert.Empty(view.GetProperty("newest").EnumerateArray());
        Assert.Equal("Paid total type a number flag 2", Kind(Assert.Single(view.GetProperty("kinds").EnumerateArray())));
    }

    [Fact]
    public async Task Further_kinds_than_are_told_apart_are_counted_together()
    {
        Use(PlanAction.Flag, PlanAction.Flag);
        for (var from = 0; from < Limits.ViolationKinds + 100; from += 100)
        {
            await SendAsync(string.Join(',', Enumerable.Range(from, 100).Select(i => $$"""{"type":"track","userId":"ann","event":"e{{i}}"}""")));
        }

        var view = await ViewAsync();
        Assert.Equal((Limits.ViolationKinds, 100L, Limits.NewestViolations), (view.GetProperty("kinds").GetArrayLength(), view.GetProperty("others").GetInt64(), view.GetProperty("newest").GetArrayLength()));
    }

    private void Use(PlanAction violations, PlanAction unplanned = PlanAction.Allow) => _host.Definitions.Current = _host.Definitions.Current with
    {
        Plan = new TrackingPlan { Unplanned = unplanned, Events = [new PlannedEvent("Paid", "", violations, false, [new PlannedProperty("total", "", PropertyType.Number, true, [], null, null, null)])] },
    };

    private async Task SendAsync(string events)
    {
        using var answer = await _host.SendEventAsync("/v1/batch", $$"""{"writeKey":"shop-web-key","batch":[{{events}}]}""");
    }

    private Task<JsonElement> ViewAsync() => _host.Manager.GetFromJsonAsync<JsonElement>("/api/v1/violations");

    private static string Kind(JsonElement kind) =>
        string.Join(' ', new[] { "event", "path", "rule", "expected", "action", "count" }.Select(name => kind.GetProperty(name).ToString()));
}
