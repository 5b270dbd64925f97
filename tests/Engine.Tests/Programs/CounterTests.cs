using Triggers.Engine.Definitions;
using Triggers.Engine.Records;
using Triggers.Engine.Tests.Customers;
using Triggers.Engine.Tests.Definitions;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Programs;

public sealed class CounterTests
{
    [Fact]
    public void Every_counter_the_machine_uses_is_documented()
    {
        var documented = File.ReadAllText(Path.Combine(ShopTests.Root, "docs/counters.md"));
        var world = Lived();

        Assert.All(world.Counters.Keys, name =>
        {
            var last = name[(name.LastIndexOf('/') + 1)..];
            var shape = name.Split('/') switch
            {
                ["campaign", _, "skipped", _] => "campaign/{id}/skipped/{reason}",
                ["campaign", _, "revenue", _] => "campaign/{id}/revenue/{CUR}",
                ["campaign", _, "step", _, "reached"] => "campaign/{id}/step/{stepId}/reached",
                ["segment", ..] => "segment/{id}/size",
                ["lifecycle", var stage, _] => $"`{stage}`",
                ["campaign", ..] => last,
                _ => name,
            };
            Assert.Contains(shape, documented, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_day_in_the_example_shop_ends_with_totals_that_agree()
    {
        var world = Lived();

        Assert.Equal(world.Messages.Count + world["messages/skipped"], world["messages/decided"]);
        Assert.Equal(world["customers/total"], LifecycleNames.Sum(stage => world[$"lifecycle/{stage}/size"]));
        Assert.Contains(world.Messages, message => message is { Campaign: "welcome", Address: "ann@example.com" });
        Assert.Contains(world.Messages, message => message is { Campaign: "abandoned-cart", StepId: "reminder" });
        foreach (var campaign in world.Program.Definitions.Campaigns.Select(item => $"campaign/{item.Id}/"))
        {
            Assert.Equal(world[campaign + "entered"], world[campaign + "active"] + world[campaign + "completed"] + world[campaign + "exited"]);
        }
    }

    private static readonly string[] LifecycleNames = ["new", "active", "at risk", "dormant", "won back"];

    private static World Lived()
    {
        var shop = DefinitionFolder.Load(Path.Combine(ShopTests.Root, "examples/shop/definitions")).Definitions!;
        var world = new World(shop);
        world.Track("a:d1", "Product Viewed", """{"price":80}""").Wait(Second).Send("a:d1", EventType.Page, """{"path":"/sale/1"}""", name: "Sale")
            .Identify("u:ann", """{"email":"ann@example.com","name":"Ann"}""", "d1").Track("u:ann", "Signed Up").Wait(Minute)
            .Track("u:ann", "Product Added", """{"price":80}""").Track("u:bob", "Product Added").RunTo(Start + Hour);
        world.Track("u:ann", "Order Completed", """{"total":620.5,"currency":"EUR"}""").Track("u:cat", "Order Completed", """{"total":20}""");
        return world.Identify("u:cat", """{"email":"cat@example.com"}""").RunTo(Start + (130 * Day));
    }
}
