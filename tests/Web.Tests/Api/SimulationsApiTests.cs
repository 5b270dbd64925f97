using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Triggers.Runtime.Simulations;
using Triggers.Web.Tests.Support;

namespace Triggers.Web.Tests.Api;

/// <summary>Simulations and previews over HTTP.</summary>
public sealed class SimulationsApiTests : IAsyncLifetime
{
    private WebHost _host = null!;

    public async Task InitializeAsync() => _host = await WebHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_simulation_takes_files_or_the_definitions_in_force()
    {
        using var mine = await _host.Manager.PostAsJsonAsync("/api/v1/simulations", new { files = new[] { new { path = "segments.yaml", text = "fans: did('page')" } }, from = "2026-07-01T00:00:00Z", share = 0.5 });
        using var current = await _host.Manager.PostAsJsonAsync("/api/v1/simulations", new { draftsToo = false });

        Assert.Equal(7, (await mine.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("records").GetInt32());
        Assert.Equal(HttpStatusCode.OK, current.StatusCode);
        Assert.Equal("fans", Assert.Single(_host.Simulations.Asked[0].Definitions.Segments).Id);
        Assert.Equal((0.5, true, new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero)), (_host.Simulations.Asked[0].Share, _host.Simulations.Asked[0].DraftsToo, _host.Simulations.Asked[0].From));
        Assert.Equal((2, false), (_host.Simulations.Asked[1].Definitions.Sources.Count, _host.Simulations.Asked[1].DraftsToo));
    }

    [Theory]
    [InlineData("""{"share":0}""", HttpStatusCode.BadRequest, "'share'")]
    [InlineData("""{"from":"2026-07-02T00:00:00Z","to":"2026-07-01T00:00:00Z"}""", HttpStatusCode.BadRequest, "'from' has to lie before 'to'")]
    [InlineData("""{"customer":"nobody"}""", HttpStatusCode.NotFound, "no customer 'nobody'")]
    [InlineData("""{"customer":"busy"}""", HttpStatusCode.Conflict, "Another simulation is running")]
    [InlineData("""{"files":[{"path":"segments.yaml","text":"fans: did("}]}""", HttpStatusCode.UnprocessableEntity, "segments.yaml")]
    public async Task A_simulation_that_cannot_be_is_refused_with_the_reason(string body, HttpStatusCode status, string reason)
    {
        using var answer = await _host.Manager.PostAsync("/api/v1/simulations", WebHost.Json(body));

        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(reason, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_of_megabytes_is_taken_and_what_is_larger_is_refused_with_the_limit()
    {
        object Files(int length) => new { files = new[] { new { path = "segments.yaml", text = $"fans: did('page') # {new string('<', length)}" } } };
        using var large = await _host.Manager.PostAsJsonAsync("/api/v1/simulations", Files(500_000));
        using var larger = await _host.Manager.PostAsJsonAsync("/api/v1/simulations", Files(3_000_000));
        using var note = await _host.Manager.PostAsJsonAsync("/api/v1/segments/preview", new { condition = new string('a', 70_000) });

        Assert.Equal(HttpStatusCode.OK, large.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, larger.StatusCode);
        Assert.Contains("may have 16777216 bytes at most", (await larger.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("/api/v1/segments/preview may have 65536 bytes at most", (await note.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_a_simulation_runs_its_progress_can_be_asked_for()
    {
        using var none = await _host.Manager.GetAsync("/api/v1/simulations/progress");
        _host.Simulations.Progress = new SimulationProgress(1_000, 250, 1.5);
        var some = await _host.Manager.GetFromJsonAsync<JsonElement>("/api/v1/simulations/progress");

        Assert.Equal(HttpStatusCode.NoContent, none.StatusCode);
        Assert.Equal((1_000, 250, 1.5), (some.GetProperty("records").GetInt32(), some.GetProperty("read").GetInt32(), some.GetProperty("seconds").GetDouble()));
    }

    [Theory]
    [InlineData("""{"condition":"did('page')"}""", 2_500, false)]
    [InlineData("""{"condition":"did('page')","exact":true}""", 2_468, true)]
    public async Task A_preview_is_an_estimate_or_exact(string body, int estimate, bool isExact)
    {
        using var answer = await _host.Manager.PostAsync("/api/v1/segments/preview", WebHost.Json(body));

        var preview = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((estimate, isExact), (preview.GetProperty("estimate").GetInt32(), preview.GetProperty("isExact").GetBoolean()));
    }

    [Theory]
    [InlineData("""{"condition":" "}""", HttpStatusCode.BadRequest, "'condition' is missing")]
    [InlineData("""{"condition":"busy"}""", HttpStatusCode.Conflict, "Another simulation is running")]
    public async Task A_preview_that_cannot_be_is_refused_with_the_reason(string body, HttpStatusCode status, string reason)
    {
        using var answer = await _host.Manager.PostAsync("/api/v1/segments/preview", WebHost.Json(body));

        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(reason, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }
}
