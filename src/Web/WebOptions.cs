namespace Triggers.Web;

/// <summary>Settings of everything that speaks HTTP.</summary>
public sealed record WebOptions
{
    /// <summary>Bearer key of the management API, and what a person enters on the sign-in page.</summary>
    public required string ManagementKey { get; init; }

    /// <summary>Bearer key that may read <c>/metrics</c> and nothing else; empty: the management key only.</summary>
    public string MetricsKey { get; init; } = "";

    /// <summary>Meters shown at <c>/metrics</c> beside those that are known.</summary>
    public IReadOnlyList<string> Meters { get; init; } = [];

    /// <summary>Somebody listens to activities.</summary>
    public bool TracesRequests { get; init; }

    /// <summary>What operators call this process.</summary>
    public string NodeName { get; init; } = Environment.MachineName;

    /// <summary>Whether the world is served: events, links, dashboard and the whole management API. Otherwise only what supervisors and operators ask: health, metrics, figures.</summary>
    public bool ServesWorld { get; init; } = true;

    /// <summary>Base of links that leave the server, without a trailing slash.</summary>
    public string PublicUrl { get; init; } = "http://127.0.0.1:8080";

    /// <summary>Folder of the built dashboard; null: <c>wwwroot</c> beside the program.</summary>
    public string? DashboardFolder { get; init; }

    /// <summary>Folder of the demo shop's page, served under <c>/shop/</c>; null: there is none.</summary>
    public string? ShopFolder { get; init; }

    /// <summary>Further origins that may open the live hub, such as a development server of the dashboard.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];
}
