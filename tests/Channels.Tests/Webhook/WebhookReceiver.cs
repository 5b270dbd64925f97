using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Triggers.Channels.Tests.Webhook;

/// <summary>A real HTTP server on loopback that answers as a test says.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ReceivedPost> _posts = new();

    private WebhookReceiver(Func<HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            _posts.Enqueue(new ReceivedPost(
                context.Request.Method, context.Request.Path, body.ToArray(), context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
            await answer(context);
        });
    }

    public string Url => _app.Urls.First() + "/hook?a=1";

    public IReadOnlyList<ReceivedPost> Posts => [.. _posts];

    public static async Task<WebhookReceiver> StartAsync(Func<HttpContext, Task> answer)
    {
        var receiver = new WebhookReceiver(answer);
        await receiver._app.StartAsync();
        return receiver;
    }

    public static Task<WebhookReceiver> StartAsync(int status) => StartAsync(context =>
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync("the receiver's\r\nwords");
    });

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

internal sealed record ReceivedPost(string Method, string Path, byte[] Body, IReadOnlyDictionary<string, string> Headers);
