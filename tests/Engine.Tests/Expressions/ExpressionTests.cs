using Triggers.Engine.Expressions;

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
    [InlineData("true")]
    [InlineData("did('page', where properties.products.0.price >= 1E+20 or properties.x contains 'a', within 1d2h3m4s5ms)")]
    public void A_sentence_in_canonical_form_reads_and_writes_itself(string text)
    {
        var result = ExpressionParser.Parse(text, ExpressionScope.Customer);

        Assert.Empty(result.Errors);
        Assert.Equal(text, Canonical.Of(result.Expression!));
    }
}
