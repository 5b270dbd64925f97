using System.Net.Sockets;
using System.Text;
using Triggers.Web.Tests.Support;

namespace Triggers.Web.Tests.Ingest;

/// <summary>Senders that are too slow, or send what their headers do not announce.</summary>
public sealed class BrokenSenderTests : IAsyncLifetime
{
    private WebHost _host = null!;

    public async Task InitializeAsync() => _host = await WebHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nZZ\r\n", "HTTP/1.1 400 ", "\"invalid_body\"")]
    [InlineData("Content-Length: 1000\r\n\r\n{", "HTTP/1.1 408 ", "\"too_slow\"")]
    public async Task A_body_that_cannot_be_read_is_answered_with_the_reason(string request, string status, string code)
    {
        using var client = await SendAsync(request);
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);

        var answer = await reader.ReadToEndAsync();

        Assert.StartsWith(status, answer, StringComparison.Ordinal);
        Assert.Contains(code, answer, StringComparison.Ordinal);
        Assert.Contains("Access-Control-Allow-Origin: *", answer, StringComparison.Ordinal);
        Assert.Empty(_host.Errors.Lines);
    }

    [Fact]
    public async Task A_stop_in_the_middle_of_a_body_is_no_error_of_the_server()
    {
        // The answer to the first request says that the connection is served; the body of the second never comes.
        using var client = await SendAsync("Content-Length: 2\r\n\r\n{}POST /v1/track HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1000\r\n\r\n");
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        while (await reader.ReadLineAsync() is { } line && !line.Contains("100 Continue", StringComparison.Ordinal))
        {
        }

        await _host.StopAtOnceAsync();

        Assert.Empty(_host.Errors.Lines);
    }

    private async Task<TcpClient> SendAsync(string request)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(_host.Address.Host, _host.Address.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("POST /v1/track HTTP/1.1\r\nHost: x\r\n" + request));
        return client;
    }
}
