using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;

namespace Triggers.Channels.Webhook;

/// <summary>How webhooks are posted, from the configuration keys <c>Channels:Webhook:*</c> (environment: <c>Channels__Webhook__*</c>).</summary>
public sealed record WebhookOptions
{
    public const string Section = "Channels:Webhook";

    /// <summary>Key of the signature; its UTF-8 bytes are the HMAC key.</summary>
    public required string Secret { get; init; }

    /// <summary>The secret was configured; otherwise it was made, and somebody must be told it.</summary>
    public bool IsSecretConfigured { get; init; }

    /// <summary>Longest wait for one receiver's answer.</summary>
    public int TimeoutSeconds { get; init; } = 10;

    /// <summary>Private, loopback and link-local networks that webhooks may reach all the same; none unless listed.</summary>
    public IReadOnlyList<IPNetwork> AllowedPrivateNetworks { get; init; } = [];

    /// <summary>The secret of a server that configures none: made from the store's, so that it stays the same.</summary>
    public static string SecretOf(byte[] storeSecret) =>
        "whsec_" + Convert.ToHexStringLower(HMACSHA256.HashData(storeSecret, "triggers webhook 1"u8))[..48];

    /// <summary>Reads the section; every problem is a sentence that names the key and what to do.</summary>
    public static WebhookOptions Read(IConfiguration configuration, byte[] storeSecret, ICollection<string> problems)
    {
        var section = configuration.GetSection(Section);
        var secret = section["Secret"]?.Trim() ?? "";
        if (secret.Length is > 0 and < 16)
        {
            problems.Add($"{Section}:Secret has {secret.Length} characters; give at least 16, or remove it to have one made.");
        }

        var timeout = 10;
        if (section["TimeoutSeconds"] is { Length: > 0 } text
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out timeout) || timeout is < 1 or > 120))
        {
            problems.Add($"{Section}:TimeoutSeconds is '{text}'; write a whole number from 1 to 120.");
        }

        var networks = new List<IPNetwork>();
        var listed = section.GetSection("AllowedPrivateNetworks");
        foreach (var item in listed.GetChildren().Select(child => child.Value ?? "").Concat((listed.Value ?? "").Split(',')).Select(item => item.Trim()).Where(item => item.Length > 0))
        {
            if (IPNetwork.TryParse(item, out var network))
            {
                networks.Add(network);
            }
            else if (IPAddress.TryParse(item, out var address))
            {
                networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            }
            else
            {
                problems.Add($"{Section}:AllowedPrivateNetworks has '{item}'; write addresses or networks such as 10.1.0.0/16, separated by commas.");
            }
        }

        return new WebhookOptions { Secret = secret.Length > 0 ? secret : SecretOf(storeSecret), IsSecretConfigured = secret.Length > 0, TimeoutSeconds = timeout, AllowedPrivateNetworks = networks };
    }
}
