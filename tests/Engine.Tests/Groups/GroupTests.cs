using System.Text;
using Triggers.Engine.Campaigns;
using Triggers.Engine.Customers;
using Triggers.Engine.Definitions;
using Triggers.Engine.Effects;
using Triggers.Engine.Expressions;
using Triggers.Engine.Records;
using Triggers.Engine.Tests.Customers;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Groups;

public sealed class GroupTests
{
    private static readonly DefinitionSet s_definitions = Define(
        [("enterprise", "group.plan = 'enterprise'"), ("large", "group.employees >= 50"), ("acme", "group.id = 'acme'"), ("ghent", "group.address.city = 'Ghent'"), ("alone", "not exists(group.id)")],
        campaigns: new CampaignDefinition
        {
            Id = "upgrade",
            Trigger = new TriggerDefinition(TriggerKind.SegmentEntered, "enterprise"),
            Steps = [new SendStep("1", "email", "upgraded", null, null)],
            ContentHash = "u",
        });

    [Fact]
    public void What_one_member_says_of_the_group_holds_for_all_idle_ones_too()
    {
        var world = new World(s_definitions) { RoundTrips = true };
        world.Identify("u:1", """{"email":"one@example.com"}""").Identify("u:2", """{"email":"two@example.com"}""");
        Call(world, "u:1", "acme", """{"plan":"free","employees":"60"}""");
        Call(world, "u:2", "acme");
        Assert.Equal((2, 0, 2), (world["segment/acme/size"], world["segment/enterprise/size"], world["segment/large/size"]));

        Call(world.Wait(Day), "u:1", "acme", """{"plan":"enterprise","address":{"city":"Ghent"}}""");

        Assert.True(world.Of("u:2").IsIn("enterprise"));
        Assert.True(world.Of("u:2").IsIn("ghent"));
        Assert.Equal((2, 2, 0), (world["segment/enterprise/size"], world["segment/ghent/size"], world["segment/alone/size"]));
        Assert.Equal("one@example.com two@example.com", string.Join(' ', world.Messages.Select(message => message.Address).Order(StringComparer.Ordinal)));
        Assert.Equal("""{"address":{"city":"Ghent"},"employees":"60","plan":"enterprise"}""", Json(world.Of("u:2").GroupTraitsJson));
    }

    /// <summary>A campaign of the call itself is ahead of the group's answer; one of a segment comes behind it.</summary>
    [Fact]
    public void Messages_bear_the_group_as_conditions_read_it()
    {
        var world = new World(s_definitions with { Campaigns = [.. s_definitions.Campaigns, new CampaignDefinition { Id = "called", Trigger = new TriggerDefinition(TriggerKind.Event, "group", Parse("properties.plan = 'enterprise'", ExpressionScope.Event)), Steps = [new SendStep("1", "email", "called", null, null), new WaitStep("2", Hour), new SendStep("3", "email", "later", null, null)], ContentHash = "c" }] });
        world.Identify("u:1", """{"email":"one@example.com"}""");
        Call(world, "u:1", "acme", """{"plan":"free","id":"7","na\u006de":"Ac\"me"}""");
        Call(world.Wait(Hour), "u:1", "acme", """{"plan":"enterprise"}""");
        world.RunTo(Start + Day);

        Assert.Equal("""{"id":"acme","name":"Ac\"me","plan":"free"}""", GroupOf("called"));
        Assert.Equal("""{"id":"acme","name":"Ac\"me","plan":"enterprise"}""", GroupOf("upgraded"));
        Assert.Equal(GroupOf("upgraded"), GroupOf("later"));
        Assert.Equal(GroupOf("later"), Encoding.UTF8.GetString(world.Of("u:1").TemplateGroupJson.Span));
        Assert.Contains("\"properties\":{\"plan\":\"enterprise\"}", Encoding.UTF8.GetString(world.Messages[0].Data), StringComparison.Ordinal);

        string GroupOf(string template)
        {
            using var data = System.Text.Json.JsonDocument.Parse(world.Messages.Single(message => message.Template == template).Data);
            return data.RootElement.GetProperty("group").GetRawText();
        }
    }

