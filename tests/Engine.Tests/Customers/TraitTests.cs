using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Triggers.Engine.Expressions;
using Triggers.Engine.Records;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Customers;

/// <summary>Conditions on what is known of a person, held against the same questions asked of the whole JSON.</summary>
public sealed class TraitTests
{
    private static readonly string[] s_values =
    [
        "42", "\"42\"", "\"42.0\"", "\"-1e3\"", "-1000", "\"042\"", "\" 42\"", "\"\"", "\"Berlin\"", "\"BERLIN\"", "\"b\\u00e4r\"", "\"BÄR\"", "\"ΣΊΣΥΦΟΣ\"", "\"σίσυφος\"",
        "true", "null", "[]", "[42,\"Berlin\"]", "[\"42\",null,true]", "[[\"b\\u00c4r\"],{\"city\":\"berlin\"}]", "{\"city\":\"Berlin\",\"zip\":[10115,\"10117\"]}",
        "[{\"city\":\"Bern\",\"zip\":3000},{\"city\":\"berlin\",\"zip\":\"42\"}]", "{\"city\":[{\"city\":\"Berlin\"}]}", "\"a\\nb\"", "7.5",
    ];

    private static readonly string[] s_conditions =
    [
        "traits.a = 42", "traits.a = '42'", "traits.a != 42", "traits.a > 7", "traits.a <= 42", "traits.a < 'b'", "traits.a = traits.b", "traits.a < traits.b",
        "traits.a in [42, 'Berlin', true]", "traits.a in ('berlin', 'bär') ignoring case", "traits.a not in ['Berlin']", "traits.a between -1000 and 42", "traits.a between 'A' and 'C'",
        "traits.a contains 'er'", "traits.a contains 'ER' ignoring case", "traits.a contains 42", "traits.a contains true", "traits.a contains traits.b", "traits.a contains 'berlin' ignoring case",
        "traits.a starts with 'B'", "traits.a ends with 'LIN' ignoring case", "traits.a = 'σίσυφοσ' ignoring case", "traits.a != 'BÄR' ignoring case", "traits.a = traits.b ignoring case",
        "traits.a matches '^[Bb]er'", "traits.a matches 'ä' ignoring case", "traits.a matches '^4\\\\d(\\\\.0)?$'", "traits.a.city = 'Berlin'", "any(traits.a) = 42", "any(traits.a) != 42",
        "any(traits.a.city) = 'berlin' ignoring case", "any(traits.a.city) in ['Bern', 'Berlin']", "any(traits.a.zip) between 40 and 50", "any(traits.a.zip) > 10115", "not any(traits.a.city) starts with 'B'",
        "any(traits.a) matches '^B'", "any(traits.a.city.city) = 'Berlin'", "any(traits.a) contains 'ä' ignoring case", "any(traits.a) = traits.b", "exists(traits.a)", "exists(traits.a.city)",
    ];

    [Fact]
    public void Every_condition_on_traits_equals_the_same_question_asked_of_the_json()
    {
        var definitions = Define(s_conditions.Select((text, index) => ($"s{index}", text)));
        var steps = Gen.Choose(0, (s_values.Length * s_values.Length) - 1).ArrayOf(4);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(20_260_301, 5), Prop.ForAll(Arb.From(steps), numbers =>
        {
            var (world, naive) = (new World(definitions) { RoundTrips = true }, new Naive(definitions));
            foreach (var number in numbers)
            {
                var json = $$"""{"a":{{s_values[number % s_values.Length]}},"b":{{s_values[number / s_values.Length]}}}""";
                world.Identify("u:1", json);
                naive.SetTraits("u:1", json);
                foreach (var segment in definitions.Segments)
                {
                    Assert.True(naive.Holds("u:1", segment.Condition, world.Now) == world.Of("u:1").IsIn(segment.Id), $"{Canonical.Of(segment.Condition)} of {json}: {world.Of("u:1").IsIn(segment.Id)}");
                }
            }
        }));
    }

    [Fact]
    public void Properties_are_asked_in_the_same_way()
    {
        var world = new World(Define(
        [
            ("lamp", "count('Order', where any(properties.products.sku) = 'lamp') >= 1"),
            ("dear", "did('Order', where any(properties.products.price) between 100 and 200)"),
            ("text", "sum('Order', properties.total) >= 20"),
        ]));

        world.Track("u:1", "Order", """{"total":"12.5","products":[{"sku":"desk","price":"150"},{"sku":"l\u0061mp","price":20}]}""").Track("u:1", "Order", """{"total":7.5}""");
        world.Track("u:2", "Order", """{"total":"n/a","products":{"sku":["desk"],"price":99}}""");

        Assert.Equal("lamp dear text", string.Join(' ', world.Of("u:1").Memberships(world.Program).Select(item => item.SegmentId)));
        Assert.Empty(world.Of("u:2").Memberships(world.Program));
    }

    [Fact]
    public void A_value_that_no_longer_fits_leaves_the_former_one_and_the_others_as_they_are()
    {
        string Text(int length) => new('x', length);
        var world = new World(Define());
        world.Identify("u:1", $$"""{"city":"Bern","note":"{{Text(20_000)}}","plan":"free","zip":"3000"}""");

        world.Identify("u:1", $$"""{"city":"Basel","note":"{{Text(40_000)}}","bio":"{{Text(20_000)}}","plan":null,"age":7}""");

        Assert.Equal($$"""{"city":"Basel","note":"{{Text(20_000)}}","zip":"3000","age":7}""", TraitsOf(world));
        world.Identify("u:1", $$"""{"city":"{{Text(30_000)}}","note":"short","zip":"4000"}""");
        Assert.Equal($$"""{"city":"{{Text(30_000)}}","note":"short","zip":"4000","age":7}""", TraitsOf(world));
        Assert.True(TraitsOf(world).Length <= Limits.TraitBytesMax);
    }

    [Fact]
    public void Traits_may_fill_their_room_to_the_last_byte()
    {
        var world = new World(Define());
        var most = new string('x', Limits.TraitBytesMax - """{"a":"","b":1}""".Length);

        world.Identify("u:1", """{"a":"","b":1}""").Identify("u:1", $$"""{"a":"{{most}}y"}""");
        Assert.Equal("""{"a":"","b":1}""", TraitsOf(world));
        world.Identify("u:1", $$"""{"a":"{{most}}"}""");
        Assert.Equal(Limits.TraitBytesMax, TraitsOf(world).Length);
    }

    [Fact]
    public void A_text_that_is_too_long_for_a_pattern_matches_nothing()
    {
        var world = new World(Define([("a", "traits.a matches 'x'")]));

        world.Identify("u:1", $$"""{"a":"{{new string('x', Limits.PatternTextBytesMax)}}"}""").Identify("u:2", $$"""{"a":"{{new string('x', Limits.PatternTextBytesMax + 1)}}"}""");

        Assert.True(world.Of("u:1").IsIn("a"));
        Assert.False(world.Of("u:2").IsIn("a"));
    }

    private static string TraitsOf(World world) => Encoding.UTF8.GetString(world.Of("u:1").TraitsJson.Span);
}
