namespace Triggers.EndToEnd.Tests.Harness;

/// <summary>Small definitions whose effects tests can count: one mail at once on <c>Signed Up</c>, one after a wait on <c>Product Added</c>.</summary>
public static class TestDefinitions
{
    public static string Write(TempFolder folder, string more = "")
    {
        folder.Write("definitions/sources.yaml", "shop-web: { name: Shop, writeKey: shop-web, currency: USD }\n");
        folder.Write("definitions/scoring.yaml", "halfLife: 14d\nevents: { Product Viewed: 1, Order Completed: 20 }\n");
        folder.Write("definitions/segments.yaml", $"""
            viewers: "count('Product Viewed', within 30d) >= 3"
            buyers: "did('Order Completed', within 365d)"
            {more}
            """);
        folder.Write("definitions/campaigns/welcome.yaml", """
            campaign: welcome
            status: live
            trigger: { event: Signed Up }
            steps:
              - send: { channel: email, template: hello }
            """);
        folder.Write("definitions/campaigns/cart.yaml", """
            campaign: cart
            status: live
            trigger: { event: Product Added }
            exit: did('Order Completed', since entry)
            steps:
              - wait: 1s
              - send: { channel: email, template: hello }
            """);
        folder.Write("definitions/templates/hello.subject.hbs", "Hello {{traits.name}}\n");
        folder.Write("definitions/templates/hello.html.hbs", "<p>Hello {{traits.name}}</p><p><a href=\"{{unsubscribeUrl}}\">Unsubscribe</a></p>\n");
        folder.Write("definitions/templates/hello.text.hbs", "Hello {{traits.name}}\n\n{{unsubscribeUrl}}\n");
        return System.IO.Path.Combine(folder.Path, "definitions");
    }
}
