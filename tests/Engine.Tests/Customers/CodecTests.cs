using Triggers.Engine.Customers;
using Triggers.Engine.Definitions;
using Triggers.Engine.Expressions;
using Triggers.Engine.Records;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Customers;

public sealed class CodecTests
{
    [Fact]
    public void A_state_written_read_and_written_again_has_the_same_bytes()
    {
        var customer = Rich().Of("u:1");

        var first = Bytes(customer);
        var read = CustomerCodec.Read(first);

        Assert.Equal(System.Convert.ToHexString(first), System.Convert.ToHexString(Bytes(read)));
        Assert.Equal((customer.Due, customer.Offset, customer.EventTotal, customer.LifecycleSince), (read.Due, read.Offset, read.EventTotal, read.LifecycleSince));
        Assert.Equal("u:1", System.Text.Encoding.UTF8.GetString(CustomerCodec.ReadKey(first)));
    }

    /// <summary>Bytes of format 1 are in stores for ever: if this fails, add a format and keep reading this one.</summary>
    [Fact]
    public void Format_1_never_changes()
    {
        var read = CustomerCodec.Read(System.Convert.FromHexString(Golden));

        Assert.Equal(Golden, System.Convert.ToHexString(Bytes(read)));
        Assert.Equal((6, 2), (read.EventTotal, read.EventCounts[0].Value));
    }

    /// <summary>What each function on behaviour keeps, and format 2 with values beside it: in stores for ever, too.</summary>
    [Fact]
    public void Format_2_and_what_functions_keep_never_change()
    {
        var customer = Functions().Of("u:1");

        Assert.Equal(FunctionsGolden, System.Convert.ToHexString(Bytes(customer)));
        var read = CustomerCodec.Read(System.Convert.FromHexString(FunctionsGolden));
        Assert.Equal(FunctionsGolden, System.Convert.ToHexString(Bytes(read)));
        Assert.Equal(9, read.Memberships(Functions().Program).Count);
    }

    /// <summary>Format 4, of groups.</summary>
    [Fact]
    public void Format_4_never_changes()
    {
        var world = new World(Define());
        world.Send("u:1", EventType.Group, """{"plan":"pro","was":1}""", name: "acme").Wait(Hour).Send("a:d", EventType.Group, """{"was":null}""", name: "acme");
        var bytes = Bytes(world.Of("g:acme"));

        Assert.Equal(GroupGolden, System.Convert.ToHexString(bytes));
        Assert.Equal(GroupGolden, System.Convert.ToHexString(Bytes(CustomerCodec.Read(bytes))));
        Assert.Equal((long.MaxValue, 2), (CustomerCodec.Read(bytes).Due, CustomerCodec.Read(bytes).AsGroup()!.Members.Count));
    }

    /// <summary>Format 5: at a stage of the shop's own.</summary>
    [Fact]
    public void Format_5_never_changes()
    {
        var world = new World(Define(lifecycle: new LifecycleDefinition { Away = [new("at risk", Hour), new("lost", Day)] }));
        world.Track("u:1", "View").RunTo(Start + Day);
        var bytes = Bytes(world.Of("u:1"));

        Assert.Equal(StageGolden, System.Convert.ToHexString(bytes));
        Assert.Equal(StageGolden, System.Convert.ToHexString(Bytes(CustomerCodec.Read(bytes))));
        Assert.Equal("lost", CustomerCodec.Read(bytes).LifecycleIn(world.Program));
    }

    /// <summary>Format 3 with scores beside the values.</summary>
    [Fact]
    public void Format_3_never_changes()
    {
        var fade = new ScoringDefinition { HalfLifeMs = Day, Rules = [new ScoreRule("View", null, 2, null)], Grades = [new GradeDefinition("A", 2, 1)] };
        var slide = new ScoringDefinition { WindowMs = Day, Rules = [new ScoreRule("View", null, 3, 1)] };
        var world = new World(Define() with { Scores = [new NamedScoreDefinition("fade", "", "", fade), new NamedScoreDefinition("slide", "", "", slide)] });
        var bytes = Bytes(world.Track("u:1", "View").Wait(Hour).Track("u:1", "View").Of("u:1"));

        Assert.Equal(ScoresGolden, System.Convert.ToHexString(bytes));
        Assert.Equal(ScoresGolden, System.Convert.ToHexString(Bytes(CustomerCodec.Read(bytes))));
    }

