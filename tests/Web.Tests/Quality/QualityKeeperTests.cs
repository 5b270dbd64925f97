using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Triggers.Engine.Definitions;
using Triggers.Engine.Plans;
using Triggers.Storage;
using Triggers.Web.Quality;
using Triggers.Web.Tests.Support;

namespace Triggers.Web.Tests.Quality;

/// <summary>What was counted outlives the process that counted it, and is that of all processes.</summary>
public sealed class QualityKeeperTests : IAsyncLifetime
{
    private readonly FakeQuality _kept = new();
    private WebHost _host = null!;

    public async Task InitializeAsync() => _host = await StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task What_was_counted_is_there_after_a_restart()
    {
        await SendAsync(_host, """{"type":"track","userId":"ann","event":"Paid","properties":{"total":"12"}},{"type":"track","anonymousId":"x","event":"Paid","properties":{"total":12}}""");
        await SendAsync(_host, """{"type":"track","userId":"bob","event":"Tried"}""");
        await _host.DisposeAsync();
        _host = await StartAsync();
        _host.Time.Advance(TimeSpan.FromSeconds(1));
        await SendAsync(_host, """{"type":"track","userId":"ann","event":"Paid","properties":{"total":"13"}}""");

        var view = await QualityAsync(_host);
        Assert.Equal("""Paid 3 1, lastDay 3, total {"string":2,"number":1}; Tried 1 0, lastDay 1, """, Told(view));
        Assert.Equal(TestTime.Start, view.GetProperty("since").GetDateTimeOffset());
        var violations = await ViolationsAsync(_host);
        Assert.Equal("Paid total type a number flag 2", Kind(Assert.Single(violations.GetProperty("kinds").EnumerateArray())));
        Assert.Equal("the text '13', the text '12'", string.Join(", ", violations.GetProperty("newest").EnumerateArray().Select(one => one.GetProperty("found"))));
    }

    /// <summary>Texts that stand in stores: append only.</summary>
    [Fact]
    public void What_is_written_keeps_its_meaning()
    {
        Assert.StartsWith("events anonymous generatedIds clockSkew violating likelyDuplicates", string.Join(' ', NameStats.Figures), StringComparison.Ordinal);
        Assert.StartsWith("string number boolean array object", string.Join(' ', NameStats.Types), StringComparison.Ordinal);
        Assert.Equal("name hour type violation", $"{QualityKinds.Name} {QualityKinds.Hour} {QualityKinds.Type} {QualityKinds.Violation}");
        Assert.Equal((20_513L, 20_510L, 492_324L), (KeptCounts.DayOf(TestTime.Start.ToUnixTimeMilliseconds()), KeptCounts.WeekOf(TestTime.Start.ToUnixTimeMilliseconds()), KeptCounts.HourOf(TestTime.Start.ToUnixTimeMilliseconds())));
    }

