using System.Text;
using Triggers.Engine.Customers;
using Triggers.Engine.Measuring;
using Triggers.Engine.Records;
using Triggers.Runtime.Programs;

namespace Triggers.Runtime.Loop;

/// <summary>
/// The facts of one partition: those in force where the loop stands, and those in force at the floor, which is what a restart begins with.
/// Stored form (floor state): version, walked version, count of paused campaigns, their ids; and, once something was measured over all customers: number of the measurement, walked
/// number, its <c>at</c> (ZigZag), its text. Varints and texts of <see cref="ByteWriter"/>.
/// </summary>
internal sealed class PartitionFacts
{
    private readonly ProgramLibrary _library;
    private readonly List<(long Offset, Facts Facts)> _sinceFloor = [];

    public PartitionFacts(ProgramLibrary library, ReadOnlySpan<byte> floorState)
    {
        _library = library;
        var version = 0;
        var paused = new HashSet<string>(StringComparer.Ordinal);
        var measures = Measures.None;
        if (!floorState.IsEmpty)
        {
            var reader = new SpanReader(floorState);
            version = (int)reader.Varint();
            WalkedVersion = (int)reader.Varint();
            for (var count = (int)reader.Varint(); count > 0; count--)
            {
                paused.Add(Encoding.UTF8.GetString(reader.Text()));
            }

            if (!reader.AtEnd)
            {
                var number = (long)reader.Varint();
                WalkedMeasures = (long)reader.Varint();
                measures = Measures.Parse(number, reader.ZigZag(), Encoding.UTF8.GetString(reader.Text()));
            }
        }

        Current = new Facts(library.Get(version).With(measures), paused);
        _sinceFloor.Add((-1, Current));
    }

    public Facts Current { get; private set; }

    /// <summary>The program version that every customer of the partition has been told of; less than the current one while a walk is under way.</summary>
    public int WalkedVersion { get; set; }

    /// <summary>The measurement that every customer of the partition has been told of; less than the current one while a walk is under way.</summary>
    public long WalkedMeasures { get; set; }

    /// <summary>Some customers may not have been told yet.</summary>
    public bool IsWalking => WalkedVersion < Current.Program.Version || WalkedMeasures < Current.Program.Measures.Number;

    public void Apply(in RecordView fact)
    {
        switch (fact.FactKind)
        {
            case FactKind.ProgramActivated:
                if (Current.Program.Version == 0)
                {
                    // Before the first program there is no customer to tell.
                    WalkedVersion = (int)fact.Number;
                }

                Current = Current with { Program = _library.Get((int)fact.Number, fact.At).With(Current.Program.Measures) };
                break;
            case FactKind.CampaignPaused:
                Current = Current with { PausedCampaigns = new HashSet<string>(Current.PausedCampaigns, StringComparer.Ordinal) { Encoding.UTF8.GetString(fact.Name) } };
                break;
            case FactKind.CampaignResumed:
                var rest = new HashSet<string>(Current.PausedCampaigns, StringComparer.Ordinal);
                rest.Remove(Encoding.UTF8.GetString(fact.Name));
                Current = Current with { PausedCampaigns = rest };
                break;
            case FactKind.Measured:
                Current = Current with { Program = Current.Program.With(Measures.Parse(fact.Number, fact.At, Encoding.UTF8.GetString(fact.Name))) };
                if (!Current.Program.HasMeasuredSegments && WalkedVersion == Current.Program.Version)
                {
                    // Nobody's segments build on it.
                    WalkedMeasures = fact.Number;
                }

                break;
            default:
                throw new InvalidDataException($"A fact of unknown kind {(byte)fact.FactKind}: the log was written by a newer program.");
        }

        _sinceFloor.Add((fact.Offset, Current));
    }

    /// <summary>The facts in force for a record at the offset, of those applied so far; only while nobody asks for a floor, which forgets older ones.</summary>
    public Facts InForceAt(long offset)
    {
        var place = _sinceFloor.Count - 1;
        while (_sinceFloor[place].Offset > offset)
        {
            place--;
        }

        return _sinceFloor[place].Facts;
    }

    /// <summary>The facts in force for a record at the given floor, as bytes.</summary>
    public byte[] At(long floor)
    {
        while (_sinceFloor.Count > 1 && _sinceFloor[1].Offset < floor)
        {
            _sinceFloor.RemoveAt(0);
        }

        var facts = _sinceFloor[0].Facts;
        using var writer = new ByteWriter(256);
        writer.Varint((ulong)facts.Program.Version);
        writer.Varint((ulong)WalkedVersion);
        writer.Varint((ulong)facts.PausedCampaigns.Count);
        foreach (var campaign in facts.PausedCampaigns.Order(StringComparer.Ordinal))
        {
            writer.Text(campaign);
        }

        if (facts.Program.Measures is { Number: > 0 } measures)
        {
            writer.Varint((ulong)measures.Number);
            writer.Varint((ulong)Math.Min(WalkedMeasures, measures.Number));
            writer.ZigZag(measures.At);
            writer.Text(measures.Print());
        }

        return writer.Written.ToArray();
    }
}
