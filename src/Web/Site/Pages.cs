using System.Net;
using System.Text;

namespace Triggers.Web.Site;

/// <summary>The few pages that the server itself draws (sign-in, unsubscribe, not built, not found): the dashboard's colours, no script, nothing loaded from elsewhere.</summary>
internal static class Pages
{
    private const string Style = """
        :root{color-scheme:light dark;--ink:#17201e;--soft:#53605d;--paper:#f7f9f8;--card:#fff;--line:#dfe6e4;--accent:#0b7a6b;--on-accent:#fff}
        @media(prefers-color-scheme:dark){:root{--ink:#e2e8e6;--soft:#9aa8a5;--paper:#0c1110;--card:#131918;--line:#232c2a;--accent:#3fc3ad;--on-accent:#0f1413}}
        *{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
        main{width:100%;max-width:28rem;padding:2rem;background:var(--card);border:1px solid var(--line);border-radius:12px}
        h1{margin:0 0 .75rem;font-size:1.35rem}p{margin:0 0 1rem;color:var(--soft)}main>:last-child{margin-bottom:0}code{overflow-wrap:anywhere}.mark{display:block;margin-bottom:1.25rem}
        label{display:block;margin-bottom:.3rem;font-weight:600}input[type=password]{width:100%;padding:.6rem .7rem;margin-bottom:1rem;border:1px solid var(--line);border-radius:8px;background:var(--paper);color:inherit;font:inherit}
        .button{display:inline-block;padding:.6rem 1.1rem;border:0;border-radius:8px;background:var(--accent);color:var(--on-accent);font:inherit;font-weight:600;text-decoration:none;cursor:pointer}
        .button:focus-visible,input:focus-visible{outline:3px solid var(--accent);outline-offset:2px}.problem{padding:.6rem .8rem;border-left:4px solid #d0453b;background:color-mix(in srgb,#d0453b 12%,transparent);color:inherit}
        """;

    public static string Escape(string text) => WebUtility.HtmlEncode(text);

    public static Task WriteAsync(HttpContext http, int status, string title, string main)
    {
        var response = http.Response;
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        SecurityHeaders.ForPage(response);
        var body = Encoding.UTF8.GetBytes($"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>{Escape(title)}</title>
            <link rel="icon" href="/favicon.svg" type="image/svg+xml">
            <style>{Style}</style>
            </head>
            <body><main>
            {main}
            </main></body>
            </html>
            """);
        response.ContentLength = body.Length;
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body, 0, body.Length);
    }
}
