using Triggers.Engine.Groups;
using Triggers.Engine.Records;
using Triggers.Engine.Scoring;

namespace Triggers.Engine.Customers;

/// <summary>A customer as bytes: snapshots and take-overs. Keyed by stable ids of definition elements. Format: docs/formats/customer.md.</summary>
public static class CustomerCodec
{
    /// <summary>The newest version. A reader knows this one and every earlier one; a state is written as the oldest that holds it, as it always was.</summary>
    public const byte Version = 5;

    private const byte VersionWithoutValues = 1, VersionWithValues = 2, VersionWithScores = 3, VersionOfGroups = 4, VersionWithStages = 5;

    [Flags]
    internal enum StateFlags : byte
    {
        None = 0,
        Exists = 1,
        Suppressed = 2,
        Merged = 4,

        /// <summary>Never seen, and on static lists.</summary>
        WaitsWithValues = 8,
    }

    /// <summary>Appends the state; it begins with the length-prefixed UTF-8 customer key.</summary>
    public static void Write(Customer customer, ByteWriter writer)
    {
        writer.Text(customer.KeyUtf8);
        var version = customer.Group is not null ? VersionOfGroups
            : customer.Stage > LifecycleStage.WonBack ? VersionWithStages
            : customer.ScoreList.Count > 0 ? VersionWithScores : customer.ValueList.Count > 0 ? VersionWithValues : VersionWithoutValues;
        writer.Byte(version);
        writer.ZigZag(customer.Offset);
        var flags = (customer.Exists ? StateFlags.Exists : 0) | (customer.IsSuppressed ? StateFlags.Suppressed : 0) | (customer.MergedInto is not null ? StateFlags.Merged : 0)
            | (!customer.Exists && customer.ValueList.Count > 0 ? StateFlags.WaitsWithValues : 0);
        writer.Byte((byte)flags);
        writer.ZigZag(customer.Clock);
        if (customer.MergedInto is not null)
        {
            writer.Text(customer.MergedIntoUtf8);
            return;
        }

        if (customer.Group is { } group)
        {
            group.Write(writer, customer.Heap, customer.Clock);
            return;
        }

        var output = new StateWriter(writer, customer.Clock);
        output.Consent(customer);
        output.Dedupe(customer);
        output.Messages(customer);
        if (customer.Exists)
        {
            output.Person(customer);
            output.Behaviours(customer);
            output.Segments(customer);
            output.Entries(customer);
            if (version >= VersionWithValues)
            {
                output.Values(customer);
            }

            if (version >= VersionWithScores)
            {
                output.Scores(customer);
            }
        }
        else if (customer.ValueList.Count > 0)
        {
            output.Values(customer);
        }
    }

    /// <exception cref="InvalidDataException">The bytes are damaged, or of a newer program.</exception>
    public static Customer Read(ReadOnlySpan<byte> state) => Read(state, new StateHeap());

    /// <exception cref="InvalidDataException">The bytes are damaged, or of a newer program.</exception>
    public static Customer Read(ReadOnlySpan<byte> state, StateHeap heap)
    {
        var reader = new SpanReader(state);
        var key = reader.Text();
        var customer = new Customer(key, CustomerKey.HashOf(key), heap);
        var version = reader.Byte();
        if (version is < VersionWithoutValues or > Version)
        {
            throw new InvalidDataException($"The state of {customer.Key} has format {version}; this program reads formats up to {Version}: it was written by a newer one.");
        }

        customer.Offset = reader.ZigZag();
        var flags = (StateFlags)reader.Byte();
        customer.Clock = reader.ZigZag();
        if ((flags & StateFlags.Merged) != 0)
        {
            customer.MergeInto(reader.Text());
            return customer;
        }

        if (version == VersionOfGroups)
        {
            customer.Group = GroupState.Read(ref reader, customer.Heap, customer.Clock);
            customer.FindDue();
            return customer;
        }

        customer.IsSuppressed = (flags & StateFlags.Suppressed) != 0;
        var input = new StateReader(reader, customer.Clock);
        input.Consent(customer);
        input.Dedupe(customer);
        input.Messages(customer);
        if ((flags & StateFlags.Exists) != 0)
        {
            customer.Exists = true;
            input.Person(customer, hasStagesByHash: version >= VersionWithStages);
            input.Behaviours(customer);
            input.Segments(customer);
            input.Entries(customer);
            if (version >= VersionWithValues)
            {
                input.Values(customer);
            }

            if (version >= VersionWithScores)
            {
                input.Scores(customer);
            }
        }
        else if ((flags & StateFlags.WaitsWithValues) != 0)
        {
            input.Values(customer);
        }

        customer.SegmentsMoved();
        customer.AreDuesEarly = true;
        customer.FindDue();
        return customer;
    }

    /// <summary>The customer key that a state begins with.</summary>
    public static ReadOnlySpan<byte> ReadKey(ReadOnlySpan<byte> state) => new SpanReader(state).Text();
}
