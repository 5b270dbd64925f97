using Triggers.Web.Api;

namespace Triggers.Web.Auth;

/// <summary>Stands before the management API and the live hub. Every other endpoint passes by the cost of one look at its metadata.</summary>
internal static class AccessMiddleware
{
    public static void UseManagementAccess(this WebApplication app, ManagementAccess access) => app.Use((http, next) =>
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<RequiresManagement>() is null)
        {
            return next(http);
        }

        switch (access.Check(http.Request))
        {
            case AccessResult.Allowed:
                return next(http);
            case AccessResult.ForeignPage:
                return Problems.WriteAsync(http, StatusCodes.Status403Forbidden, "Not from this page", "A signed-in browser may change things only from the dashboard itself; programs use the management key.");
            default:
                http.Response.Headers.WWWAuthenticate = "Bearer";
                return Problems.WriteAsync(http, StatusCodes.Status401Unauthorized, "Not signed in", "Send the management key as 'Authorization: Bearer …', or sign in at /sign-in.");
        }
    });
}
