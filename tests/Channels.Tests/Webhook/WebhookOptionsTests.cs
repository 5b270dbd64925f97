using System.Net;
using Microsoft.Extensions.Configuration;
using Triggers.Channels.Webhook;

namespace Triggers.Channels.Tests.Webhook;

public sealed class WebhookOptionsTests
{
    [Fact]
    public void Without_settings_the_secret_comes_from_the_store_and_stays_the_same()
    {
        var options = Read([], out var problems);

        Assert.Empty(problems);
        Assert.StartsWith("whsec_", options.Secret, StringComparison.Ordinal);
        Assert.Equal(options.Secret, Read([], out _).Secret);
        Assert.Empty(options.AllowedPrivateNetworks);
    }

    [Fact]
    public void A_configured_secret_is_the_one_that_signs()
    {
        var options = Read([("Channels:Webhook:Secret", "a-secret-of-the-shop")], out var problems);

        Assert.Empty(problems);
        Assert.Equal(("a-secret-of-the-shop", true), (options.Secret, options.IsSecretConfigured));
        Assert.False(Read([], out _).IsSecretConfigured);
    }

    [Fact]
    public void Networks_are_listed_with_commas_or_by_index()
    {
        Assert.Equal(
            [IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("127.0.0.1/32")],
            Read([("Channels:Webhook:AllowedPrivateNetworks", "10.0.0.0/8, 127.0.0.1")], out _).AllowedPrivateNetworks);
        Assert.Equal(
            [IPNetwork.Parse("fd00::/8"), IPNetwork.Parse("::1/128")],
            Read([("Channels:Webhook:AllowedPrivateNetworks:0", "fd00::/8"), ("Channels:Webhook:AllowedPrivateNetworks:1", "::1")], out _).AllowedPrivateNetworks);
    }

    [Theory]
    [InlineData("Channels:Webhook:Secret", "short")]
    [InlineData("Channels:Webhook:TimeoutSeconds", "0")]
    [InlineData("Channels:Webhook:TimeoutSeconds", "a while")]
    [InlineData("Channels:Webhook:AllowedPrivateNetworks", "10.0.0.0/8, intranet")]
    public void A_wrong_setting_is_named_with_the_fix(string key, string value)
    {
        Read([(key, value)], out var problems);

        Assert.StartsWith(key, Assert.Single(problems), StringComparison.Ordinal);
    }

    private static WebhookOptions Read((string Key, string Value)[] settings, out List<string> problems)
    {
        problems = [];
        return WebhookOptions.Read(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build(), new byte[32], problems);
    }
}
