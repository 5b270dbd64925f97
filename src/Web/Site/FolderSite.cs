using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;

namespace Triggers.Web.Site;

/// <summary>Serves the files of one folder, with the caching that their names allow.</summary>
internal sealed class FolderSite : IDisposable
{
    private static readonly FileExtensionContentTypeProvider ContentTypes = MakeContentTypes();
    private readonly PhysicalFileProvider _files;

    public FolderSite(string folder) => _files = new PhysicalFileProvider(Path.GetFullPath(folder));

    /// <summary>The file at a path relative to the folder, or null.</summary>
    public IFileInfo? Find(string path) => _files.GetFileInfo(path) is { Exists: true, IsDirectory: false } file ? file : null;

    /// <param name="isImmutable">The name holds a hash of the content: never ask again.</param>
    public static Task WriteAsync(HttpContext http, IFileInfo file, bool isImmutable)
    {
        http.Response.Headers.CacheControl = isImmutable ? "public, max-age=31536000, immutable" : "no-cache";
        SecurityHeaders.ForPage(http.Response);
        var tag = new EntityTagHeaderValue($"\"{file.LastModified.UtcTicks ^ file.Length:x}\"");
        var type = ContentTypes.TryGetContentType(file.Name, out var known) ? known : "application/octet-stream";
        return TypedResults.PhysicalFile(file.PhysicalPath!, type, lastModified: file.LastModified, entityTag: tag).ExecuteAsync(http);
    }

    public void Dispose() => _files.Dispose();

    private static FileExtensionContentTypeProvider MakeContentTypes()
    {
        var types = new FileExtensionContentTypeProvider();
        types.Mappings[".html"] = "text/html; charset=utf-8";
        types.Mappings[".js"] = "text/javascript; charset=utf-8";
        types.Mappings[".css"] = "text/css; charset=utf-8";
        return types;
    }
}
