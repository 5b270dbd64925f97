using System.Text;
using Triggers.Engine.Definitions;
using Triggers.Engine.Messages;

namespace Triggers.Engine.Tests.Definitions;

public sealed class ShopTests
{
    private static readonly string[] s_ids = ["abandoned-cart", "post-purchase", "welcome", "win-back"];

    public static string Root
    {
        get
        {
            var folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "Triggers.sln")))
            {
                folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Triggers.sln is in no folder above the tests.");
            }

            return folder;
        }
    }

    private static DefinitionSet Shop => Folder.Valid(DefinitionFolder.Load(Path.Combine(Root, "examples/shop/definitions")));

    [Fact]
    public void The_example_shop_is_valid_and_has_what_newcomers_are_promised()
    {
        var shop = Shop;

        Assert.Equal(new SourceDefinition("shop-web", "shop-web", "Shop", "USD"), Assert.Single(shop.Sources));
        Assert.True(shop.Segments.Count >= 8);
        Assert.Subset(shop.Campaigns.Select(campaign => campaign.Id).ToHashSet(StringComparer.Ordinal), s_ids.ToHashSet(StringComparer.Ordinal));
        var welcome = shop.Campaigns.Single(campaign => campaign.Id == "welcome");
        Assert.Equal(new TriggerDefinition(TriggerKind.Event, "Signed Up"), welcome.Trigger);
        Assert.Equal(new SendStep("greeting", "email", "welcome", null, null), Assert.Single(welcome.Steps));
        Assert.True(((WaitStep)shop.Campaigns.Single(campaign => campaign.Id == "abandoned-cart").Steps[0]).DurationMs <= 60_000);
    }

    [Fact]
    public void Every_template_of_the_shop_renders_with_and_without_data()
    {
        var renderer = new TemplateRenderer();
        const string full = """
            {"traits":{"firstName":"ada","email":"ada@example.com"},"customer":{"id":"ada","anonymous":false},
             "event":{"name":"Product Added","properties":{"name":"Desk <lamp>","price":59.5,"quantity":2,"total":119,"order_id":"o-1","products":[{"name":"Desk lamp","price":59.5}]}}}
            """;
        var variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["unsubscribeUrl"] = "http://127.0.0.1/u/token", ["campaign"] = "it", ["messageId"] = "00" };
        foreach (var template in Shop.Templates)
        {
            foreach (var data in new[] { full, """{"traits":{},"customer":{"id":"x","anonymous":true}}""" })
            {
                var result = renderer.Render(template, Encoding.UTF8.GetBytes(data), variables);

                Assert.Equal("", result.Error);
                var isMail = template.Subject.Length > 0;
                Assert.Equal(isMail, result.Content!.Subject.Length > 0);
                Assert.All(isMail ? new[] { result.Content.Html, result.Content.Text } : [], part => Assert.Contains("http://127.0.0.1/u/token", part));
                Assert.DoesNotContain("{{", result.Content.Html + result.Content.Text + result.Content.Subject);
            }
        }
    }

    [Fact]
    public void A_reminder_names_the_product_and_its_price()
    {
        var template = Shop.Templates.Single(template => template.Id == "cart-reminder");
        var data = """{"traits":{"firstName":"ada"},"event":{"name":"Product Added","properties":{"name":"Desk <lamp>","price":59.5,"quantity":2}}}"""u8;

        var content = new TemplateRenderer().Render(template, data).Content!;

        Assert.Equal("Desk <lamp> is still in your cart", content.Subject);
        Assert.Contains("Hello Ada,", content.Text);
        Assert.Contains("Desk <lamp> – $59.50", content.Text);
        Assert.Contains("<strong>Desk &lt;lamp&gt;</strong>", content.Html);
        Assert.Contains("$59.50 × 2", content.Html);
    }
}
