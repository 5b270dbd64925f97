using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Triggers.Web.Tests.Support;

namespace Triggers.Web.Tests.Api;

/// <summary>A test of the management API: a host of its own, and what its answers are read with.</summary>
public abstract class ApiTestBase : IAsyncLifetime
{
    private protected WebHost Host { get; private set; } = null!;

    public async Task InitializeAsync() => Host = await WebHost.StartAsync();

    public async Task DisposeAsync() => await Host.DisposeAsync();

    private protected Task<JsonElement> GetAsync(string path) => Host.Manager.GetFromJsonAsync<JsonElement>("/api/v1" + path);

    private protected async Task<string> AssertProblemAsync(string method, string path, HttpStatusCode status)
    {
        using var answer = await Host.Manager.SendAsync(new HttpRequestMessage(new HttpMethod(method), "/api/v1" + path));
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        return problem.GetProperty("detail").GetString()!;
    }
}
