using System.Net;
using System.Text.Json.Nodes;
using Triggers.Runtime.Operations;
using Triggers.Web.Tests.Support;

namespace Triggers.Web.Tests.Health;

public sealed class HealthTests : IAsyncLifetime
{
    private WebHost _host = null!;

    public async Task InitializeAsync() => _host = await WebHost.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Theory]
    [InlineData(HealthStatus.Ready, HttpStatusCode.OK, HttpStatusCode.OK)]
    [InlineData(HealthStatus.Recovering, HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable)]
    [InlineData(HealthStatus.Draining, HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable)]
    [InlineData(HealthStatus.Refusing, HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable)]
    [InlineData(HealthStatus.Ended, HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable)]
    public async Task Health_tells_alive_from_ready(string status, HttpStatusCode live, HttpStatusCode ready)
    {
        _host.Operations.Health = new HealthReport(status, ["the reason"]);

        Assert.Equal((live, ready), (await AskAsync("/health/live"), await AskAsync("/health/ready")));
    }

    [Fact]
    public async Task Health_says_why()
    {
        _host.Operations.Health = new HealthReport(HealthStatus.Refusing, ["The disk takes no more data: full."]);

        var body = JsonNode.Parse(await (await _host.Client.GetAsync("/health/ready")).Content.ReadAsStringAsync())!;

        Assert.Equal(("refusing", "The disk takes no more data: full."), ((string?)body["status"], (string?)body["reasons"]![0]));
    }

    private async Task<HttpStatusCode> AskAsync(string path)
    {
        using var answer = await _host.Client.GetAsync(path);
        return answer.StatusCode;
    }
}
