namespace Triggers.Runtime.Tests.Support;

/// <summary>Definitions that use every part of the loop: triggers at once, waits, windows that slide out, scores, lifecycle, a cap, both channels.</summary>
public static class SmallShop
{
    public static void WriteTo(TempFolder folder)
    {
        folder.Write("sources.yaml", "shop-web: { name: Shop, writeKey: shop-web, currency: USD }\n");
        folder.Write("segments.yaml", """
            viewers: count('Product Viewed', where properties.price > 50, within 10m) >= 3
            buyers: did('Order Completed')
            big-spender: sum('Order Completed', properties.total, within 365d) >= 500
            waverers: did('Product Added', within 5m) and not did('Order Completed', within 5m)
            quiet: lifecycle = 'dormant'
            """);
        folder.Write("traits.yaml", """
            favourite: { name: Favourite category, value: "most frequent('Product Viewed', properties.category, within 1h)" }
            spent: sum('Order Completed', properties.total)
            """);
        folder.Write("scoring.yaml", """
            halfLife: 1h
            events:
              Product Viewed: 1
              Order Completed: { points: 20, capPerDay: 2 }
            grades: { hot: { from: 10, until: 5 } }
            scores:
              value: { window: 1h, events: { Order Completed: { points: 1, times: properties.total } }, fit: [ { when: exists(traits.email), points: 5 } ], grades: { A: 10 } }
            lifecycle: { newFor: 30m, atRiskAfter: 1h, dormantAfter: 2h, wonBackFor: 30m }
            """);
        folder.Write("campaigns/welcome.yaml", """
            campaign: welcome
            trigger: { event: Signed Up }
            steps:
              - id: hello
                send: { channel: email, template: hello }
            """);
        folder.Write("campaigns/cart.yaml", """
            campaign: cart
            trigger: { event: Product Added }
            audience: exists(traits.email)
            reentry: every 1m
            exit: did('Order Completed', since entry)
            goal: { event: Order Completed, value: properties.total, within: 1h }
            steps:
              - wait: 30s
              - id: reminder
                send: { channel: email, template: hello }
              - wait until: { event: Order Completed, for: 2m }
                then: [ exit ]
              - id: second
                send: { channel: email, template: hello }
            """);
        folder.Write("campaigns/lookers.yaml", """
            campaign: lookers
            trigger: { enters: viewers }
            reentry: always
            steps:
              - id: call
                send: { channel: webhook, template: call, url: 'https://crm.example.com/hook' }
            """);
        folder.Write("templates/hello.subject.hbs", "Hello {{traits.name}}");
        folder.Write("templates/hello.text.hbs", "Hello {{traits.name}}, {{event.name}}");
        folder.Write("templates/call.json.hbs", """{"customer":"{{customer.id}}"}""");
    }
}
