#if WITH_ORLEANS
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Serialization.Invocation;
using Orleans.Serialization.TypeSystem;
using Triggers.Grains.Customers;
using Triggers.Grains.Live;
using Triggers.Grains.Partitions;
using Triggers.Grains.Placement;

namespace Triggers.Grains.Tests;

/// <summary>
/// What goes over the wire, byte by byte: lines of former builds stay, and this one reads them. A message that gets a new member gets a new line; a line that changes breaks
/// a rolling upgrade.
/// </summary>
public sealed class WireGoldenTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    /// <summary>Messages with every member set, as this build writes them.</summary>
    public static TheoryData<string, string> Written() => new()
    {
        { "triggers.answer", "300144FE09B01F74726967676572732E616E737765720003011D01210125010D01820C41050102E0" },
        { "triggers.call", "3001D69AB1B01B74726967676572732E63616C6C2000140010011101092100032100050115012000546DBBCD210005410F77656C636F6D65400963617274E0011D01254143303030303030303030303030303031313D33666435353535353535353535353535E0E0E0012D21000501150019E04107030405010341050607E0" },
        { "triggers.facts", "30011E8907701D74726967676572732E666163747300050115012000546DBBCD210005410F77656C636F6D65400963617274E0011D01254143303030303030303030303030303031313D33666435353535353535353535353535E0" },
        { "triggers.live-item", "3001581F444E2574726967676572732E6C6976652D6974656D20800000F8B4C848DE08810000000000000000E0410F656E7465726564410B753A616E6E410F77656C636F6D654101E0" },
        { "triggers.live-share", "3001173B963D2774726967676572732E6C6976652D7368617265003121000341196576656E74732F746F74616CE021000301CA0AE081000000000000F83F81000000000000D03F0119011D010381FFFFFFFFFFFFFF7F210005010500FDE02100050114001000240010E02100032120800000F8B4C848DE08810000000000000000E0410F656E7465726564410B753A616E6E410F77656C636F6D654101E0E0E0" },
        { "triggers.partition-view", "30010EE7EA152F74726967676572732E706172746974696F6E2D76696577000D210003410F77656C636F6D65E0010341233132372E302E302E313A31313131314037011400100103E0" },
        { "triggers.placement-plan-state", "30018062F88E3B74726967676572732E706C6163656D656E742D706C616E2D737461746520000341233132372E302E302E313A31313131314037E001030109E0" },
        { "triggers.stand", "3001B9E4747E1D74726967676572732E7374616E6400140010011101092100032100050115012000546DBBCD210005410F77656C636F6D65400963617274E0011D01254143303030303030303030303030303031313D33666435353535353535353535353535E0E0E0" },
        { "triggers.state", "3001BB894C411D74726967676572732E737461746500034105010201030125E0" },
    };

    /// <summary>As builds before this one wrote them.</summary>
    public static TheoryData<string, string> Former() => new()
    {
        { "triggers.call before measures", "3001D69AB1B01B74726967676572732E63616C6C2000140010011101092100032100050115012000546DBBCD210005410F77656C636F6D65400963617274E0E0E0E0012D21000501150019E04107030405010341050607E0" },
        { "triggers.facts before measures", "30011E8907701D74726967676572732E666163747300050115012000546DBBCD210005410F77656C636F6D65400963617274E0E0" },
        { "triggers.stand before measures", "3001B9E4747E1D74726967676572732E7374616E6400140010011101092100032100050115012000546DBBCD210005410F77656C636F6D65400963617274E0E0E0E0" },
        { "triggers.partition-view before walks", "30010EE7EA152F74726967676572732E706172746974696F6E2D76696577000D210003410F77656C636F6D65E0010341233132372E302E302E313A3131313131403701140010E0" },
        { "triggers.call before snapshots", "3001D69AB1B01B74726967676572732E63616C6C2000140010011101092100032100050115012000546DBBCD210005410F77656C636F6D65400963617274E0E0E0E0012D21000501150019E04107030405E0" },
    };

    public void Dispose() => _services.Dispose();

    [Theory]
    [MemberData(nameof(Written))]
    public void A_message_is_written_as_ever(string name, string golden) => Assert.Equal(golden, Convert.ToHexString(Write(Sample(name))));

    [Theory]
    [MemberData(nameof(Written))]
    [MemberData(nameof(Former))]
    public void A_message_of_this_or_a_former_build_is_read_whole(string name, string golden)
    {
        var read = _services.GetRequiredService<Serializer>().Deserialize<object>(Convert.FromHexString(golden))!;

        Assert.Equal(Print(Sample(name)), Print(read));
    }

    [Fact]
    public void Every_message_is_here()
    {
        var messages = typeof(ICustomerGrain).Assembly.GetTypes()
            .Where(type => type.Namespace?.StartsWith("Triggers.", StringComparison.Ordinal) == true && type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false))
            .Where(type => !typeof(PlacementStrategy).IsAssignableFrom(type) && !typeof(Exception).IsAssignableFrom(type));

        Assert.Equal(messages.Select(type => type.Name).Order(StringComparer.Ordinal), Written().Select(row => Sample((string)row[0]).GetType().Name).Order(StringComparer.Ordinal));
    }

    /// <summary>A call is found by these names.</summary>
    [Fact]
    public void Calls_keep_their_names()
    {
        var names = _services.GetRequiredService<TypeConverter>();
        var calls = typeof(ICustomerGrain).Assembly.GetTypes().Where(type => typeof(IInvokable).IsAssignableFrom(type) && !type.IsAbstract).Select(call => names.Format(call)).Order(StringComparer.Ordinal);

        Assert.Equal(
            """
            ("inv",[GrainRef],[triggers.customer],"apply")
            ("inv",[GrainRef],[triggers.customer],"leave")
            ("inv",[GrainRef],[triggers.customer],"read")
            ("inv",[GrainRef],[triggers.live-observer],"changed")
            ("inv",[GrainRef],[triggers.live-observer],"left")
            ("inv",[GrainRef],[triggers.live],"lost")
            ("inv",[GrainRef],[triggers.live],"subscribe")
            ("inv",[GrainRef],[triggers.live],"unsubscribe")
            ("inv",[GrainRef],[triggers.partition],"abandon")
            ("inv",[GrainRef],[triggers.partition],"hand-over")
            ("inv",[GrainRef],[triggers.partition],"idle")
            ("inv",[GrainRef],[triggers.partition],"keep")
            ("inv",[GrainRef],[triggers.partition],"read")
            ("inv",[GrainRef],[triggers.partition],"scan")
            ("inv",[GrainRef],[triggers.placement-plan],"drain")
            ("inv",[GrainRef],[triggers.placement-plan],"hold")
            ("inv",[GrainRef],[triggers.placement-plan],"read")
            ("inv",[GrainRef],[triggers.placement-plan],"rebalance")
            ("inv",[GrainRef],[triggers.placement-plan],"undrain")
            ("inv",[GrainRef],[triggers.silo],"describe")
            ("inv",[GrainRef],[triggers.silo],"leaves")
            ("inv",[GrainRef],[triggers.silo],"partitions")
            """,
            string.Join('\n', calls));
    }

    private static object Sample(string name) => name switch
    {
        "triggers.answer" => new CustomerAnswer { IsRefused = true, Offset = 7, DueBefore = 8, Due = 9, ProgramVersion = 3, Bytes = 400, Effects = new byte[] { 1, 2 } },
        "triggers.call" => Call(new byte[] { 6, 7 }, Note()),
        "triggers.call before snapshots" => Call(null, FormerNote()),
        "triggers.call before measures" => Call(new byte[] { 6, 7 }, FormerNote()),
        "triggers.stand" => Stand(Note()),
        "triggers.stand before measures" => Stand(FormerNote()),
        "triggers.facts" => Note(),
        "triggers.facts before measures" => FormerNote(),
        "triggers.state" => new CustomerState { IsRefused = true, State = new byte[] { 1, 2 }, IsEmpty = true, Due = 9 },
        "triggers.live-share" => Share(),
        "triggers.live-item" => Item(),
        "triggers.partition-view" => View(isWalking: true),
        "triggers.partition-view before walks" => View(isWalking: false),
        "triggers.placement-plan-state" => new PlacementPlan { Drained = ["127.0.0.1:11111@7"], IsHeld = true, Rebalancings = 2 },
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no sample."),
    };

    private static CustomerCall Call(byte[]? snapshot, FactsNote note) =>
        new() { Stand = Stand(note), At = 11, Offsets = [5, 6], Records = new byte[] { 3, 4, 5 }, HasSnapshot = snapshot is not null, Snapshot = snapshot ?? default(ReadOnlyMemory<byte>) };

    private static PartitionView View(bool isWalking) => new() { ProgramVersion = 3, PausedCampaigns = ["welcome"], IsLive = true, Silo = "127.0.0.1:11111@7", Epoch = 65537, IsWalking = isWalking };

    private static CustomerStand Stand(FactsNote note) => new() { Epoch = 65537, Last = 4, Floor = 2, Facts = [note] };

    private static FactsNote Note() => new() { Offset = 1, ProgramVersion = 5, ActivatedAt = 1767225600000, PausedCampaigns = ["welcome", "cart"], MeasuresNumber = 7, MeasuredAt = 9, Measures = "0000000000000011=3fd5555555555555" };

    private static FactsNote FormerNote() => new() { Offset = 1, ProgramVersion = 5, ActivatedAt = 1767225600000, PausedCampaigns = ["welcome", "cart"] };

    private static LiveItem Item() => new() { At = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), Kind = "entered", Customer = "u:ann", Subject = "welcome", Detail = "" };

    private static LiveShareMessage Share() => new()
    {
        Version = 12,
        Names = ["events/total"],
        Totals = [345],
        EventsPerSecond = 1.5,
        MessagesPerSecond = 0.25,
        Queued = 6,
        LagRecords = 7,
        SendingPaused = true,
        OldestApplyingAt = long.MaxValue,
        Partitions = [1, 63],
        Epochs = [65537, 65538],
        Feed = [Item()],
    };

    private byte[] Write(object message) => _services.GetRequiredService<Serializer>().SerializeToArray(message);

    private static string Print(object message) => System.Text.Json.JsonSerializer.Serialize(message, message.GetType());
}
#endif