    [Fact]
    public void Damaged_bytes_are_an_error_and_never_a_crash()
    {
        var bytes = Bytes(Functions().Of("u:1"));
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => CustomerCodec.Read(bytes.AsSpan(0, length)));
        }

        bytes[4] = 200;
        Assert.Contains("newer", Assert.Throws<InvalidDataException>(() => CustomerCodec.Read(bytes)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_merged_customer_is_little_more_than_where_it_went()
    {
        var world = new World(Define());
        world.Track("a:device", "View").Track("u:1", "View", device: "device");

        Assert.InRange(Bytes(world.Of("a:device")).Length, 1, 40);
        Assert.Equal("u:1", RoundTrip(world.Of("a:device")).MergedInto);
    }

    private static World Rich()
    {
        var campaign = new CampaignDefinition
        {
            Id = "cart",
            Trigger = new TriggerDefinition(TriggerKind.Event, "Add"),
            Exit = Parse("did('Order', since entry)", ExpressionScope.Campaign),
            Steps = [new SendStep("1", "email", "t", null, null), new WaitStep("2", Hour), new SendStep("3", "email", "t", null, null)],
            ContentHash = "c",
        };
        var world = new World(Define(
            [("two", "count('View', within 7d) >= 2"), ("big", "sum('Order', properties.total, within 30d) >= 10"), ("warm", "score >= 3")],
            new ScoringDefinition { HalfLifeMs = Day, Rules = [new ScoreRule("View", null, 2, 5)] },
            campaigns: campaign));
        return world.Identify("u:1", """{"email":"ann@example.com","plan":"pro"}""", "device").Track("u:1", "View", messageId: "m1").Wait(Minute).Track("u:1", "View", messageId: "m2")
            .Track("u:1", "Order", """{"total":12.5}""").Wait(123).Track("u:1", "Add", """{"sku":"x"}""").Command("u:1", CommandKind.Unsubscribe, "webhook").Send("u:1", EventType.Page, name: "Home");
    }

    private static World Functions()
    {
        var world = new World(Define(new[]
        {
            "count days('View', within 7d) >= 2", "average('View', properties.v, within 7d) > 1", "min('View', properties.v, within 7d) < 5", "max('View', properties.v) > 5", "distinct('View', properties.c) >= 3",
            "since first('View') > 1d", "since last('View') < 1d", "first('View', properties.c) = 'red'", "last('View', properties.c) = true", "last('View', properties.v) = 7.5",
        }.Select((text, index) => ($"s{index}", text))));
        return world.Track("u:1", "View", """{"v":3,"c":"red"}""").Wait(Day + 1).Track("u:1", "View", """{"v":"9.25","c":"42"}""").Track("u:1", "View", """{"v":7.5,"c":42}""").Wait(Hour).Track("u:1", "View", """{"c":true}""");
    }

    private static byte[] Bytes(Customer customer)
    {
        using var writer = new ByteWriter();
        CustomerCodec.Write(customer, writer);
        return writer.Written.ToArray();
    }

    private const string ScoresGolden =
        "03753A3103020180DE82DDF166000000000180BAB7030200000080DDDB01000180BAB703F0D82400000000000000000000000001FA36F73943597C10D4BF0201010456696577"
        + "0201E3A6EACC8B73992E01010180BAB703809BEE02809BEE0201D44D022F3D08F5740180BAB70385B80A00000185BE051A86F1F391DA62A413658B0F400080B89929";

    private const string FunctionsGolden =
        "03753A3102060182CEB5AFF266000000000182AAEA55040000008195F52A000182AAEA55F0B51F000000000000000000000000000104566965770407E65706BA8AC826120301"
        + "030080BAB70382F0B25200EAD0E28D90D923968CD9DCC8DE57C8CBD8CBF0F568DB13F1F4B7FEDB600200020082AAEA55A7D773A4DD74D978040001007629792146B0AA8A0400"
        + "0182AAEA55706510732B61539703010280BAB70382F0B252FF9AEE02BFC39307FF9AEE027BC3A229E68AE3C3030100A093E908A316912520A5CFDD03010380BAB7030082F0B2"
        + "52E0F1EA12C0C39307A093E908809BEE0209A2EFE13C43622F010100003EE04EA138BFF1270180BAB703F0B51F33F57CFA7AA3C36201B2AAB7030061B4C6AF0C89416A0182AA"
        + "EA55F1D82495B6FAA7CAC353720180BAB70300022D8A7523AB2B7C0182AAEA55F0B51F81382CB2C2012FB00182AAEA5500AAD9A9243437B9F5010000C8ABB429E78C94FE0180"
        + "BAB70381A3050003BC55CE0FBEA0F9AC82AAEA550303726564C7347457238C75CF80BAB7030304392E3235EF7B36BB178185DA0001000000000000F03F";

    private const string StageGolden =
        "03753A310504018094FEABF266000000000180F0B25201000080F0B2520000FF7FC5EE90111EC18F0080D21F00000000000000000000000000010456696577010000000000";

    private const string GroupGolden =
        "06673A61636D6504080080DE82DDF166000000000204706C616E052270726F2280BAB7030377617300000203753A310003613A6400";

    private const string Golden =
        "03753A31011001B6CFD2D9F1660107776562686F6F6B0108613A6465766963650202A11052C7B45E80DBF601DC84B702CE60AB91C0A90701B8443AC7B6596793C6ADDD5A2080"
        + "7EA532C6D77FC4A37309D46405367612B4B7000005656D61696C01B6AB0706287B22656D61696C223A22616E6E406578616D706C652E636F6D222C22706C616E223A2270726F"
        + "227D80A4CBD9F16600DBD5030001B6AB07C4F42400009AF6176307FE0F40F60180B899290146917BA954F87AE1D4BF020205086964656E7469667901045669657702054F7264"
        + "65720103416464010470616765010364BA585C97943542010001F601EA1D30EFF192C898020002F601C0A90737BCE21AF3ED599D010101F601C0F0F50BC0F0F50B038B44F4EC"
        + "4FABD9C301F601C4F4241D275759D1ABAFEF01F601809A9E01B05F6A12F0FE9BF001F601F697020132C6D77FC4A3730901010100008B59801662B52160B4048EA7E1F454FD91"
        + "1C00034164640B7B22736B75223A2278227D";
}
