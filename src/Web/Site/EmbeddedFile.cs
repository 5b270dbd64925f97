using System.IO.Compression;
using Microsoft.Extensions.Primitives;
using Triggers.Engine.Text;

namespace Triggers.Web.Site;

/// <summary>A small file inside the program, served from memory, gzipped once.</summary>
internal static class EmbeddedFile
{
    public static void MapEmbedded(this IEndpointRouteBuilder routes, string path, string resource, string contentType, bool allowsAnyOrigin = false)
    {
        var content = Read(resource);
        var gzipped = Gzip(content);
        var tag = new StringValues($"\"{Hash64.Of(content):x16}\"");
        routes.MapMethods(path, [HttpMethods.Get, HttpMethods.Head], http =>
        {
            var headers = http.Response.Headers;
            headers.CacheControl = allowsAnyOrigin ? "public, max-age=3600" : "no-cache";
            headers.ETag = tag;
            headers.Vary = "Accept-Encoding";
            SecurityHeaders.ForPage(http.Response);
            if (allowsAnyOrigin)
            {
                headers.AccessControlAllowOrigin = "*";
                headers["Cross-Origin-Resource-Policy"] = "cross-origin";
            }

            if (http.Request.Headers.IfNoneMatch == tag)
            {
                http.Response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }

            var takesGzip = http.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);
            if (takesGzip)
            {
                headers.ContentEncoding = "gzip";
            }

            var body = takesGzip ? gzipped : content;
            http.Response.ContentType = contentType;
            http.Response.ContentLength = body.Length;
            return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : http.Response.Body.WriteAsync(body, 0, body.Length);
        }).ExcludeFromDescription();
    }

    private static byte[] Read(string resource)
    {
        using var stream = typeof(EmbeddedFile).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The program lacks its resource '{resource}': Web.csproj must embed it.");
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }

    private static byte[] Gzip(byte[] content)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.SmallestSize))
        {
            gzip.Write(content);
        }

        return memory.ToArray();
    }
}
