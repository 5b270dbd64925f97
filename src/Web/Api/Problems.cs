using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Triggers.Engine.Definitions;

namespace Triggers.Web.Api;

/// <summary>RFC 9457 problem details: the one form of every error of the management API.</summary>
internal static class Problems
{
    public static ProblemHttpResult NotFound(string what) => TypedResults.Problem(Make(StatusCodes.Status404NotFound, "Not found", what));

    public static ProblemHttpResult BadRequest(string detail) => TypedResults.Problem(Make(StatusCodes.Status400BadRequest, "The request cannot be understood", detail));

    public static ProblemHttpResult Conflict(string detail) => TypedResults.Problem(Make(StatusCodes.Status409Conflict, "It cannot be done now", detail));

    public static ProblemHttpResult InvalidDefinitions(IReadOnlyList<DefinitionError> errors)
    {
        var problem = Make(
            StatusCodes.Status422UnprocessableEntity, "The definitions are not valid", $"Nothing was changed. {(errors.Count == 1 ? "One error" : $"{errors.Count} errors")}, the first: {(errors.Count > 0 ? errors[0].ToString() : "")}");
        problem.Extensions["errors"] = errors;
        return TypedResults.Problem(problem);
    }

    public static ProblemHttpResult Of(int status, string title, string detail) => TypedResults.Problem(Make(status, title, detail));

    public static Task WriteAsync(HttpContext http, int status, string title, string detail)
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsJsonAsync(Make(status, title, detail), JsonSerializerOptions.Web, "application/problem+json", http.RequestAborted);
    }

    public static ProblemDetails Make(int status, string title, string detail) => new() { Status = status, Title = title, Detail = detail, Type = "about:blank" };
}