    [Fact]
    public void A_group_is_nobody()
    {
        var world = new World(s_definitions);
        Call(world, "u:1", "acme", """{"plan":"enterprise","email":"info@acme.example"}""");
        world.RunTo(Start + (3 * Day));

        var group = world.Of("g:acme");
        Assert.False(group.Exists);
        Assert.False(group.IsEmpty);
        Assert.Empty(group.Memberships(world.Program));
        Assert.False(group.IsBehind(world.Program, world.Now));
        Assert.Equal((1, 1, 1), (world["customers/total"], world["customers/known"], world["events/total"]));
        Assert.DoesNotContain(world.Decisions, item => item.CustomerKey == "g:acme");
        Assert.Equal("u:1", Assert.Single(group.AsGroup()!.Members));
        Assert.Null(world.Of("u:1").AsGroup());
    }

    [Fact]
    public void The_latest_call_names_the_group_whatever_comes_late()
    {
        var world = new World(s_definitions);
        Call(world, "u:1", "acme", """{"plan":"enterprise"}""");
        Call(world.Wait(Hour), "u:1", "beta", """{"plan":"free"}""");
        Assert.Equal("beta acme", Ids(world.Of("u:1")));
        Assert.False(world.Of("u:1").IsIn("enterprise"));

        Call(world.Wait(Minute), "u:1", "acme", at: Start + 5);
        Assert.Equal("beta acme", Ids(world.Of("u:1")));
        Call(world.Wait(Minute), "u:1", "acme");

        Assert.Equal("acme beta", Ids(world.Of("u:1")));
        Assert.True(world.Of("u:1").IsIn("enterprise"));
    }

    [Fact]
    public void Each_trait_is_what_was_said_last_though_it_comes_late()
    {
        var world = new World(s_definitions);
        Call(world, "u:1", "acme", """{"plan":"free","employees":10}""", Start - (4 * Hour));
        Call(world, "u:2", "acme", """{"plan":null,"city":"Ghent"}""", Start - Hour);
        Call(world, "u:3", "acme", """{"plan":"old","employees":20,"city":"Lier"}""", Start - (2 * Hour));

        Assert.Equal("""{"city":"Ghent","employees":20}""", Json(world.Of("g:acme").AsGroup()!.TraitsJson));
    }

    [Fact]
    public void A_large_group_is_told_so_many_a_second()
    {
        var world = new World(s_definitions);
        const int members = (2 * Limits.GroupTellsPerSecond) + 5;
        for (var i = 0; i < members; i++)
        {
            Call(world, $"u:{i}", "acme", i == 0 ? """{"plan":"free"}""" : "");
        }

        world.RunTo(Start + (10 * Second));
        Call(world, "u:0", "acme", """{"plan":"enterprise"}""");
        Assert.Equal(Limits.GroupTellsPerSecond + 1, world["segment/enterprise/size"]);
        Call(world, "u:1", "acme", """{"employees":70}""");
        Assert.Equal(Limits.GroupTellsPerSecond + 1, world["segment/enterprise/size"]);
        world.RunTo(world.Now + Second);
        world.RunTo(world.Now + Second);
        Assert.True(world["segment/enterprise/size"] < members || world["segment/large/size"] < members);

        world.RunTo(world.Now + (5 * Second));

        Assert.Equal((members, members), (world["segment/enterprise/size"], world["segment/large/size"]));
        Assert.Equal(long.MaxValue, world.Of("g:acme").Due);
    }

    [Fact]
    public void One_member_too_many_sees_the_group_when_it_calls()
    {
        var world = new World(s_definitions);
        for (var i = 0; i <= Limits.GroupMembersMax; i++)
        {
            Call(world, $"u:{i}", "acme");
        }

        Call(world, "u:0", "acme", """{"plan":"enterprise"}""");
        world.RunTo(Start + Minute);
        Assert.Equal(Limits.GroupMembersMax, world["segment/enterprise/size"]);
        Assert.Equal(Limits.GroupMembersMax, world.Of("g:acme").AsGroup()!.Members.Count);

        Call(world, $"u:{Limits.GroupMembersMax}", "acme");

        Assert.Equal(Limits.GroupMembersMax + 1, world["segment/enterprise/size"]);
    }

