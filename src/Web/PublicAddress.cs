namespace Triggers.Web;

/// <summary>The address under which clients reach the server: the public URL where one is set, else the one that the request came by.</summary>
internal static class PublicAddress
{
    public static (string Scheme, string Host) Of(HttpRequest request, WebOptions options)
        => Uri.TryCreate(options.PublicUrl, UriKind.Absolute, out var url) && !url.IsLoopback
            ? (url.Scheme, url.Authority)
            : (request.Scheme, request.Host.Value ?? "");
}
