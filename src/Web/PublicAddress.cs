namespace Triggers.Web;

/// <summary>The address under which clients reach the server: the public URL where one is set, else the one that the request came by.</summary>
internal static class PublicAddress
{
    public static (string Scheme, string Host) Of(HttpRequest request, WebOptions options)
        => Uri.TryCreate(options.PublicUrl, UriKind.Absolute, out var url) && !url.IsLoopback
            ? (url.Scheme, url.Authority)
            : (request.Scheme, request.Host.Value ?? "");

    /// <summary>Whether the request came by the public URL, and that is https. By another address, such as that of the machine itself, it may be plain HTTP all the same.</summary>
    public static bool IsReachedByTls(HttpRequest request, WebOptions options)
        => Uri.TryCreate(options.PublicUrl, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps
            && string.Equals(url.Host, request.Host.Host, StringComparison.OrdinalIgnoreCase);
}
