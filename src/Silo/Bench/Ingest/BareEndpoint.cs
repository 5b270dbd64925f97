using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Triggers.Silo.Bench.Ingest;

/// <summary>
/// What Triggers is measured against: the same Kestrel that only parses the same bytes as JSON and appends them to a file with a
/// shared fsync. Nothing is decided, kept apart by customer, or de-duplicated.
/// </summary>
public static class BareEndpoint
{
    private static readonly byte[] _success = "{\"success\":true}"u8.ToArray();

    public static async Task RunAsync(int port, string folder, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        using var log = new GroupCommitFile(Path.Combine(folder, "bare.log"));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, port));
        await using var app = builder.Build();
        app.Run(context => HandleAsync(context, log));
        await app.StartAsync(cancellation);
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"bare endpoint on http://127.0.0.1:{port}"));
        // Its input ends when the bench that started it does, however that came.
        await Task.WhenAny(Task.Run(Console.In.ReadToEnd, cancellation), app.WaitForShutdownAsync(cancellation));
        await app.StopAsync(CancellationToken.None);
    }

    private static async Task HandleAsync(HttpContext context, GroupCommitFile log)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            return;
        }

        var length = (int)(context.Request.ContentLength ?? 0);
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            await context.Request.Body.ReadExactlyAsync(buffer.AsMemory(0, length), context.RequestAborted);
            Parse(buffer.AsSpan(0, length));
            await log.AppendAsync(buffer.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        context.Response.ContentType = "application/json";
        context.Response.ContentLength = _success.Length;
        await context.Response.BodyWriter.WriteAsync(_success, context.RequestAborted);
    }

    private static void Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
        }
    }
}
