using Microsoft.AspNetCore.Mvc;
using Triggers.Web.Auth;
using Triggers.Web.Api.Lists;
using Triggers.Web.Quality;

namespace Triggers.Web.Api;

/// <summary>The management API under <c>/api/v1</c>: one file a group of routes.</summary>
internal static class ApiEndpoints
{
    public static void MapApi(this IEndpointRouteBuilder routes, Backend backend, WebOptions options, ViolationBoard violations, EventQuality quality, QualityKeeper keeper, TimeProvider time)
    {
        var api = routes.MapManagement();
        api.MapOperations(backend);
        api.MapSetup(backend, options);
        api.MapCustomers(backend, keeper, time);
        api.MapGroups(backend);
        api.MapMerges(backend);
        api.MapSegments(backend);
        api.MapLists(backend);
        api.MapCampaigns(backend);
        api.MapCampaignTests(backend);
        api.MapMessages(backend);
        api.MapDefinitions(backend);
        api.MapSimulations(backend);
        api.MapMeasures(backend);
        api.MapQuality(backend, violations, quality, keeper);
        api.MapImport(backend, time);
    }

    /// <summary>Of a process that does not serve the world.</summary>
    public static void MapOperationsApi(this IEndpointRouteBuilder routes, Backend backend) => routes.MapManagement().MapOperations(backend);

    private static RouteGroupBuilder MapManagement(this IEndpointRouteBuilder routes) => routes.MapGroup("/api/v1")
        .WithMetadata(RequiresManagement.Instance)
        .WithMetadata(new RequestSizeLimitAttribute(Limits.ApiBodyBytesMax))
        .ProducesProblem(StatusCodes.Status401Unauthorized);
}
