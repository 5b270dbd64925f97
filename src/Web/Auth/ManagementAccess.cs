using System.Security.Cryptography;
using System.Text;

namespace Triggers.Web.Auth;

/// <summary>Decides who may manage: the bearer of the management key, or a signed-in browser that acts from our own pages.</summary>
internal sealed class ManagementAccess(WebOptions options, Sessions sessions)
{
    private readonly byte[] _keyHash = SHA256.HashData(Encoding.UTF8.GetBytes(options.ManagementKey));
    private readonly byte[] _metricsKeyHash = SHA256.HashData(Encoding.UTF8.GetBytes(options.MetricsKey));

    public AccessResult Check(HttpRequest request)
    {
        if (HasKey(request))
        {
            return AccessResult.Allowed;
        }

        if (!sessions.IsOpen(request))
        {
            return AccessResult.Unknown;
        }

        var isSafe = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        return isSafe || IsFromOwnPage(request) ? AccessResult.Allowed : AccessResult.ForeignPage;
    }

    public bool IsKey(string text) => Equal(text, options.ManagementKey, _keyHash);

    /// <summary>Managers may, and who holds the key that may nothing else.</summary>
    public bool MayReadMetrics(HttpRequest request) => Check(request) == AccessResult.Allowed || (Bearer(request) is { } key && Equal(key, options.MetricsKey, _metricsKeyHash));

    /// <summary>Browsers always say the origin of a request that changes something; who says none is no browser, and SameSite keeps its cookie at home.</summary>
    public bool IsFromOwnPage(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        if (origin.Length == 0)
        {
            var site = request.Headers["Sec-Fetch-Site"].ToString();
            return site.Length == 0 || site is "same-origin" or "none";
        }

        return Uri.TryCreate(origin, UriKind.Absolute, out var from)
            && (IsSame(from.Authority, request.Host.Value) || IsOrigin(from, options.PublicUrl) || options.AllowedOrigins.Any(allowed => IsOrigin(from, allowed)));
    }

    private bool HasKey(HttpRequest request) => Bearer(request) is { } key && IsKey(key);

    private static string? Bearer(HttpRequest request)
    {
        const string scheme = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        return header.Length is > 7 and < 512 && header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? header[scheme.Length..].Trim() : null;
    }

    private static bool Equal(string text, string key, byte[] keyHash) => key.Length > 0 && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(text)), keyHash);

    private static bool IsOrigin(Uri from, string url) => Uri.TryCreate(url, UriKind.Absolute, out var other) && from.Scheme == other.Scheme && IsSame(from.Authority, other.Authority);

    /// <summary>A host as the header gives it may name a default port, which an origin leaves out.</summary>
    private static bool IsSame(string authority, string? host)
        => host is not null && string.Equals(WithoutDefaultPort(authority), WithoutDefaultPort(host), StringComparison.OrdinalIgnoreCase);

    private static string WithoutDefaultPort(string authority)
        => authority.EndsWith(":80", StringComparison.Ordinal) ? authority[..^3] : authority.EndsWith(":443", StringComparison.Ordinal) ? authority[..^4] : authority;
}

internal enum AccessResult
{
    Allowed = 1,
    Unknown = 2,

    /// <summary>Signed in, but the request comes from a page of somebody else.</summary>
    ForeignPage = 3,
}

/// <summary>Marks an endpoint that only managers may use.</summary>
internal sealed class RequiresManagement
{
    public static readonly RequiresManagement Instance = new();
}
