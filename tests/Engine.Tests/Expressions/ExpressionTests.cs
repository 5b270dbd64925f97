using Triggers.Engine.Expressions;
using Triggers.Engine.Text;

namespace Triggers.Engine.Tests.Expressions;

public sealed class ExpressionTests
{
    [Theory]
    [InlineData("count('Product Viewed', where properties.price > 50, within 7d) >= 3 and not did('Order Completed', within 7d)")]
    [InlineData("sum('Order Completed', properties.total, within 365d) >= 500")]
    [InlineData("exists(traits.email) and not lifecycle = 'dormant'")]
    [InlineData("traits['favourite colour'] starts with 'blue' or traits.address.city in ['Berlin', 'O\\'Hara', 3, true]")]
    [InlineData("(score > 5 or score < -1.5) and segment('big-spender')")]
    [InlineData("not (traits.a = true and traits.b != traits.c)")]
    [InlineData("traits.age between 18 and 30 and not score between 1 and traits.line")]
    [InlineData("traits.city = 'berlin' ignoring case or traits.city in ['berlin'] ignoring case or traits.name contains 'x' ignoring case")]
    [InlineData("any(traits.addresses.city) = 'Berlin' and not any(traits.tags) in ['a', 'b'] ignoring case and any(traits.sizes) between 3 and 5")]
    [InlineData("traits.sku matches '^[A-Z]{2}-\\\\d+$' ignoring case and traits.sizes contains 42")]
    [InlineData("did('X', where any(properties.products.sku) = 'a')")]
    [InlineData("traits.renewal within next 7d and not any(traits.orders.at) within last 1d12h or traits.changed older than 365d")]
    [InlineData("traits.renewal before '2026-07-01' and traits.renewal after traits.start and traits.start before now")]
    [InlineData("anniversary(traits.birthday) in 3d and not anniversary(traits['signed up']) within next 14d")]
    [InlineData("did('X', where properties.at after '2026-07-01T09:00:00Z')")]
    [InlineData("count days('page', within 30d) >= 10 and average('Order', properties.total, where properties.total > 5) < 80")]
    [InlineData("min('Order', properties.total) < max('Order', properties.total, within 1d) or distinct('View', properties.category, within 30d) between 3 and 5")]
    [InlineData("since last('Order', where properties.total > 5) > 30d and since first('Order') <= 1d12h")]
    [InlineData("first('page', properties.utm_source) = 'newsletter' and last('View', properties.category, within 7d) in ['a', 'b'] ignoring case")]
    [InlineData("sequence('View' where properties.v > 5, then 'Add' within 1h, then not 'Order' within 2h where properties.a = 1 or properties.b = 2, without 'Remove', within 7d)")]
    [InlineData("sequence('View', then 'Add' within 1h, then 'Order', same properties.product_id, without 'Remove' where properties.a = 1, within 30d)")]
    [InlineData("funnel('View', then 'Add', then 'Order' within 1d, same properties['product id'], within 7d) >= 2 and change(sum('Order', properties.total, where properties.a = 1, within 90d)) < 0.5")]
    [InlineData("sample(10%) or not sample(0.5%, 'new-checkout')")]
    [InlineData("true")]
    [InlineData("did('page', where properties.product['0'].price >= 1E+20 or properties.x contains 'a', within 1d2h3m4s5ms)")]
    public void A_sentence_in_canonical_form_reads_and_writes_itself(string text) => Assert.Equal(text, CanonicalOf(text));

