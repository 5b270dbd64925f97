using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Triggers.Web.Auth;

/// <summary>
/// One-time links that sign a browser in without typing the management key: what the program prints at its start. Kept in memory only;
/// each works once, for ten minutes.
/// </summary>
public sealed class SignInLinks(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, long> _expiries = new(StringComparer.Ordinal);

    /// <summary>The token for <c>/sign-in?token=…</c>.</summary>
    public string CreateToken()
    {
        MakeRoom();
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
        _expiries[token] = Now + (long)Limits.SignInLinkLifetime.TotalMilliseconds;
        return token;
    }

    /// <summary>True once for a token that is not too old.</summary>
    public bool TryUse(string token) => _expiries.TryRemove(token, out var expiry) && expiry > Now;

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private void MakeRoom()
    {
        foreach (var (token, expiry) in _expiries)
        {
            if (expiry <= Now)
            {
                _expiries.TryRemove(token, out _);
            }
        }

        while (_expiries.Count >= Limits.SignInLinksMax)
        {
            _expiries.TryRemove(_expiries.MinBy(pair => pair.Value).Key, out _);
        }
    }
}
