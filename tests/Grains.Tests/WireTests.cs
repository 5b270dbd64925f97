#if WITH_ORLEANS
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Triggers.Grains.Customers;
using Triggers.Grains.Partitions;

namespace Triggers.Grains.Tests;

/// <summary>During a rolling upgrade, silos of neighbouring versions read each other: what the next version adds is passed over, what the former one lacks has its default.</summary>
public sealed class WireTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    [Fact]
    public void An_answer_of_the_next_version_is_read_without_what_it_adds()
    {
        var read = Pass<NextAnswer, CustomerAnswer>(new NextAnswer { Offset = 7, Due = 9, Effects = new byte[] { 1, 2 }, Added = "new", AddedToo = [1, 2, 3] });

        Assert.Equal((7, 9, 2), (read.Offset, read.Due, read.Effects.Length));
        Assert.False(read.IsRefused);
    }

    [Fact]
    public void An_answer_of_the_former_version_has_defaults_for_what_it_lacks()
    {
        var read = Pass<FormerAnswer, CustomerAnswer>(new FormerAnswer { Offset = 7 });

        Assert.Equal((7, 0, 0, 0), (read.Offset, read.Due, read.ProgramVersion, read.Effects.Length));
    }

    [Fact]
    public void A_call_of_the_next_version_is_read_with_everything_that_this_one_knows()
    {
        var stand = new CustomerStand { Epoch = 3, Last = 4, Floor = 2, Facts = [new FactsNote { Offset = 1, ProgramVersion = 5, ActivatedAt = 6, PausedCampaigns = ["welcome"] }] };

        var read = Pass<NextCall, CustomerCall>(new NextCall { Stand = stand, At = 11, Offsets = [5], Records = new byte[] { 1 }, Added = new FormerAnswer { Offset = 1 } });

        Assert.Equal((3, 4, 2, 11), (read.Stand.Epoch, read.Stand.Last, read.Stand.Floor, read.At));
        Assert.Equal("welcome", Assert.Single(Assert.Single(read.Stand.Facts).PausedCampaigns));
        Assert.Equal([5], read.Offsets);
    }

    [Fact]
    public void A_partition_view_of_the_former_version_names_no_silo()
    {
        var read = Pass<FormerView, PartitionView>(new FormerView { ProgramVersion = 3, PausedCampaigns = ["welcome"] });

        Assert.Equal((3, false), (read.ProgramVersion, read.IsLive));
        Assert.True(string.IsNullOrEmpty(read.Silo));
    }

    private TRead Pass<TWritten, TRead>(TWritten message) =>
        _services.GetRequiredService<Serializer<TRead>>().Deserialize(_services.GetRequiredService<Serializer<TWritten>>().SerializeToArray(message))!;

    [GenerateSerializer]
    internal sealed class NextAnswer
    {
        [Id(1)]
        public long Offset { get; init; }

        [Id(3)]
        public long Due { get; init; }

        [Id(6)]
        public ReadOnlyMemory<byte> Effects { get; init; }

        [Id(7)]
        public string Added { get; init; } = "";

        [Id(8)]
        public int[] AddedToo { get; init; } = [];
    }

    [GenerateSerializer]
    internal sealed class FormerAnswer
    {
        [Id(1)]
        public long Offset { get; init; }
    }

    [GenerateSerializer]
    internal sealed class FormerView
    {
        [Id(0)]
        public int ProgramVersion { get; init; }

        [Id(1)]
        public string[] PausedCampaigns { get; init; } = [];
    }

    [GenerateSerializer]
    internal sealed class NextCall
    {
        [Id(0)]
        public required CustomerStand Stand { get; init; }

        [Id(1)]
        public long At { get; init; }

        [Id(2)]
        public long[] Offsets { get; init; } = [];

        [Id(3)]
        public ReadOnlyMemory<byte> Records { get; init; }

        [Id(6)]
        public FormerAnswer? Added { get; init; }
    }
}
#endif
