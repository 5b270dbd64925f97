using System.Globalization;
using System.Text.Json;

namespace Triggers.Web.Ingest;

/// <summary>
/// The answers of the wire format. Success is 200 with this body and nothing else (analytics-python re-sends on 204); a refusal carries
/// <c>code</c> and <c>message</c> (analytics-python reads them), and <c>error</c> for analytics-ruby.
/// </summary>
internal static class WireResponses
{
    private static readonly byte[] SuccessBody = """{"success":true}"""u8.ToArray();

    public static Task SuccessAsync(HttpContext http)
    {
        var response = http.Response;
        response.ContentType = "application/json";
        response.ContentLength = SuccessBody.Length;
        return response.Body.WriteAsync(SuccessBody, 0, SuccessBody.Length);
    }

    public static Task RefuseAsync(HttpContext http, int status, string code, string message)
    {
        if (HttpMethods.IsPost(http.Request.Method))
        {
            WebMetrics.Refused(status);
        }

        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        var body = JsonSerializer.SerializeToUtf8Bytes(new Refusal(code, message, message), JsonSerializerOptions.Web);
        http.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : http.Response.Body.WriteAsync(body, 0, body.Length);
    }

    public static Task RetryLaterAsync(HttpContext http, int status, string code, string message, TimeSpan after)
    {
        http.Response.Headers.RetryAfter = RetryAfterSeconds(after).ToString(CultureInfo.InvariantCulture);
        return RefuseAsync(http, status, code, message);
    }

    public static int RetryAfterSeconds(TimeSpan after)
        => (int)Math.Clamp(Math.Ceiling(after.TotalSeconds), Limits.RetryAfterSecondsMin, Limits.RetryAfterSecondsMax);

    private sealed record Refusal(string Code, string Message, string Error);
}
