using Microsoft.OpenApi;

namespace Triggers.Web.Api;

/// <summary>The OpenAPI document of the management API: <c>/openapi/v1.json</c>.</summary>
internal static class OpenApiDocument
{
    public static void AddApiDocument(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Triggers management API",
                Version = "v1",
                Description = "Everything the dashboard does. Times are ISO 8601 in UTC; money is integer minor units by ISO 4217 code; errors are problem details (RFC 9457). "
                    + "Send the management key as a bearer. Events are sent to the Segment wire format under /v1 instead.",
            };
            document.Servers = [];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
            document.Components.SecuritySchemes["managementKey"] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "The management key, saved as management.key in the data folder.",
            };
            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("managementKey", document)] = [] }];
            return Task.CompletedTask;
        });
    });
}
