using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Triggers.EndToEnd.Tests.Harness;

/// <summary>Takes what an OpenTelemetry exporter sends over HTTP, and webhooks, and keeps both.</summary>
public sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, StringBuilder> _received = new(StringComparer.Ordinal);

    private Collector(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    /// <summary>The <c>traceparent</c> of each webhook.</summary>
    public ConcurrentQueue<string> Parents { get; } = new();

    public static async Task<Collector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var collector = new Collector(builder.Build());
        collector._app.MapPost("/v1/{signal}", (HttpContext http, string signal) => collector.TakeAsync(http, signal));
        collector._app.MapPost("/hook", (HttpContext http) =>
        {
            collector.Parents.Enqueue(http.Request.Headers.TraceParent.ToString());
            return Results.Ok();
        });
        await collector._app.StartAsync();
        return collector;
    }

    /// <summary>Everything of a signal (metrics, traces, logs) so far: names stand in protobuf as they are.</summary>
    public string Received(string signal)
    {
        var text = _received.GetOrAdd(signal, _ => new StringBuilder());
        lock (text)
        {
            return text.ToString();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext http, string signal)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var text = _received.GetOrAdd(signal, _ => new StringBuilder());
        lock (text)
        {
            text.Append(Encoding.Latin1.GetString(body.ToArray()));
        }

        http.Response.ContentType = "application/x-protobuf";
    }
}
