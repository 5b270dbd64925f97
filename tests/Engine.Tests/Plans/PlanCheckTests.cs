using System.Text;
using Triggers.Engine.Definitions;
using Triggers.Engine.Plans;
using Triggers.Engine.Records;
using Triggers.Engine.Tests.Definitions;

namespace Triggers.Engine.Tests.Plans;

/// <summary>Events held against plan.yaml.</summary>
public sealed class PlanCheckTests
{
    private const string Plan = """
        unplanned: reject
        events:
          Order Completed:
            violations: reject
            additionalProperties: false
            properties:
              order_id: { type: string, required: true, pattern: '^o-[0-9]+$' }
              total: { type: number, required: true, minimum: 0, maximum: 1000 }
              items: integer
              currency: { enum: [USD, EUR] }
              rate: { enum: [1, 2.5] }
              gift: boolean
              shipping.country: { type: string, required: true }
              products: array
              products[].sku: { type: string, required: true }
              products[].price: number
              tags[]: string
          page: {}
        """;

    private const string Good = """
        "order_id":"o-17","total":12.5,"shipping":{"country":"DE","zip":1}
        """;

    private static PlanIndex Index { get; } = new(Folder.Valid(Folder.Load(("plan.yaml", Plan))).Plan!);

    [Theory]
    [InlineData(Good, "")]
    [InlineData(Good + ",\"items\":3.0,\"currency\":\"EUR\",\"rate\":2.50,\"gift\":true,\"tags\":[\"a\",null],\"products\":[{\"sku\":\"a\",\"price\":1},{\"price\":2,\"sku\":\"b\",\"x\":[1]}]", "")]
    [InlineData(Good + ",\"items\":null,\"gift\":null,\"products\":null", "")]
    [InlineData(Good + ",\"items\":1.5", "Type items: expected an integer, found the number 1.5")]
    [InlineData(Good + ",\"items\":\"3\"", "Type items: expected an integer, found the text '3'")]
    [InlineData(Good + ",\"gift\":[1,{\"a\":2}],\"items\":2", "Type gift: expected a boolean, found an array")]
    [InlineData(Good + ",\"currency\":\"usd\"", "Enum currency: expected one of USD, EUR, found the text 'usd'")]
    [InlineData(Good + ",\"rate\":2", "Enum rate: expected one of 1, 2.5, found the number 2")]
    [InlineData(Good + ",\"Total\":{\"a\":[1]}", "Property Total: expected no property of this name, found one")]
    [InlineData(Good + ",\"tags\":[\"a\",5,\"b\"]", "Type tags[]: expected a string, found the number 5")]
    [InlineData(Good + ",\"products\":{\"sku\":\"a\"}", "Type products: expected an array, found an object")]
    [InlineData(Good + ",\"products\":[{\"sku\":\"a\"},{\"price\":\"5\"}]", "Type products[].price: expected a number, found the text '5'|Required products[].sku: expected a string, found nothing")]
    [InlineData("\"order_id\":\"17\",\"total\":-1,\"shipping\":{}", "Pattern order_id: expected a text that matches ^o-[0-9]+$, found the text '17'|Range total: expected a number from 0 to 1000, found the number -1|Required shipping.country: expected a string, found nothing")]
    [InlineData("\"order_id\":null", "Required order_id: expected a string, found nothing|Required total: expected a number, found nothing|Required shipping.country: expected a string, found nothing")]
    public void An_order_is_as_planned_or_it_is_told_what_is_not(string members, string wanted) => Assert.Equal(wanted, Found("Order Completed", $"{{{members}}}"));

    [Fact]
    public void Names_and_texts_with_escapes_are_read_as_they_are_meant() =>
        Assert.Equal("", Found("Order Completed", """{"order\u005fid":"\u006f-1","total":1,"shipping":{"country":"\u0044E"}}"""));

    [Fact]
    public void What_is_missing_where_there_are_no_properties_at_all_is_told() => Assert.StartsWith("Required order_id", Found("Order Completed", ""));

    [Fact]
    public void One_check_does_not_remember_the_event_before()
    {
        var check = new PlanCheck();
        var plan = Index.Find("Order Completed"u8)!;

        Assert.Empty(check.Run(plan, Encoding.UTF8.GetBytes($"{{{Good}}}")));
        Assert.Equal(3, check.Run(plan, "{}"u8).Count);
        Assert.Empty(check.Run(plan, Encoding.UTF8.GetBytes($"{{{Good}}}")));
    }

    [Fact]
    public void Of_a_wholly_other_event_only_the_first_violations_are_told()
    {
        var members = string.Join(',', Enumerable.Range(0, 50).Select(i => $"\"x{i}\":1"));

        Assert.Equal(Limits.PlanViolationsMax, new PlanCheck().Run(Index.Find("Order Completed"u8)!, Encoding.UTF8.GetBytes($"{{{members}}}")).Count);
    }

    [Fact]
    public void Events_are_found_by_the_name_that_definitions_give_them()
    {
        Assert.Equal(PlanAction.Reject, Index.Find("Order Completed"u8)!.Violations);
        Assert.Equal(PlanAction.Flag, Index.Find(PlanIndex.NameOf(EventType.Page, "Home"u8))!.Violations);
        Assert.Null(Index.Find("order completed"u8));
        Assert.True(PlanIndex.NameOf(EventType.Alias, "x"u8).IsEmpty);
        Assert.Equal(PlanAction.Reject, Index.Unplanned);
    }

    [Fact]
    public void An_event_as_planned_allocates_nothing()
    {
        var check = new PlanCheck();
        var plan = Index.Find("Order Completed"u8)!;
        var properties = Encoding.UTF8.GetBytes($"{{{Good},\"products\":[{{\"sku\":\"a\",\"price\":1}}]}}");
        for (var i = 0; i < 1_000; i++)
        {
            check.Run(plan, properties);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            check.Run(plan, properties);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000);
    }

    private static string Found(string name, string properties) =>
        string.Join('|', new PlanCheck().Run(Index.Find(Encoding.UTF8.GetBytes(name))!, Encoding.UTF8.GetBytes(properties)).Select(item => $"{item.Rule} {item}"));
}
