using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Triggers.Channels.Webhook;

/// <summary>Lets a receiver know that a webhook is ours and fresh: <c>t=unix seconds,v1=hex HMAC-SHA256 of "t.body"</c>.</summary>
public static class WebhookSignature
{
    public const string Header = "Triggers-Signature";

    public static string Of(string secret, long unixSeconds, ReadOnlySpan<byte> body)
    {
        var time = unixSeconds.ToString(CultureInfo.InvariantCulture);
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hmac.AppendData(Encoding.UTF8.GetBytes(time + "."));
        hmac.AppendData(body);
        return $"t={time},v1={Convert.ToHexStringLower(hmac.GetHashAndReset())}";
    }
}
