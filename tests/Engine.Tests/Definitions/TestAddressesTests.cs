using Triggers.Engine.Campaigns;
using Triggers.Engine.Definitions;
using Triggers.Engine.Expressions;

namespace Triggers.Engine.Tests.Definitions;

/// <summary>Where messages of a test may go, and what a test begins with.</summary>
public sealed class TestAddressesTests
{
    private static readonly string[] s_allowed = ["qa@example.com", "@team.example.com"];

    [Theory]
    [InlineData("qa@example.com", true)]
    [InlineData("QA@Example.com", true)]
    [InlineData("anybody+1@team.example.com", true)]
    [InlineData("ann@example.com", false)]
    [InlineData("ann@sub.team.example.com", false)]
    [InlineData("ann@evilteam.example.com", false)]
    [InlineData("ann@shop.example, qa@team.example.com", false)]
    [InlineData("\"ann@shop.example\"@team.example.com", false)]
    [InlineData("ann@shop.example\r\n@team.example.com", false)]
    [InlineData("@team.example.com", false)]
    [InlineData("", false)]
    public void Only_addresses_of_the_list_and_of_its_domains_are_test_addresses(string address, bool isOne) => Assert.Equal(isOne, TestAddresses.Cover(s_allowed, address));

    [Fact]
    public void Test_addresses_are_read_and_what_is_none_is_told_with_its_place()
    {
        var read = Folder.Load(("sending.yaml", "testAddresses: [ qa@example.com, '@team.example.com' ]\n"));
        var wrong = Folder.Load(("sending.yaml", "testAddresses:\n  - qa@example.com\n  - team\n"));
        var many = Folder.Load(("sending.yaml", $"testAddresses: [ {string.Join(", ", Enumerable.Range(0, Limits.TestAddressesMax + 1).Select(number => $"qa{number}@example.com"))} ]\n"));

        Assert.Equal(s_allowed, read.Definitions!.Sending.TestAddresses);
        Assert.Equal("sending.yaml:3:5: testAddresses[1]: 'team' is neither an e-mail address such as qa@example.com nor a domain such as '@example.com'.", Assert.Single(wrong.Errors).ToString());
        Assert.Contains("There are 101 test addresses; at most 100 are allowed.", Assert.Single(many.Errors).Message);
    }

    [Theory]
    [InlineData("properties.total > 100", """{"total":101}""")]
    [InlineData("properties.cart.total >= 10 and properties.plan in ['pro', 'team']", """{"cart":{"total":10},"plan":"pro"}""")]
    [InlineData("properties.total between 5 and 9 or properties.x = 1", """{"total":5}""")]
    [InlineData("exists(properties.sku) and properties.name contains 'shoe' and properties.qty != 1", """{"sku":"example","name":"shoe","qty":0}""")]
    [InlineData("traits.plan = 'pro'", "{}")]
    public void An_example_meets_what_is_plain_to_see_of_a_condition(string condition, string properties) =>
        Assert.Equal(properties, ExampleProperties.For(ExpressionParser.Parse(condition, ExpressionScope.Event).Expression));
}
