using System.Globalization;
using System.Text.Json.Nodes;

namespace Triggers.Silo.Demo;

/// <summary>Plays one visit to the shop: browse, perhaps sign up, fill the cart, then buy or leave it. Yields Segment events with the pause before each.</summary>
internal sealed class VisitScript(Random random)
{
    private const double SignUpChance = 0.35;
    private const double CartChance = 0.45;

    private int _orders;

    public IEnumerable<VisitEvent> Play(Visitor visitor)
    {
        yield return Page(visitor, "Home", "/");
        var views = 1 + random.Next(5);
        for (var view = 0; view < views; view++)
        {
            var product = DemoShop.Products[random.Next(DemoShop.Products.Count)];
            var shelf = visitor.IsBargainHunter && random.NextDouble() < 0.7 ? "sale" : "products";
            yield return Page(visitor, "Product", $"/{shelf}/{product.Id}");
            yield return Track(visitor, "Product Viewed", Describe(product), 0.2);
            if (!visitor.SignedUp && random.NextDouble() < SignUpChance / views)
            {
                visitor.SignedUp = true;
                yield return Identify(visitor);
                yield return Track(visitor, "Signed Up", new JsonObject { ["method"] = "email" }, 0.1);
            }

            if (random.NextDouble() < CartChance / views * 2)
            {
                visitor.Cart.Add(product);
                var added = Describe(product);
                added["quantity"] = 1;
                yield return Track(visitor, "Product Added", added, Pause(3));
            }
        }

        if (visitor.Cart.Count == 0 || random.NextDouble() > visitor.Resolve)
        {
            yield break;
        }

        yield return Track(visitor, "Checkout Started", new JsonObject { ["value"] = visitor.Cart.Sum(item => item.Price), ["currency"] = "USD" }, Pause(4));
        if (random.NextDouble() < 0.15)
        {
            yield break;
        }

        yield return Order(visitor);
        visitor.Orders++;
        visitor.Cart.Clear();
    }

    private VisitEvent Order(Visitor visitor)
    {
        var products = new JsonArray();
        foreach (var product in visitor.Cart)
        {
            products.Add((JsonNode)Describe(product));
        }

        var order = new JsonObject
        {
            ["order_id"] = string.Create(CultureInfo.InvariantCulture, $"o-{visitor.Number}-{++_orders}"),
            ["total"] = visitor.Cart.Sum(item => item.Price),
            ["currency"] = "USD",
            ["products"] = products,
        };
        if (visitor.IsBargainHunter || random.NextDouble() < 0.1)
        {
            order["coupon"] = "WELCOME10";
        }

        return Track(visitor, "Order Completed", order, Pause(6));
    }

    private static JsonObject Describe(Product product) => new()
    {
        ["product_id"] = product.Id,
        ["name"] = product.Name,
        ["category"] = product.Category,
        ["price"] = product.Price,
        ["currency"] = "USD",
    };

    private VisitEvent Page(Visitor visitor, string name, string path)
    {
        var call = Call(visitor, "page");
        call["name"] = name;
        call["properties"] = new JsonObject { ["path"] = path, ["url"] = $"https://shop.example.com{path}", ["title"] = name };
        return new VisitEvent(call, Pause(5));
    }

    private static VisitEvent Identify(Visitor visitor)
    {
        var call = Call(visitor, "identify");
        call["traits"] = new JsonObject
        {
            ["email"] = visitor.Email,
            ["name"] = $"{visitor.FirstName} {visitor.LastName}",
            ["firstName"] = visitor.FirstName,
            ["plan"] = visitor.Number % 9 == 0 ? "plus" : "free",
            ["newsletter"] = visitor.WantsNewsletter,
        };
        return new VisitEvent(call, TimeSpan.FromSeconds(2));
    }

    private static VisitEvent Track(Visitor visitor, string name, JsonObject properties, double pauseSeconds) => Track(visitor, name, properties, TimeSpan.FromSeconds(pauseSeconds));

    private static VisitEvent Track(Visitor visitor, string name, JsonObject properties, TimeSpan pause)
    {
        var call = Call(visitor, "track");
        call["event"] = name;
        call["properties"] = properties;
        return new VisitEvent(call, pause);
    }

    private static JsonObject Call(Visitor visitor, string type)
    {
        var call = new JsonObject { ["type"] = type, ["anonymousId"] = visitor.AnonymousId };
        if (visitor.SignedUp)
        {
            call["userId"] = visitor.UserId;
        }

        return call;
    }

    /// <summary>Around the given seconds, seldom much longer.</summary>
    private TimeSpan Pause(double seconds) => TimeSpan.FromSeconds(seconds * (0.3 - Math.Log(1 - (0.95 * random.NextDouble()))));
}

/// <param name="Call">A Segment call without messageId and timestamp.</param>
/// <param name="After">Time since the visit's event before it.</param>
internal sealed record VisitEvent(JsonObject Call, TimeSpan After);
