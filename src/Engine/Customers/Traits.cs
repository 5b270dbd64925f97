using System.Text.Json;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Programs.Json;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Customers;

/// <summary>What is known about a customer, as one UTF-8 JSON object; the paths that definitions name are found once and remembered until it changes.</summary>
internal struct Traits
{
    public static readonly Traits None = new() { At = long.MinValue };

    private HeapList<byte> _json;

    /// <summary>Unescaped texts of what was found.</summary>
    private HeapList<byte> _text;
    private HeapList<JsonSlot> _found;
    private Program? _foundFor;

    /// <summary>Latest <c>occurredAt</c> of the calls behind it: an older call only fills gaps.</summary>
    public long At;

    public readonly Span<long> JsonWords(StateHeap heap) => _json.Words(heap);

    /// <summary>The JSON object; empty: no traits.</summary>
    public readonly ReadOnlySpan<byte> Json(StateHeap heap) => _json.Items(heap);

    public void Set(StateHeap heap, ReadOnlySpan<byte> json, long at)
    {
        _json.Set(heap, json);
        At = at;
        _foundFor = null;
    }

    public Scalar Read(StateHeap heap, Program program, int path)
    {
        if (!ReferenceEquals(_foundFor, program))
        {
            Find(heap, program);
        }

        foreach (ref readonly var slot in _found.Items(heap))
        {
            if (slot.Path == path)
            {
                return new Scalar { Type = slot.Type, Number = slot.Number, Text = slot.HasBytes ? slot.Bytes(Json(heap), _text.Items(heap)) : default };
            }
        }

        return default;
    }

    public void Free(StateHeap heap)
    {
        _json.Free(heap);
        _text.Free(heap);
        _found.Free(heap);
        this = None;
    }

    private void Find(StateHeap heap, Program program)
    {
        _foundFor = program;
        _found.Free(heap);
        var json = Json(heap);
        if (json.Length < 3 || program.TraitPaths.IsEmpty)
        {
            return;
        }

        var slots = Workspace.Current.TraitSlots(program.TraitPaths.Slots.Length);
        var text = Workspace.Current.TraitText;
        program.TraitPaths.Read(json, slots, text);
        var count = 0;
        for (var i = 0; i < program.TraitPaths.Slots.Length; i++)
        {
            if (slots[i].Type != ValueType.None)
            {
                slots[count] = slots[i];
                slots[count++].Path = i;
            }
        }

        _text.Set(heap, text.Span);
        _found.Set(heap, slots.AsSpan(0, count));
    }
}

/// <summary>Merges JSON objects by their top-level names.</summary>
internal static class TraitMerge
{
    /// <summary>The merged object, in the workspace; empty: it would equal <paramref name="current"/>.</summary>
    /// <param name="onlyMissing">Adds what is lacking and changes nothing.</param>
    public static ReadOnlySpan<byte> Merge(ReadOnlySpan<byte> current, ReadOnlySpan<byte> changes, bool onlyMissing)
    {
        if (changes.Length < 3)
        {
            return default;
        }

        try
        {
            var work = Workspace.Current;
            var theirs = work.Members(0);
            var ours = work.Members(1);
            Members(changes, theirs, work);
            Members(current, ours, work);
            return Merge(current, changes, ours, theirs, onlyMissing, work);
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static ReadOnlySpan<byte> Merge(ReadOnlySpan<byte> current, ReadOnlySpan<byte> changes, List<Member> ours, List<Member> theirs, bool onlyMissing, Workspace work)
    {
        var changed = false;
        var output = work.Output;
        output.Clear();
        output.Byte((byte)'{');
        var room = onlyMissing || current.Length + changes.Length <= Limits.TraitBytesMax ? int.MaxValue : Room(current, changes, ours, theirs, work);
        foreach (var mine in ours)
        {
            var index = onlyMissing ? -1 : Find(theirs, mine, work);
            if (index < 0 || IsSame(current, mine, changes, theirs[index]))
            {
                Append(output, current.Slice(mine.Start, mine.Length));
                continue;
            }

            var other = theirs[index];
            var more = Math.Max(0, other.Length - mine.Length);
            if (!other.IsNull && more > room)
            {
                Append(output, current.Slice(mine.Start, mine.Length));
                continue;
            }

            changed = true;
            if (!other.IsNull)
            {
                room -= more;
                Append(output, changes.Slice(other.Start, other.Length));
            }
        }

        for (var i = 0; i < theirs.Count; i++)
        {
            var other = theirs[i];
            if (!other.IsNull && Find(theirs, other, work) == i && Find(ours, other, work) < 0)
            {
                changed |= Append(output, changes.Slice(other.Start, other.Length));
            }
        }

        output.Byte((byte)'}');
        return changed ? output.Written : default;
    }

    /// <summary>Bytes that longer values may take, so that none of the others falls out.</summary>
    private static int Room(ReadOnlySpan<byte> current, ReadOnlySpan<byte> changes, List<Member> ours, List<Member> theirs, Workspace work)
    {
        var length = 1;
        foreach (var mine in ours)
        {
            var index = Find(theirs, mine, work);
            if (index < 0 || IsSame(current, mine, changes, theirs[index]))
            {
                length += mine.Length + 1;
            }
            else if (!theirs[index].IsNull)
            {
                length += Math.Min(mine.Length, theirs[index].Length) + 1;
            }
        }

        return Limits.TraitBytesMax - length;
    }

    private static bool IsSame(ReadOnlySpan<byte> current, in Member mine, ReadOnlySpan<byte> changes, in Member other) =>
        !other.IsNull && changes.Slice(other.ValueStart, other.ValueLength).SequenceEqual(current.Slice(mine.ValueStart, mine.ValueLength));

    private static bool Append(Records.ByteWriter output, ReadOnlySpan<byte> member)
    {
        if (output.Length + member.Length + 2 > Limits.TraitBytesMax)
        {
            return false;
        }

        if (output.Length > 1)
        {
            output.Byte((byte)',');
        }

        output.Bytes(member);
        return true;
    }

    /// <summary>The last member of that name, since JSON's last one wins.</summary>
    private static int Find(List<Member> members, in Member wanted, Workspace work)
    {
        for (var i = members.Count - 1; i >= 0; i--)
        {
            if (members[i].NameHash == wanted.NameHash && work.Name(members[i]).SequenceEqual(work.Name(wanted)))
            {
                return i;
            }
        }

        return -1;
    }

    private static void Members(ReadOnlySpan<byte> json, List<Member> members, Workspace work)
    {
        members.Clear();
        if (json.Length < 3)
        {
            return;
        }

        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = new Member { Start = (int)reader.TokenStartIndex };
            work.AddName(ref reader, ref member, members);
            reader.Read();
            member.IsNull = reader.TokenType == JsonTokenType.Null;
            member.ValueStart = (int)reader.TokenStartIndex;
            reader.Skip();
            member.ValueLength = (int)reader.BytesConsumed - member.ValueStart;
            member.Length = (int)reader.BytesConsumed - member.Start;
            members.Add(member);
        }
    }

    /// <summary>One name and value of an object, as places in its bytes; the unescaped name lies in the workspace.</summary>
    internal struct Member
    {
        public ulong NameHash;
        public int NameStart;
        public int NameLength;
        public int Start;
        public int Length;
        public int ValueStart;
        public int ValueLength;
        public bool IsNull;
    }
}
