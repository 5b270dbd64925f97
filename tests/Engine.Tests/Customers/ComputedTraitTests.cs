using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Triggers.Engine.Definitions;
using Triggers.Engine.Expressions;
using Triggers.Engine.Tests.Segments;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Customers;

/// <summary>A computed trait is what its definition says, wherever it is named and at every instant.</summary>
public sealed class ComputedTraitTests
{
    private static readonly (string Id, string Value)[] s_traits =
    [
        ("colour", "most frequent('View', properties.c, within 2d)"), ("spent", "sum('Order', properties.v, within 30h)"), ("views", "count('View', within 1d)"), ("last-value", "last('Order', properties.v)"),
        ("busy", "traits.views >= 2 or traits.spent > 10"), ("points", "score"), ("stage", "lifecycle"), ("vip", "segment('spender')"), ("same", "traits.colour"), ("average", "average('Order', properties.v, within 2d)"),
    ];

    private static readonly DefinitionSet s_definitions = Define(
        new (string, string)[]
        {
            ("spender", "traits.spent >= 7"), ("red", "traits.colour = 'red'"), ("reddish", "traits.same in ['red', 'RED'] and exists(traits.colour)"), ("quiet", "not traits.busy = true"), ("warm", "traits.points >= 3"), ("tepid", "traits.points between 1 and 4"),
            ("new", "traits.stage = 'new'"), ("both", "traits.vip = true and any(traits.same) = 'red'"), ("more", "traits.views > traits.spent"), ("pattern", "traits.colour matches '^b'"), ("number", "traits.last-value >= 5"), ("none", "not exists(traits.average)"), ("mean", "traits.average < 5"),
        },
        new ScoringDefinition { HalfLifeMs = 20 * Hour, Rules = [new ScoreRule("View", null, 1.5, null), new ScoreRule("Order", null, 3, null)] }) with { ComputedTraits = Computed(s_traits) };

    [Fact]
    public void Conditions_on_computed_traits_equal_a_recount_at_every_second_at_which_they_change() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(120).WithEndSize(40).WithReplay(20_260_305, 7), Prop.ForAll(Arb.From(Gen.Choose(0, 1_000_000_000).ArrayOf()), steps => Recount.Live(s_definitions, steps, mergeAt: steps.Length / 2)));

    [Fact]
    public void The_profile_shows_each_as_json_of_its_type()
    {
        var world = new World(s_definitions);
        world.Track("u:1", "View", """{"c":"r\u0065d \""}""").Track("u:1", "Order", """{"v":4.25}""").Wait(Hour).Timer("u:1");

        var shown = world.Of("u:1").ComputedTraitsAt(world.Program, world.Now).ToDictionary(trait => trait.Id, trait => Encoding.UTF8.GetString(trait.Json.Span), StringComparer.Ordinal);

        Assert.Equal(JsonSerializer.Serialize("red \""), JsonSerializer.Serialize(JsonDocument.Parse(shown["colour"]).RootElement.GetString()));
        Assert.Equal("4.25 1 4.25 false new false 4.25", string.Join(' ', shown["spent"], shown["views"], shown["last-value"], shown["busy"], shown["stage"].Trim('"'), shown["vip"], shown["average"]));
        Assert.InRange(double.Parse(shown["points"], System.Globalization.CultureInfo.InvariantCulture), 4.34, 4.35);
        world.Wait(3 * Day);
        Assert.Equal("null", Encoding.UTF8.GetString(world.Of("u:1").ComputedTraitsAt(world.Program, world.Now).Single(trait => trait.Id == "colour").Json.Span));
    }

    [Fact]
    public void Messages_see_them_among_the_traits_and_may_be_addressed_by_one()
    {
        var campaign = new CampaignDefinition
        {
            Id = "c",
            Trigger = new TriggerDefinition(TriggerKind.Event, "Order"),
            Steps = [new SendStep("1", "email", "t", "buyer", null)],
        };
        var world = new World(Define(campaigns: campaign) with { ComputedTraits = Computed(("buyer", "last('Order', properties.mail)"), ("orders", "count('Order')"), ("plan", "last('Order', properties.plan)")) });
        world.Identify("u:1", """{"name":"Ann","plan":"free","orders":"many"}""").Track("u:1", "Order", """{"mail":"ann@example.com"}""");

        var message = Assert.Single(world.Messages);
        Assert.Equal("ann@example.com", message.Address);
        Assert.Equal("""{"name":"Ann","orders":1,"buyer":"ann@example.com"}""", JsonDocument.Parse(message.Data).RootElement.GetProperty("traits").GetRawText());
    }

    [Fact]
    public void A_changed_trait_moves_the_segments_that_name_it_silently_and_collects_what_is_new()
    {
        var world = new World(Define([("s", "traits.much = true")]) with { ComputedTraits = Computed(("much", "count('View') >= 3")) });
        world.Track("u:1", "View").Track("u:1", "View");
        Assert.False(world.Of("u:1").IsIn("s"));

        world.Activate(Define([("s", "traits.much = true")]) with { ComputedTraits = Computed(("much", "count('View') >= 2")) });
        world.Wait(Hour).Timer("u:1");
        Assert.True(world.Of("u:1").IsIn("s"));
        Assert.DoesNotContain(world.Decisions, decision => decision.Subject == "s");

        world.Activate(Define([("s", "traits.much = true")]) with { ComputedTraits = Computed(("much", "sum('View', properties.v) >= 2")) });
        world.Wait(Hour).Timer("u:1");
        Assert.True(world.Of("u:1").IsCollecting("s"));
        Assert.True(world.Of("u:1").ComputedTraitsAt(world.Program, world.Now).Single().IsCollecting);
    }
}
