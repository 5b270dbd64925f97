using System.Globalization;
using System.Text;

namespace Triggers.Silo.Bench;

/// <summary>The definitions that the bench runs under: 50 segments of every kind that the load's events touch, and 10 live campaigns.</summary>
public static class BenchDefinitions
{
    public const string WriteKey = "bench";
    public const string ProbeEvent = "Bench Probe";
    public const string ProbeCampaign = "probe";

    public static void Write(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "campaigns"));
        Directory.CreateDirectory(Path.Combine(folder, "templates"));
        Save(folder, "sources.yaml", "bench: { name: Bench, writeKey: bench, currency: USD }\n");
        Save(folder, "scoring.yaml", """
            halfLife: 14d
            events:
              page: 0.2
              Product Viewed: 1
              Product Added: { points: 5, capPerDay: 5 }
              Order Completed: 20
            lifecycle: { newFor: 7d, atRiskAfter: 30d, dormantAfter: 90d, wonBackFor: 30d }
            """);
        Save(folder, "segments.yaml", Segments());
        foreach (var (id, text) in Campaigns())
        {
            Save(folder, $"campaigns/{id}.yaml", text);
        }

        Save(folder, "templates/note.subject.hbs", "For {{traits.email}}\n");
        Save(folder, "templates/note.text.hbs", "Hello {{traits.email}}.\n\nOff: {{unsubscribeUrl}}\n");
        Save(folder, "templates/note.html.hbs", "<p>Hello {{traits.email}}.</p><p><a href=\"{{unsubscribeUrl}}\">Off</a></p>\n");
    }

    private static string Segments()
    {
        var text = new StringBuilder();
        string[] categories = ["garden", "kitchen", "books", "toys", "outdoor", "music"];
        for (var i = 0; i < 12; i++)
        {
            Add($"likes-{categories[i % 6]}-{i}", $"count('Product Viewed', where properties.category = '{categories[i % 6]}', within {7 + i}d) >= {3 + i}");
        }

        for (var i = 0; i < 8; i++)
        {
            Add($"looks-dear-{i}", $"count('Product Viewed', where properties.price > {20 + (10 * i)}, within {i + 1}d) >= {3 + i}");
            Add($"left-cart-{i}", $"did('Product Added', within {i + 1}d) and not did('Order Completed', within {i + 1}d)");
            Add($"spent-{i}", $"sum('Order Completed', properties.total, within {30 * (i + 1)}d) >= {100 * (i + 1)}");
        }

        for (var i = 0; i < 6; i++)
        {
            Add($"score-{i}", $"score >= {20 * (i + 1)}");
        }

        Add("is-new", "lifecycle = 'new'");
        Add("is-active", "lifecycle = 'active'");
        Add("is-away", "lifecycle = 'at risk' or lifecycle = 'dormant'");
        Add("has-address", "exists(traits.email)");
        Add("pro", "traits.plan = 'pro'");
        Add("buyer", "did('Order Completed', within 365d)");
        Add("best", "segment('buyer') and score >= 50");
        Add("browser", "count('page', within 30d) >= 10 and not segment('buyer')");
        return text.ToString();

        void Add(string id, string condition) => text.Append(CultureInfo.InvariantCulture, $"{id}: \"{condition}\"\n");
    }

    private static IEnumerable<(string Id, string Text)> Campaigns()
    {
        yield return (ProbeCampaign, Campaign(ProbeCampaign, $"{{ event: {ProbeEvent} }}", "reentry: always", "- send: { channel: email, template: note }"));
        yield return ("cart", Campaign("cart", "{ event: Product Added }", "reentry: every 7d\nexit: did('Order Completed', since entry)", "- wait: 1d\n  - send: { channel: email, template: note }"));
        yield return ("thanks", Campaign("thanks", "{ event: Order Completed }", "reentry: every 30d\naudience: exists(traits.email)", "- send: { channel: email, template: note }"));
        yield return ("dear", Campaign("dear", "{ event: Product Viewed, where: properties.price > 100 }", "reentry: every 7d\naudience: exists(traits.email) and score > 10", "- wait: 2h\n  - send: { channel: email, template: note }"));
        yield return ("buyers", Campaign("buyers", "{ enters: buyer }", "goal: { event: Order Completed, value: properties.total, within: 3d }", "- wait: 3d\n  - send: { channel: email, template: note }"));
        yield return ("spenders", Campaign("spenders", "{ enters: spent-3 }", "audience: exists(traits.email)", "- send: { channel: email, template: note }"));
        yield return ("engaged", Campaign("engaged", "{ scoreAbove: 80 }", "reentry: every 30d", "- wait: 1d\n  - send: { channel: email, template: note }"));
        yield return ("cooling", Campaign("cooling", "{ scoreBelow: 5 }", "reentry: every 30d\naudience: exists(traits.email)", "- send: { channel: email, template: note }"));
        yield return ("away", Campaign("away", "{ inactiveFor: 30d }", "audience: exists(traits.email)", "- send: { channel: email, template: note }"));
        yield return ("left", Campaign("left", "{ leaves: left-cart-0 }", "reentry: every 7d\naudience: exists(traits.email)", "- wait: 1h\n  - send: { channel: email, template: note }"));
    }

    private static string Campaign(string id, string trigger, string more, string steps) => $"campaign: {id}\nstatus: live\ntrigger: {trigger}\n{more}\nsteps:\n  {steps}\n";

    private static void Save(string folder, string path, string text) => File.WriteAllText(Path.Combine(folder, path), text);
}
