using Triggers.Engine.Records;
using Triggers.Runtime.Messages;
using Triggers.Runtime.Queries;
using Triggers.Web.Site;

namespace Triggers.Web.Tracking;

/// <summary>
/// Where the links of mails lead: pixel, redirect, unsubscribe. Only signed tokens do anything. A GET changes nothing but counts, since mail
/// gateways open every link; a HEAD does not even count.
/// </summary>
internal static class TrackingEndpoints
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>A transparent GIF of one pixel.</summary>
    private static readonly byte[] Pixel = Convert.FromBase64String("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");

    public static void MapTracking(this IEndpointRouteBuilder routes, ICommands commands, TrackingLinks links, ILogger logger)
    {
        routes.MapMethods("/o/{token}", Reading, http => OpenAsync(http, commands, links, logger)).ExcludeFromDescription();
        routes.MapMethods("/c/{token}", Reading, http => ClickAsync(http, commands, links, logger)).ExcludeFromDescription();
        routes.MapMethods(MessageComposer.TestUnsubscribePath, [.. Reading, HttpMethods.Post], TestAsync).ExcludeFromDescription();
        routes.MapMethods("/u/{token}", Reading, http => AskAsync(http, links)).ExcludeFromDescription();
        routes.MapPost("/u/{token}", http => UnsubscribeAsync(http, commands, links, logger)).ExcludeFromDescription();
    }

    private static async Task OpenAsync(HttpContext http, ICommands commands, TrackingLinks links, ILogger logger)
    {
        if (!links.TryRead(Token(http), TrackingKind.Open, out var link))
        {
            await UnknownAsync(http);
            return;
        }

        await CountAsync(http, commands, link, OutcomeKind.Opened, logger);
        var response = http.Response;
        response.ContentType = "image/gif";
        response.ContentLength = Pixel.Length;
        response.Headers.CacheControl = "no-store, no-cache, must-revalidate, private";
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await response.Body.WriteAsync(Pixel, http.RequestAborted);
        }
    }

    private static async Task ClickAsync(HttpContext http, ICommands commands, TrackingLinks links, ILogger logger)
    {
        if (!links.TryRead(Token(http), TrackingKind.Click, out var link))
        {
            await UnknownAsync(http);
            return;
        }

        await CountAsync(http, commands, link, OutcomeKind.Clicked, logger);
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        // As bytes that a header may carry: the signed text can hold any character of an IRI.
        http.Response.StatusCode = StatusCodes.Status302Found;
        http.Response.Headers.Location = link.Location;
    }

    private static Task AskAsync(HttpContext http, TrackingLinks links) => links.TryRead(Token(http), TrackingKind.Unsubscribe, out _)
        ? Pages.WriteAsync(http, StatusCodes.Status200OK, "Unsubscribe", """
            <h1>Unsubscribe</h1>
            <p>Stop getting these e&#8209;mails? Nothing changes until you confirm.</p>
            <form method="post"><button class="button" type="submit">Unsubscribe</button></form>
            """)
        : UnknownAsync(http);

    private static async Task UnsubscribeAsync(HttpContext http, ICommands commands, TrackingLinks links, ILogger logger)
    {
        if (!links.TryRead(Token(http), TrackingKind.Unsubscribe, out var link))
        {
            await UnknownAsync(http);
            return;
        }

        // One-click (RFC 8058) and the page's form mean the same; the body is not needed to tell. The order itself must not get lost: who
        // reads "done" has to be unsubscribed, so a failure is shown.
        bool isKnown;
        try
        {
            isKnown = await commands.RecordOutcomeAsync(link.MessageId, OutcomeKind.Unsubscribed, "", CancellationToken.None);
        }
        catch (Exception error)
        {
            WebLog.OutcomeLost(logger, link.MessageId, error);
            http.Response.Headers.RetryAfter = "5";
            await Pages.WriteAsync(http, StatusCodes.Status503ServiceUnavailable, "Try again", "<h1>That did not work</h1><p>You are not unsubscribed yet. Please try again in a moment.</p>");
            return;
        }

        if (!isKnown)
        {
            await UnknownAsync(http);
            return;
        }

        await Pages.WriteAsync(http, StatusCodes.Status200OK, "Unsubscribed", "<h1>You are unsubscribed</h1><p>No more of these e&#8209;mails will be sent to you. You can close this page.</p>");
    }

    /// <summary>Who reads a mail must see its pictures and reach its links, also when the count cannot be kept.</summary>
    private static async Task CountAsync(HttpContext http, ICommands commands, TrackingLink link, OutcomeKind kind, ILogger logger)
    {
        if (!HttpMethods.IsGet(http.Request.Method))
        {
            return;
        }

        try
        {
            await commands.RecordOutcomeAsync(link.MessageId, kind, link.Target, CancellationToken.None);
        }
        catch (Exception error)
        {
            WebLog.OutcomeLost(logger, link.MessageId, error);
        }
    }

    /// <summary>Nobody is unsubscribed by trying a message out.</summary>
    private static Task TestAsync(HttpContext http) => Pages.WriteAsync(
        http, StatusCodes.Status200OK, "This is a test", "<h1>This is a test message</h1><p>Its links count nothing, and nobody is unsubscribed. In the real message, this link leads to the page for unsubscribing.</p>");

    private static Task UnknownAsync(HttpContext http) => Pages.WriteAsync(
        http, StatusCodes.Status404NotFound, "Not found", "<h1>This link is not valid</h1><p>It was cut or changed on its way. Please open it from the e-mail itself.</p>");

    private static string Token(HttpContext http) => (string?)http.Request.RouteValues["token"] ?? "";
}