    [Theory]
    [InlineData("  score>=5   and\n\tscore<9 ", "score >= 5 and score < 9")]
    [InlineData("((score > 5))", "score > 5")]
    [InlineData("score > 1 and (score > 2 and (score > 3))", "score > 1 and score > 2 and score > 3")]
    [InlineData("score > 1 or score > 2 and score > 3", "score > 1 or score > 2 and score > 3")]
    [InlineData("5 < score", "score > 5")]
    [InlineData("'pro' = traits.plan", "traits.plan = 'pro'")]
    [InlineData("traits.name = \"O'Hara \\\"x\\\" \\u00e9\\n\"", "traits.name = 'O\\'Hara \"x\" é\\n'")]
    [InlineData("traits.plan not in [\"a\",\"b\"]", "not traits.plan in ['a', 'b']")]
    [InlineData("traits.plan not in ('a','b') ignoring case", "not traits.plan in ['a', 'b'] ignoring case")]
    [InlineData("traits.age not between 18 and 30", "not traits.age between 18 and 30")]
    [InlineData("traits.a not matches 'x'", "not traits.a matches 'x'")]
    [InlineData("score > 1 and score between 2 and 3 and score < 9", "score > 1 and score between 2 and 3 and score < 9")]
    [InlineData("'x' = any(traits.a)", "any(traits.a) = 'x'")]
    [InlineData("30d<since  last('X')", "since last('X') > 30d")]
    [InlineData("sequence ( 'A' , then not 'B' within 120m, within 168h )", "sequence('A', then not 'B' within 2h, within 7d)")]
    [InlineData("sequence('A', then 'B', without 'C', same properties.x, within 24h)", "sequence('A', then 'B', same properties.x, without 'C', within 1d)")]
    [InlineData("2 <= change( count('A', within 24h) )", "change(count('A', within 1d)) >= 2")]
    [InlineData("did('X', within 24h, where properties.a = 1)", "did('X', where properties.a = 1, within 1d)")]
    [InlineData("did('X', within 90m)", "did('X', within 1h30m)")]
    [InlineData("traits['plan'] = 007.50", "traits.plan = 7.5")]
    [InlineData("traits.x = -0", "traits.x = 0")]
    [InlineData("count('X') + 0 > 1", null)]
    public void What_means_the_same_has_one_canonical_text(string text, string? canonical)
    {
        if (canonical is null)
        {
            Assert.False(ExpressionParser.Parse(text, ExpressionScope.Customer).IsValid);
            return;
        }

        Assert.Equal(canonical, CanonicalOf(text));
    }

    [Fact]
    public void Not_binds_more_tightly_than_and_and_and_more_tightly_than_or()
    {
        var tree = Parse("not score > 1 and score > 2 or score > 3");

        var or = Assert.IsType<JunctionExpr>(tree);
        Assert.False(or.All);
        var and = Assert.IsType<JunctionExpr>(or.Items[0]);
        Assert.True(and.All);
        Assert.IsType<NotExpr>(and.Items[0]);
    }

    [Fact]
    public void Every_node_knows_where_it_stands()
    {
        const string text = "score > 5 and segment('vip') or did('X', where properties.price > 3)";

        var words = ExprWalk.All(Parse(text)).Where(node => node is SegmentExpr or AggregateExpr or PropertyExpr).Select(node => text[node.Position.Index..].Split('(', ' ')[0]);

        Assert.Equal("segment did properties.price", string.Join(' ', words));
    }

    [Fact]
    public void Ids_made_from_canonical_texts_never_change()
    {
        Assert.Equal("de237f3f76b5ebd9", Hash64.Of(CanonicalOf("count('Product Viewed', where properties.price > 50, within 7d) >= 3")).ToString("x16"));
        Assert.Equal("318412bf6f29cced", Hash64.Of(CanonicalOf("sum('Order Completed', properties['Grand Total'], within 365d) >= 500 or traits.x in ['a', 2, false]")).ToString("x16"));
    }

    [Fact]
    public void Depth_length_and_lists_are_bounded()
    {
        var deep = new string('(', Limits.ExpressionDepthMax + 1) + "true" + new string(')', Limits.ExpressionDepthMax + 1);
        var nots = string.Concat(Enumerable.Repeat("not ", Limits.ExpressionDepthMax + 1)) + "true";
        var list = "traits.x in [" + string.Join(",", Enumerable.Range(0, Limits.ExpressionListMax + 1)) + "]";
        var far = "true" + new string(' ', Limits.ExpressionLengthMax);

        Assert.All(
            new[] { deep, nots, list, far, "traits.x = '" + new string('x', Limits.ExpressionTextMax + 1) + "'", "traits." + new string('x', Limits.ExpressionTextMax + 1) + " = 1" },
            text => Assert.Single(ExpressionParser.Parse(text, ExpressionScope.Customer).Errors));
        Assert.True(ExpressionParser.Parse(deep[1..^1], ExpressionScope.Customer).IsValid);
    }

    [Theory]
    [InlineData("did('X', since entry)", true, false)]
    [InlineData("properties.price > 5", false, true)]
    [InlineData("traits.plan = 'pro'", true, true)]
    public void A_scope_says_what_one_may_speak_of(string text, bool inCampaigns, bool inEvents)
    {
        Assert.Equal(inCampaigns, ExpressionParser.Parse(text, ExpressionScope.Campaign).IsValid);
        Assert.Equal(inEvents, ExpressionParser.Parse(text, ExpressionScope.Event).IsValid);
    }

    private static Expr Parse(string text)
    {
        var result = ExpressionParser.Parse(text, ExpressionScope.Customer);
        Assert.Empty(result.Errors);
        return result.Expression!;
    }

    private static string CanonicalOf(string text)
    {
        var canonical = Canonical.Of(Parse(text));
        Assert.Equal(Parse(text), Parse(canonical));
        return canonical;
    }
}
