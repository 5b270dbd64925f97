using Triggers.Engine.Customers;
using Triggers.Engine.Records;
using Triggers.Engine.Scoring;
using Triggers.Engine.Text;

namespace Triggers.Engine.Groups;

/// <summary>A company or team under a key of its own: its traits, which are one thing for all its members, who these are, and what each was told.</summary>
internal sealed class GroupState
{
    /// <summary>By customer key; the value is the revision that the member was told.</summary>
    public NameTable Members;

    public GroupTraits Traits { get; } = new();

    /// <summary>When the traits became what they are, ms since 1970, greater with every change; 0: there never were any.</summary>
    public long Revision { get; set; }

    /// <summary>The last revision that was no mere history: whoever was told less than this is told aloud.</summary>
    public long LoudRevision { get; set; }

    /// <summary>The second in which members were told last.</summary>
    public long ToldAt { get; set; }

    /// <summary>Some members were not told the last revision.</summary>
    public bool IsBehind { get; set; }

    public bool IsEmpty => Members.Count == 0 && Traits.Items.Count == 0;

    /// <summary>The second at which the next members are told.</summary>
    public long Due => IsBehind ? ToldAt + 1000 : Instants.Never;

    /// <summary>Appends the state; instants are differences to the clock.</summary>
    public void Write(ByteWriter writer, StateHeap heap, long clock)
    {
        writer.ZigZag(clock - Revision);
        writer.ZigZag(clock - LoudRevision);
        writer.ZigZag(clock - ToldAt);
        writer.Byte(IsBehind ? (byte)1 : (byte)0);
        writer.Varint((ulong)Traits.Items.Count);
        foreach (var trait in Traits.Items)
        {
            writer.Text(trait.Name);
            writer.Text(trait.Value);
            writer.ZigZag(clock - trait.At);
        }

        writer.Varint((ulong)Members.Count);
        foreach (ref readonly var member in Members.Items(heap))
        {
            writer.Text(Members.Name(heap, in member));
            writer.ZigZag(Revision - member.Value);
        }
    }

    public static GroupState Read(ref SpanReader reader, StateHeap heap, long clock)
    {
        var group = new GroupState { Revision = clock - reader.ZigZag(), LoudRevision = clock - reader.ZigZag(), ToldAt = clock - reader.ZigZag(), IsBehind = reader.Byte() == 1 };
        for (var left = reader.Varint(); left > 0; left--)
        {
            group.Traits.Add(new GroupTrait(reader.Text().ToArray(), reader.Text().ToArray(), clock - reader.ZigZag()));
        }

        for (var left = reader.Varint(); left > 0; left--)
        {
            var key = reader.Text();
            group.Members.Add(heap, Hash64.Of(key), key, group.Revision - reader.ZigZag());
        }

        return group;
    }
}
