using Triggers.Web.Site;

namespace Triggers.Web.Auth;

/// <summary>The sign-in page, one-time links, and signing out.</summary>
internal static class SignInEndpoints
{
    public static void MapSignIn(this IEndpointRouteBuilder routes, ManagementAccess access, Sessions sessions, SignInLinks links, ILogger logger)
    {
        routes.MapGet("/sign-in", http => OpenAsync(http, sessions, links, logger)).ExcludeFromDescription();
        routes.MapPost("/sign-in", http => SubmitAsync(http, access, sessions, logger)).ExcludeFromDescription();
        routes.MapPost("/sign-out", http => SignOutAsync(http, access, sessions)).ExcludeFromDescription();
    }

    private static Task OpenAsync(HttpContext http, Sessions sessions, SignInLinks links, ILogger logger)
    {
        var query = http.Request.Query;
        var target = SafeReturn(query["return"]);
        var token = query["token"].ToString();
        if (token.Length == 0)
        {
            return sessions.IsOpen(http.Request) ? GoAsync(http, target) : Pages.WriteAsync(http, StatusCodes.Status200OK, "Sign in", SignInPage.Form(target, null));
        }

        // A browser that only looks ahead must not use the link up.
        if (http.Request.Headers["Sec-Purpose"].ToString().Contains("prefetch", StringComparison.OrdinalIgnoreCase))
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        }

        if (links.TryUse(token))
        {
            sessions.Open(http);
            return GoAsync(http, target);
        }

        if (sessions.IsOpen(http.Request))
        {
            return GoAsync(http, target);
        }

        WebLog.SignInRefused(logger, http.Connection.RemoteIpAddress?.ToString() ?? "");
        return Pages.WriteAsync(
            http, StatusCodes.Status403Forbidden, "Sign in", SignInPage.Form(target, "This link was used before, or is older than ten minutes. Enter the management key instead, or start the program again for a new link."));
    }

    private static async Task SubmitAsync(HttpContext http, ManagementAccess access, Sessions sessions, ILogger logger)
    {
        if (!http.Request.HasFormContentType || !access.IsFromOwnPage(http.Request))
        {
            await Pages.WriteAsync(http, StatusCodes.Status400BadRequest, "Sign in", SignInPage.Form("/", "The form did not come from this page; try again."));
            return;
        }

        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var target = SafeReturn(form["return"]);
        if (!access.IsKey(form["key"].ToString().Trim()))
        {
            WebLog.SignInRefused(logger, http.Connection.RemoteIpAddress?.ToString() ?? "");
            await Pages.WriteAsync(http, StatusCodes.Status403Forbidden, "Sign in", SignInPage.Form(target, "That is not the management key of this server."));
            return;
        }

        sessions.Open(http);
        http.Response.Redirect(target);
    }

    private static Task SignOutAsync(HttpContext http, ManagementAccess access, Sessions sessions)
    {
        if (!access.IsFromOwnPage(http.Request))
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }

        sessions.Close(http);
        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        http.Response.Headers.Location = "/sign-in";
        return Task.CompletedTask;
    }

    /// <summary>
    /// A redirect keeps the site that the navigation began on, and a Strict cookie stays at home when that was another one (a web mail, a
    /// chat): from there our own page leads on.
    /// </summary>
    private static Task GoAsync(HttpContext http, string target)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (http.Request.Headers["Sec-Fetch-Site"].ToString() is "" or "none" or "same-origin")
        {
            http.Response.Redirect(target);
            return Task.CompletedTask;
        }

        http.Response.Headers["Refresh"] = "0;url=" + target;
        return Pages.WriteAsync(http, StatusCodes.Status200OK, "Signed in", $"<h1>Signed in</h1><p><a class=\"button\" href=\"{Pages.Escape(target)}\">Open the dashboard</a></p>");
    }

    /// <summary>Only paths of this site: never a way to send somebody elsewhere.</summary>
    private static string SafeReturn(string? target)
        => target is ['/', not ('/' or '\\'), ..] && target.Length < 1024 && !target.AsSpan().ContainsAnyInRange('\0', ' ') && target.All(char.IsAscii) ? target : "/";
}

/// <summary>The form that takes the management key.</summary>
internal static class SignInPage
{
    public static string Form(string target, string? problem)
    {
        var notice = problem is null ? "" : $"<p class=\"problem\" role=\"alert\">{Pages.Escape(problem)}</p>";
        return $"""
            <img class="mark" src="/favicon.svg" alt="Triggers" width="40" height="40">
            <h1>Sign in</h1>
            <p>The dashboard is for those who hold this server's management key. The program saved it as <code>management.key</code> in its data folder when it first started.</p>
            {notice}
            <form method="post" action="/sign-in">
              <input type="hidden" name="return" value="{Pages.Escape(target)}">
              <label for="key">Management key</label>
              <input id="key" name="key" type="password" autocomplete="current-password" required autofocus>
              <button class="button" type="submit">Sign in</button>
            </form>
            """;
    }
}
