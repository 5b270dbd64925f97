using Triggers.Web.Auth;

namespace Triggers.Web.Site;

/// <summary>The dashboard, the demo shop, the browser script and the API reference page: everything a browser loads.</summary>
internal static class SiteEndpoints
{
    public static void MapSite(this IEndpointRouteBuilder routes, WebOptions options, Sessions sessions)
    {
        routes.MapEmbedded("/t.js", "t.js", "text/javascript; charset=utf-8", allowsAnyOrigin: true);
        routes.MapEmbedded("/api", "reference.html", "text/html; charset=utf-8");
        routes.MapEmbedded("/api/reference.js", "reference.js", "text/javascript; charset=utf-8");
        routes.MapEmbedded("/api/reference.css", "reference.css", "text/css; charset=utf-8");
        routes.MapEmbedded("/favicon.svg", "favicon.svg", "image/svg+xml");
        // Browsers ask for it on their own; they go by the type, not by the name.
        routes.MapEmbedded("/favicon.ico", "favicon.svg", "image/svg+xml");
        if (options.ShopFolder is { } shop && Directory.Exists(shop))
        {
            MapShop(routes, new FolderSite(shop));
        }

        var folder = options.DashboardFolder ?? Path.Combine(AppContext.BaseDirectory, "wwwroot");
        var dashboard = File.Exists(Path.Combine(folder, "index.html")) ? new FolderSite(folder) : null;
        // Reading only, so that a wrong method elsewhere stays 405.
        routes.MapMethods("{**path}", [HttpMethods.Get, HttpMethods.Head], http => DashboardAsync(http, dashboard, sessions)).WithOrder(int.MaxValue).ExcludeFromDescription();
    }

    private static void MapShop(IEndpointRouteBuilder routes, FolderSite shop) => routes.MapGet("/shop/{**path}", http =>
    {
        var path = http.Request.RouteValues["path"] as string ?? "";
        if (path.Length == 0 && !http.Request.Path.Value!.EndsWith('/'))
        {
            http.Response.Redirect("/shop/" + http.Request.QueryString);
            return Task.CompletedTask;
        }

        return shop.Find(path.Length == 0 ? "index.html" : path) is { } file ? FolderSite.WriteAsync(http, file, isImmutable: false) : NotFoundAsync(http);
    }).ExcludeFromDescription();

    private static Task DashboardAsync(HttpContext http, FolderSite? dashboard, Sessions sessions)
    {
        var path = http.Request.Path.Value ?? "/";
        if (path.StartsWith("/api/", StringComparison.OrdinalIgnoreCase))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        if (path.Length > 1 && dashboard?.Find(path[1..]) is { } file && file.Name != "index.html")
        {
            return FolderSite.WriteAsync(http, file, isImmutable: path.StartsWith("/assets/", StringComparison.Ordinal));
        }

        // What looks like a file and is none is missing; everything else is a page of the dashboard, which finds its own way.
        if ((Path.HasExtension(path) && path.LastIndexOf('/') == 0) || path.StartsWith("/assets/", StringComparison.Ordinal))
        {
            return NotFoundAsync(http);
        }

        if (!sessions.IsOpen(http.Request))
        {
            http.Response.Headers.CacheControl = "no-store";
            http.Response.Redirect(path == "/" ? "/sign-in" : "/sign-in?return=" + Uri.EscapeDataString(path + http.Request.QueryString));
            return Task.CompletedTask;
        }

        return dashboard?.Find("index.html") is { } index ? FolderSite.WriteAsync(http, index, isImmutable: false) : NotBuiltAsync(http);
    }

    private static Task NotBuiltAsync(HttpContext http) => Pages.WriteAsync(http, StatusCodes.Status503ServiceUnavailable, "Triggers", """
        <h1>The dashboard is not built</h1>
        <p>The server runs and takes events in; only its pages are missing. <code>./run</code> builds them (Node 20 or newer), or by hand: <code>npm ci &amp;&amp; npm run build</code> in <code>src/Web/ui</code>.</p>
        <p><a class="button" href="/api">API reference</a></p>
        """);

    private static Task NotFoundAsync(HttpContext http) => Pages.WriteAsync(
        http, StatusCodes.Status404NotFound, "Not found", "<h1>Not found</h1><p>There is nothing at this address.</p><p><a class=\"button\" href=\"/\">Open the dashboard</a></p>");
}
