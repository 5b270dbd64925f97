using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Triggers.Web.Auth;

/// <summary>
/// Session cookies without a table: expiry and a random part, signed with a key made of the store's secret and the management key, so that
/// a new management key ends every session.
/// </summary>
internal sealed class Sessions
{
    public const string CookieName = "triggers_session";
    private const int SignedBytes = 16;
    private const int TokenBytes = SignedBytes + HMACSHA256.HashSizeInBytes;
    private readonly byte[] _key;
    private readonly WebOptions _options;
    private readonly TimeProvider _time;

    public Sessions(byte[] secret, WebOptions options, TimeProvider time)
    {
        _options = options;
        _key = HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes("triggers session 1 " + options.ManagementKey));
        _time = time;
    }

    public void Open(HttpContext http) => http.Response.Cookies.Append(CookieName, Make(), Options(http, Limits.SessionLifetime));

    public void Close(HttpContext http) => http.Response.Cookies.Delete(CookieName, Options(http, null));

    public bool IsOpen(HttpRequest request)
    {
        if (request.Cookies[CookieName] is not { Length: > 0 and < 128 } text)
        {
            return false;
        }

        Span<byte> token = stackalloc byte[128];
        if (!Base64Url.TryDecodeFromChars(text, token, out var count) || count != TokenBytes)
        {
            return false;
        }

        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, token[..SignedBytes], mac);
        return CryptographicOperations.FixedTimeEquals(mac, token[SignedBytes..TokenBytes]) && BinaryPrimitives.ReadInt64LittleEndian(token) > Now;
    }

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private string Make()
    {
        Span<byte> token = stackalloc byte[TokenBytes];
        BinaryPrimitives.WriteInt64LittleEndian(token, Now + (long)Limits.SessionLifetime.TotalMilliseconds);
        RandomNumberGenerator.Fill(token[8..SignedBytes]);
        HMACSHA256.HashData(_key, token[..SignedBytes], token[SignedBytes..]);
        return Base64Url.EncodeToString(token);
    }

    private CookieOptions Options(HttpContext http, TimeSpan? lifetime) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        // Behind a proxy that ends TLS, requests come by HTTP: the public URL says how browsers see us.
        Secure = http.Request.IsHttps || PublicAddress.IsReachedByTls(http.Request, _options),
        Path = "/",
        MaxAge = lifetime,
        IsEssential = true,
    };
}
