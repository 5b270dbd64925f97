using System.Globalization;
using Triggers.Engine.Definitions;

namespace Triggers.Silo.Serve;

/// <summary>What a person needs to see at the start: where everything is. Plain lines, since they are read by scripts as well.</summary>
internal static class ServeBanner
{
    private const int SourcesShown = 5;

    public static void Print(
        ServeOptions options, DataFolder folder, bool isKeyConfigured, StoreChoice store, HostChoice host, int version, DefinitionSet definitions, ChannelSetup channels, string signInToken)
    {
        var url = options.LocalUrl;
        if (host.Role == ServeRole.Silo)
        {
            Console.Out.Write($"""

                Triggers is ready: health, metrics and figures on {url}

                  management key  {(isKeyConfigured ? "as configured in ManagementKey" : folder.KeyPath)}
                  definitions     version {version}   ({definitions.Segments.Count} segments, {definitions.Campaigns.Count} campaigns)
                  store           {store.Description}

                {channels.Description}
                host: {host.Description}

                """);
            Console.Out.Flush();
            return;
        }

        var keys = string.Join(", ", definitions.Sources.Take(SourcesShown).Select(source => $"{source.WriteKey} ({source.Name})"));
        var more = definitions.Sources.Count > SourcesShown ? $" and {definitions.Sources.Count - SourcesShown} more in sources.yaml" : "";
        var webhooks = definitions.SendsBy("webhook") ? $"\n  webhook secret  {channels.WebhookSecret}" : "";
        Console.Out.Write(string.Create(CultureInfo.InvariantCulture, $"""

            Triggers is ready on {url}

              dashboard       {url}/sign-in?token={signInToken}   (signs this browser in, once)
              local mailbox   {url}/mailbox
              demo shop       {(Assets.FindShop(options.DefinitionsFolder) is null ? "none with these definitions" : $"{url}/shop")}
              API reference   {url}/api
              write key       {(keys.Length == 0 ? "none: sources.yaml has no source" : keys + more)}
              management key  {(isKeyConfigured ? "as configured in ManagementKey" : folder.KeyPath)}{webhooks}
              definitions     {(Directory.Exists(options.DefinitionsFolder) ? options.DefinitionsFolder : $"version {version} of the store")}   ({definitions.Segments.Count} segments, {definitions.Campaigns.Count} campaigns)
              data            {folder.Path}
              store           {store.Description}

            {channels.Description}
            host: {host.Description}
            {(options.Demo ? $"demo: simulated visitors, up to {options.DemoEventsPerSecond} events a second\n" : "")}
            """));
        Console.Out.Flush();
    }
}
