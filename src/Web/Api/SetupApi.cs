namespace Triggers.Web.Api;

/// <summary>What this server is set up with, as far as a page has to know it: where to send events, and where mail goes.</summary>
internal static class SetupApi
{
    public static void MapSetup(this RouteGroupBuilder api, Backend backend, WebOptions options) =>
        api.MapGet("/setup", () => TypedResults.Ok(new SetupView(
                [.. backend.Definitions.Current.Sources.Select(SourceView.Of)],
                options.ShopFolder is not null,
                backend.SendsMail)))
            .WithTags("Server")
            .WithSummary("Sources with their write keys, and where mail goes")
            .WithDescription("'sources' as sources.yaml has them. 'shop': the demo shop is served at `/shop`. 'sendsMail': mail leaves by SMTP; otherwise it is kept in the local mailbox.");
}

public sealed record SetupView(IReadOnlyList<SourceView> Sources, bool Shop, bool SendsMail);
