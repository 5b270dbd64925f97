using Orleans.Concurrency;
using Triggers.Engine.Customers;

namespace Triggers.Grains.Customers;

/// <summary>Where a customer stands by the account of its partition's owner. Ids and aliases here are frozen: neighbouring versions talk to each other.</summary>
[GenerateSerializer]
[Immutable]
[Alias("triggers.stand")]
internal sealed class CustomerStand
{
    /// <summary>Of the owner: a lower one than seen before is refused, a higher one makes the customer go back to its snapshot.</summary>
    [Id(0)]
    public required long Epoch { get; init; }

    /// <summary>Offset of the last record that the customer contains; −1: the owner has not touched it yet, its snapshot is the whole of it.</summary>
    [Id(1)]
    public required long Last { get; init; }

    /// <summary>Every snapshot contains the records below this offset.</summary>
    [Id(2)]
    public required long Floor { get; init; }

    /// <summary>The facts in force from the floor on, ascending by offset. Never empty; the last are those in force now.</summary>
    [Id(3)]
    public required FactsNote[] Facts { get; init; }
}

/// <summary>Facts in force from an offset on, by name: programs are taken from the store by their version.</summary>
[GenerateSerializer]
[Immutable]
[Alias("triggers.facts")]
internal sealed class FactsNote
{
    [Id(0)]
    public required long Offset { get; init; }

    [Id(1)]
    public required int ProgramVersion { get; init; }

    /// <summary>When the program came into force, ms since 1970.</summary>
    [Id(2)]
    public required long ActivatedAt { get; init; }

    [Id(3)]
    public required string[] PausedCampaigns { get; init; }

    /// <summary>What was measured over all customers; 0: nothing was yet.</summary>
    [Id(4)]
    public long MeasuresNumber { get; init; }

    /// <summary>ms since 1970.</summary>
    [Id(5)]
    public long MeasuredAt { get; init; }

    /// <summary>As text; null: written by a build that knew of no such thing.</summary>
    [Id(6)]
    public string? Measures { get; init; }

    /// <summary>The facts themselves, once somebody in this process has them. Stays here.</summary>
    [NonSerialized]
    public Facts? Known;
}

/// <summary>Records for one customer, all with one <c>at</c>.</summary>
[GenerateSerializer]
[Immutable]
[Alias("triggers.call")]
internal sealed class CustomerCall
{
    [Id(0)]
    public required CustomerStand Stand { get; init; }

    [Id(1)]
    public required long At { get; init; }

    /// <summary>Of each record, ascending.</summary>
    [Id(2)]
    public required long[] Offsets { get; init; }

    [Id(3)]
    public required ReadOnlyMemory<byte> Records { get; init; }

    /// <summary>The owner has read the customer's snapshot, with those of others; otherwise the customer reads it, should it need it.</summary>
    [Id(4)]
    public bool HasSnapshot { get; init; }

    /// <summary>As the store has it; empty: it has none.</summary>
    [Id(5)]
    public ReadOnlyMemory<byte> Snapshot { get; init; }
}

/// <summary>What came of a call.</summary>
[GenerateSerializer]
[Immutable]
[Alias("triggers.answer")]
internal sealed class CustomerAnswer
{
    public static CustomerAnswer Refusal { get; } = new() { IsRefused = true };

    /// <summary>The customer has seen a later owner: nothing was applied.</summary>
    [Id(0)]
    public bool IsRefused { get; init; }

    /// <summary>Offset of the last record that the customer contains now.</summary>
    [Id(1)]
    public long Offset { get; init; }

    /// <summary>The next due instant before the call and after it; <see cref="long.MaxValue"/>: none.</summary>
    [Id(2)]
    public long DueBefore { get; init; }

    [Id(3)]
    public long Due { get; init; }

    [Id(4)]
    public int ProgramVersion { get; init; }

    /// <summary>What the customer's lists take in memory.</summary>
    [Id(5)]
    public long Bytes { get; init; }

    /// <summary>Of each record in order, as <see cref="EffectRecorder"/> writes them.</summary>
    [Id(6)]
    public ReadOnlyMemory<byte> Effects { get; init; }
}

[GenerateSerializer]
[Immutable]
[Alias("triggers.state")]
internal sealed class CustomerState
{
    public static CustomerState Refusal { get; } = new() { IsRefused = true };

    [Id(0)]
    public bool IsRefused { get; init; }

    /// <summary>Encoded, also if nothing is known of the customer.</summary>
    [Id(1)]
    public ReadOnlyMemory<byte> State { get; init; }

    /// <summary>Nothing is known of the customer (any more).</summary>
    [Id(2)]
    public bool IsEmpty { get; init; }

    [Id(3)]
    public long Due { get; init; }
}
