using System.Net;
using System.Text;
using Triggers.EndToEnd.Tests.Harness;

namespace Triggers.EndToEnd.Tests;

public sealed class LostFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_data_folder_that_is_moved_away_is_answered_503_and_events_go_on_when_it_is_back()
    {
        await using var program = await TriggersProgram.ServeAsync(_folder.Data, TestDefinitions.Write(_folder));
        using var site = program.Site();
        using var api = program.Client();
        await site.TrackAsync("ada", "Product Viewed");
        await api.WaitAppliedAsync();

        Directory.Move(_folder.Data, _folder.Data + "-away");
        using var refused = await TrackAsync(site);
        using var ready = await api.GetAsync("/health/ready");
        var reason = await ready.Content.ReadAsStringAsync();
        Directory.Move(_folder.Data + "-away", _folder.Data);
        await Wait.UntilAsync("the server finds out by itself that the folder is back", async () =>
        {
            using var response = await api.GetAsync("/health/ready");
            return response.StatusCode == HttpStatusCode.OK;
        }, () => program.Output);
        using var taken = await TrackAsync(site);
        await api.WaitAppliedAsync();

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (refused.StatusCode, ready.StatusCode, taken.StatusCode));
        Assert.True(refused.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        Assert.Contains("was deleted, moved or replaced", reason, StringComparison.Ordinal);
        Assert.Single(program.Output.Split("The store's file is not where it was")[1..]);
        Assert.Equal(2, await api.EventsOfAsync("ada"));
        Assert.Equal(0, await program.StopAsync());
    }

    [Fact]
    public async Task A_stop_of_a_server_whose_data_folder_was_deleted_does_not_pretend_that_all_is_well()
    {
        await using var program = await TriggersProgram.ServeAsync(
            _folder.Data, TestDefinitions.Write(_folder), environment: new Dictionary<string, string> { ["StopPatienceSeconds"] = "1" });
        using var site = program.Site();
        await site.TrackAsync("ada", "Product Viewed");
        Directory.Delete(_folder.Data, recursive: true);
        using var refused = await TrackAsync(site);
        var code = await program.StopAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(1, code);
        Assert.Contains("The stop waits for the store, for 1 s at most", program.Output, StringComparison.Ordinal);
        Assert.Contains("Stopped without flushing every customer", program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", program.Output, StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> TrackAsync(HttpClient site)
        => site.PostAsync("/v1/track", new StringContent("""{"userId":"ada","event":"Product Viewed"}""", Encoding.UTF8, "application/json"));
}