    [Fact]
    public void A_group_too_many_is_left()
    {
        var world = new World(s_definitions);
        for (var i = 0; i <= Limits.GroupsPerCustomerMax; i++)
        {
            Call(world.Wait(Second), "u:1", $"g{i}", """{"n":1}""");
        }

        Assert.Equal(Limits.GroupsPerCustomerMax, world.Of("u:1").Groups.Count);
        Assert.Empty(world.Of("g:g0").AsGroup()!.Members);
        Call(world, "u:1", "g0", """{"n":2}""", Start);
        Assert.Empty(world.Of("g:g0").AsGroup()!.Members);
        Assert.Equal("""{"n":1}""", Json(world.Of("g:g0").AsGroup()!.TraitsJson));
    }

    [Fact]
    public void A_device_that_becomes_a_person_brings_its_groups()
    {
        var world = new World(s_definitions) { RoundTrips = true };
        Call(world, "a:d", "acme", """{"plan":"enterprise"}""");
        world.Wait(Minute).Track("u:1", "View", device: "d");

        Assert.Equal("u:1", Assert.Single(world.Of("g:acme").AsGroup()!.Members));
        Assert.True(world.Of("u:1").IsIn("enterprise"));
        Call(world.Wait(Minute), "u:2", "acme", """{"plan":"free"}""");
        Assert.False(world.Of("u:1").IsIn("enterprise"));
        Assert.Equal(0, world["segment/enterprise/size"]);
    }

    [Fact]
    public void Who_is_erased_leaves_the_group_and_an_erased_group_its_members()
    {
        var world = new World(s_definitions);
        Call(world, "u:1", "beta", """{"plan":"enterprise"}""");
        Call(world.Wait(Minute), "u:1", "acme", """{"plan":"free"}""");
        Call(world, "u:2", "acme");

        world.Command("u:2", CommandKind.Erase);
        Assert.Equal("u:1", Assert.Single(world.Of("g:acme").AsGroup()!.Members));
        Assert.True(world.Of("u:2").IsEmpty);
        world.Command("g:acme", CommandKind.Erase);

        Assert.True(world.Of("g:acme").IsEmpty);
        Assert.Equal("beta", Ids(world.Of("u:1")));
        Assert.True(world.Of("u:1").IsIn("enterprise"));
        Call(world.Wait(Minute), "u:1", "acme", """{"employees":99}""");
        Assert.Equal("""{"employees":99}""", Json(world.Of("u:1").GroupTraitsJson));
    }

    [Fact]
    public void History_is_silent()
    {
        var world = new World(s_definitions);
        world.Identify("u:1", """{"email":"one@example.com"}""").Identify("u:2", """{"email":"two@example.com"}""");
        Call(world, "u:1", "acme");
        world.Wait(Minute).Send("u:2", EventType.Group, """{"plan":"enterprise"}""", name: "acme", at: Start - Day, historical: true);

        Assert.Equal(2, world["segment/enterprise/size"]);
        Assert.Empty(world.Messages);
        Assert.DoesNotContain(world.Decisions, item => item is { Kind: DecisionKind.SegmentEntered, Subject: "enterprise" });
    }

    [Fact]
    public void A_new_program_asks_for_what_members_know_already()
    {
        var world = new World(Define());
        Call(world, "u:1", "acme", """{"tags":["a","b"],"renewal":"2026-01-07","parts":[{"sku":"x"}]}""");
        world.Wait(Minute).Activate(Define([
            ("tagged", "group.tags contains 'b'"), ("soon", "group.renewal within next 7d"), ("part", "any(group.parts.sku) = 'x'"), ("both", "group.id = 'acme' and exists(group.tags)"), ("odd", "group['favourite colour'] = 'red'")]));
        world.Timer("u:1");

        Assert.Equal("tagged soon part both", string.Join(' ', world.Of("u:1").Memberships(world.Program).Select(item => item.SegmentId)));
    }

    private static void Call(World world, string key, string group, string traits = "", long? at = null) => world.Send(key, EventType.Group, traits, name: group, at: at);

    private static string Ids(Customer customer) => string.Join(' ', customer.Groups.Select(group => group.Id));

    private static string Json(ReadOnlyMemory<byte> json) => Encoding.UTF8.GetString(json.Span);
}
