using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Triggers.Runtime.Messages;

/// <summary>
/// Makes and reads the links of a mail that lead back to us. Each is signed with the store's secret, so that a click redirects only to what was in a
/// message, and nobody can unsubscribe somebody else by guessing. The format is docs/formats/tracking-token.md.
/// </summary>
public sealed class TrackingLinks
{
    /// <summary>Longer targets are left as they are in the mail: some mail gateways cut links at 2,083 characters, and ours grow by a third.</summary>
    public const int TargetBytesMax = 1_400;

    private const int Version = 1;
    private const int MessageIdBytes = 16;
    private const int MacBytes = 16;
    private const int HeadBytes = 1 + MessageIdBytes;

    /// <summary>No token of ours is longer: longer ones are refused unread.</summary>
    private const int TokenCharsMax = (((HeadBytes + TargetBytesMax + MacBytes) * 4) + 2) / 3;

    private readonly byte[] _key;

    /// <param name="publicUrl">Base of the links, with or without a trailing slash.</param>
    /// <param name="secret">The store's secret.</param>
    public TrackingLinks(string publicUrl, byte[] secret)
    {
        PublicUrl = publicUrl.TrimEnd('/');
        _key = HMACSHA256.HashData(secret, "triggers tracking link 1"u8);
    }

    public string PublicUrl { get; }

    /// <summary>The pixel that tells that a mail was opened.</summary>
    public string Open(string messageId) => $"{PublicUrl}/o/{Sign(TrackingKind.Open, messageId, "")}";

    /// <summary>The redirect that counts a click; null if the target is too long to be carried, or is not http or https.</summary>
    public string? Click(string messageId, string target) =>
        IsWebAddress(target) && Encoding.UTF8.GetByteCount(target) <= TargetBytesMax ? $"{PublicUrl}/c/{Sign(TrackingKind.Click, messageId, target)}" : null;

    /// <summary>The page (GET) and one-click address (POST) that unsubscribes the receiver of this message.</summary>
    public string Unsubscribe(string messageId) => $"{PublicUrl}/u/{Sign(TrackingKind.Unsubscribe, messageId, "")}";

    /// <summary>Whether a link of a mail is already one of ours.</summary>
    public bool IsOwn(string url) =>
        url.StartsWith(PublicUrl, StringComparison.OrdinalIgnoreCase)
        && url.AsSpan(PublicUrl.Length) is ['/', 'o' or 'c' or 'u', '/', ..];

    /// <summary>What a token says, if we made it for this kind of link.</summary>
    public bool TryRead(string token, TrackingKind kind, [NotNullWhen(true)] out TrackingLink? link)
    {
        link = null;
        if (token.Length is 0 or > TokenCharsMax)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[HeadBytes + TargetBytesMax + MacBytes + 2];
        if (Base64Url.DecodeFromChars(token, bytes, out var read, out var written) != System.Buffers.OperationStatus.Done
            || read != token.Length || written < HeadBytes + MacBytes)
        {
            return false;
        }

        var signed = bytes[..(written - MacBytes)];
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, signed, mac);
        if (!CryptographicOperations.FixedTimeEquals(mac[..MacBytes], bytes[(written - MacBytes)..written]) || signed[0] != Tag(kind))
        {
            return false;
        }

        // The decoder passes over white space and padding: one link, one token.
        if (!token.Equals(Base64Url.EncodeToString(bytes[..written]), StringComparison.Ordinal))
        {
            return false;
        }

        var target = Encoding.UTF8.GetString(signed[HeadBytes..]);
        if (kind == TrackingKind.Click ? !IsWebAddress(target) : target.Length > 0)
        {
            return false;
        }

        link = new TrackingLink(kind, Convert.ToHexStringLower(signed[1..HeadBytes]), target);
        return true;
    }

    internal static bool IsWebAddress(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps) && uri.Host.Length > 0;

    private string Sign(TrackingKind kind, string messageId, string target)
    {
        Span<byte> bytes = stackalloc byte[HeadBytes + TargetBytesMax + MacBytes];
        bytes[0] = Tag(kind);
        if (messageId.Length != MessageIdBytes * 2
            || Convert.FromHexString(messageId, bytes.Slice(1, MessageIdBytes), out _, out _) != System.Buffers.OperationStatus.Done)
        {
            throw new ArgumentException($"A message id is {MessageIdBytes * 2} hex digits; this is '{messageId}'.", nameof(messageId));
        }

        var length = HeadBytes + Encoding.UTF8.GetBytes(target, bytes[HeadBytes..^MacBytes]);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, bytes[..length], mac);
        mac[..MacBytes].CopyTo(bytes[length..]);
        return Base64Url.EncodeToString(bytes[..(length + MacBytes)]);
    }

    private static byte Tag(TrackingKind kind) => (byte)((Version << 4) | (int)kind);
}

/// <summary>Kinds of links in mail. Signed into links that live for years in inboxes: append-only.</summary>
public enum TrackingKind
{
    Open = 1,
    Click = 2,
    Unsubscribe = 3,
}

/// <param name="MessageId">32 lower-case hex digits.</param>
/// <param name="Target">Where a click leads; empty for the other kinds.</param>
public sealed record TrackingLink(TrackingKind Kind, string MessageId, string Target)
{
    /// <summary>The target as a Location header carries it: ASCII, whatever letters the link in the mail had.</summary>
    public string Location
    {
        get
        {
            var target = new Uri(Target);
            return target.Host == target.IdnHost ? target.AbsoluteUri : new UriBuilder(target) { Host = target.IdnHost }.Uri.AbsoluteUri;
        }
    }
}