    [Fact]
    public async Task Each_of_two_processes_tells_of_both()
    {
        var other = await StartAsync();
        await SendAsync(_host, """{"type":"track","userId":"ann","event":"Paid","properties":{"total":"12"}}""");
        await SendAsync(other, """{"type":"track","anonymousId":"x","event":"Paid","properties":{"total":true}}""");
        await other.DisposeAsync();
        _host.Time.Advance(TimeSpan.FromMilliseconds(Limits.QualityReadMs));

        Assert.Equal("""Paid 2 1, lastDay 2, total {"string":1,"boolean":1}""", Told(await QualityAsync(_host)));
        var violations = await ViolationsAsync(_host);
        Assert.Equal("Paid total type a number flag 2", Kind(Assert.Single(violations.GetProperty("kinds").EnumerateArray())));
        Assert.Equal(2, violations.GetProperty("newest").GetArrayLength());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_write_that_failed_or_whose_answer_was_lost_is_repeated_and_counts_once(bool isLost)
    {
        var (keeper, violations, kept) = Keeper();
        (kept.LosesAnswers, kept.Refuses) = (isLost, !isLost);
        violations.Add([Seen], "shop");
        await keeper.FlushAsync();
        violations.Add([Seen], "shop");
        await keeper.FlushAsync();
        (kept.LosesAnswers, kept.Refuses) = (false, false);
        await keeper.FlushAsync();

        var view = violations.View(null, await keeper.CountsAsync(default), await keeper.ExamplesAsync(default));
        Assert.Equal((2L, 2), (Assert.Single(view.Kinds).Count, view.Newest.Count));
        Assert.Equal((2L, 2), (Assert.Single(kept.Sum(default)).Count, kept.Examples(default).Count));
    }

    [Fact]
    public async Task Who_erases_somebody_waits_for_what_is_on_its_way_and_what_failed_is_repeated_without_what_was_found()
    {
        var (keeper, violations, kept) = Keeper();
        var gate = new TaskCompletionSource();
        kept.Gate = gate.Task;
        kept.Refuses = true;
        violations.Add([Seen], "shop");
        var flush = keeper.FlushAsync();
        while (!kept.IsWaited)
        {
            await Task.Delay(5);
        }

        violations.Add([Seen], "shop");
        var forgetting = keeper.ForgetAsync(default);
        Assert.False(forgetting.IsCompleted);
        gate.SetResult();
        await forgetting;
        await flush;
        kept.Refuses = false;
        await keeper.FlushAsync();

        Assert.Equal(2, Assert.Single(kept.Sum(default)).Count);
        Assert.Empty(kept.Examples(default));
        Assert.Empty(await keeper.ExamplesAsync(default));
    }

    [Fact]
    public async Task Hours_are_kept_for_a_day_and_days_for_a_month()
    {
        await SendAsync(_host, """{"type":"track","userId":"ann","event":"Early"}""");
        await _host.DisposeAsync();
        _host = await StartAsync();
        _host.Time.Advance(TimeSpan.FromDays(Limits.QualityDays - 1));
        await SendAsync(_host, """{"type":"track","userId":"ann","event":"Late"}""");
        Assert.Equal("Early 1 0, lastDay 0, ; Late 1 0, lastDay 1, ", Told(await QualityAsync(_host)));

        _host.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal("Late 1 0, lastDay 0, ", Told(await QualityAsync(_host)));
    }

    [Fact]
    public async Task Names_that_somebody_makes_up_do_not_fill_the_store_and_a_write_has_few_rows()
    {
        for (var restart = 0; restart < 3; restart++)
        {
            for (var from = 0; from < Limits.QualityNames; from += 100)
            {
                await SendAsync(_host, string.Join(',', Enumerable.Range(from, 100).Select(i => $$$"""{"type":"track","userId":"ann","event":"e{{{restart}}}-{{{i}}}","properties":{"total":1}}""")));
            }

            await _host.DisposeAsync();
            _host = await StartAsync();
        }

        var sums = _kept.Sum(default);
        Assert.Equal(Limits.KeptNames + 1, sums.Where(count => count.Kind == QualityKinds.Name).Select(count => count.Name).Distinct().Count());
        Assert.Equal(500, sums.Single(count => count is { Kind: QualityKinds.Name, Name: "", Rule: "events" }).Count);
        Assert.InRange(_kept.RowsAtOnce, 1, Limits.QualityRowsAtOnce);
        var view = await QualityAsync(_host);
        Assert.Equal((Limits.QualityNames, 1000L), (view.GetProperty("names").GetArrayLength(), view.GetProperty("otherNames").GetProperty("events").GetInt64()));
    }

    [Fact]
    public async Task A_process_that_cannot_read_the_store_says_so()
    {
        _kept.IsAway = true;
        using var answer = await _host.Manager.GetAsync("/api/v1/quality");
        Assert.Equal(System.Net.HttpStatusCode.InternalServerError, answer.StatusCode);
        _kept.IsAway = false;
        await SendAsync(_host, """{"type":"track","userId":"ann","event":"Paid"}""");
        Assert.StartsWith("Paid 1", Told(await QualityAsync(_host)), StringComparison.Ordinal);
    }

    private static SeenViolation Seen => new("u:ann", "Paid", PlanAction.Flag, new PlanViolation("total", PlanRule.Type, "a number", "the text 'x'"));

    /// <summary>Without a host: it writes when it is told to.</summary>
    private static (QualityKeeper Keeper, ViolationBoard Violations, FakeQuality Kept) Keeper()
    {
        var time = new TestTime();
        var (keeper, violations, kept) = (new QualityKeeper(time, NullLoggerFactory.Instance), new ViolationBoard(time), new FakeQuality());
        keeper.Attach(kept, violations, new EventQuality(time));
        return (keeper, violations, kept);
    }

    private async Task<WebHost> StartAsync()
    {
        var host = await WebHost.StartAsync(quality: _kept);
        host.Definitions.Current = host.Definitions.Current with
        {
            Plan = new TrackingPlan { Events = [new PlannedEvent("Paid", "", PlanAction.Flag, false, [new PlannedProperty("total", "", PropertyType.Number, false, [], null, null, null)])] },
        };
        return host;
    }

    private static async Task SendAsync(WebHost host, string events)
    {
        using var answer = await host.SendEventAsync("/v1/batch", $$"""{"writeKey":"shop-web-key","batch":[{{events}}]}""");
        answer.EnsureSuccessStatusCode();
    }

    private static Task<JsonElement> QualityAsync(WebHost host) => host.Manager.GetFromJsonAsync<JsonElement>("/api/v1/quality");

    private static Task<JsonElement> ViolationsAsync(WebHost host) => host.Manager.GetFromJsonAsync<JsonElement>("/api/v1/violations");

    private static string Told(JsonElement view) => string.Join("; ", view.GetProperty("names").EnumerateArray().Select(name =>
        $"{name.GetProperty("name")} {name.GetProperty("total").GetProperty("events")} {name.GetProperty("total").GetProperty("anonymous")}, lastDay {name.GetProperty("lastDay").GetProperty("events")}, "
        + string.Join(',', name.GetProperty("typeConflicts").EnumerateArray().Select(item => $"{item.GetProperty("property")} {item.GetProperty("types")}"))));

    private static string Kind(JsonElement kind) => string.Join(' ', new[] { "event", "path", "rule", "expected", "action", "count" }.Select(name => kind.GetProperty(name).ToString()));
}
