using System.Buffers;
using System.Numerics;
using System.Text.Json;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Programs.Json;
using Triggers.Engine.Records;
using Triggers.Engine.Text;

namespace Triggers.Engine.Customers;

/// <summary>Scratch memory of the machine, one a thread: nothing in it outlives a call of <see cref="Machine.Apply"/>.</summary>
internal sealed class Workspace
{
    [ThreadStatic]
    private static Workspace? t_current;

    private readonly byte[][] _folded = [[], []];
    private readonly List<TraitMerge.Member>[] _members = [[], []];
    private byte[] _element = [];
    private JsonSlot[] _traitSlots = [];
    private JsonSlot[] _groupSlots = [];
    private byte[] _names = [];
    private int _nameBytes;

    /// <summary>Segments to test, a bit each; those between these two words, if any.</summary>
    private ulong[] _queued = [];
    private int _firstQueued = int.MaxValue;
    private int _lastQueued = -1;

    public static Workspace Current => t_current ??= new Workspace();

    /// <summary>Properties of the event in hand.</summary>
    public JsonSlot[] Properties { get; private set; } = [];

    public JsonText Text { get; } = new();

    public JsonText TraitText { get; } = new();

    public JsonText GroupText { get; } = new();

    public ByteWriter Output { get; } = new();

    public ByteWriter State { get; } = new();

    public ChainScratch Chain { get; } = new();

    public ArrayBufferWriter<byte> Data { get; } = new(4096);

    /// <summary>Where behaviours were last found among those of some customer, by their index: a guess, often good.</summary>
    public int[] BehaviourPlaces { get; private set; } = [];

    /// <summary>Behaviours that the event in hand adds to, each with its value.</summary>
    public List<(CompiledBehaviour Behaviour, long Sum)> Matched { get; } = [];

    /// <summary>Campaigns to try, by index, once segments have settled.</summary>
    public List<int> Triggered { get; } = [];

    /// <summary>A text without capitals, in one of two places.</summary>
    public ReadOnlySpan<byte> Fold(int place, ReadOnlySpan<byte> text) => CaseFolding.Fold(text, ref _folded[place]);

    /// <summary>The text that a reader stands at, until the next one is asked for.</summary>
    public ReadOnlySpan<byte> Unescape(scoped ref Utf8JsonReader reader)
    {
        if (_element.Length < reader.ValueSpan.Length)
        {
            _element = new byte[Math.Max(256, reader.ValueSpan.Length)];
        }

        return _element.AsSpan(0, reader.CopyString(_element));
    }

    public JsonSlot[] TraitSlots(int count)
    {
        if (_traitSlots.Length < count)
        {
            _traitSlots = new JsonSlot[count];
        }

        return _traitSlots;
    }

    public JsonSlot[] GroupSlots(int count)
    {
        if (_groupSlots.Length < count)
        {
            _groupSlots = new JsonSlot[count];
        }

        return _groupSlots;
    }

    public void Reserve(int properties, int segments, int behaviours)
    {
        if (Properties.Length < properties)
        {
            Properties = new JsonSlot[properties];
        }

        if (BehaviourPlaces.Length <= behaviours)
        {
            BehaviourPlaces = new int[behaviours + 1];
        }

        while (TryDequeue(out _))
        {
            // Left behind by a record that failed.
        }

        if (_queued.Length * 64 < segments)
        {
            _queued = new ulong[(segments + 63) / 64];
        }

        Triggered.Clear();
    }

    /// <summary>Queues a segment for evaluation, once.</summary>
    public void Queue(int segment)
    {
        var word = segment >> 6;
        _queued[word] |= 1UL << segment;
        _firstQueued = Math.Min(_firstQueued, word);
        _lastQueued = Math.Max(_lastQueued, word);
    }

    public void Queue(ReadOnlySpan<int> segments)
    {
        foreach (var segment in segments)
        {
            Queue(segment);
        }
    }

    /// <summary>Takes the queued segment that stands first in dependency order.</summary>
    public bool TryDequeue(out int segment)
    {
        for (; _firstQueued <= _lastQueued; _firstQueued++)
        {
            ref var bits = ref _queued[_firstQueued];
            if (bits != 0)
            {
                segment = (_firstQueued << 6) + BitOperations.TrailingZeroCount(bits);
                bits &= bits - 1;
                return true;
            }
        }

        (_firstQueued, _lastQueued, segment) = (int.MaxValue, -1, 0);
        return false;
    }

    public List<TraitMerge.Member> Members(int index)
    {
        if (index == 0)
        {
            _nameBytes = 0;
        }

        return _members[index];
    }

    public void AddName(ref Utf8JsonReader reader, ref TraitMerge.Member member, List<TraitMerge.Member> members)
    {
        if (members.Count == 0 && ReferenceEquals(members, _members[0]))
        {
            _nameBytes = 0;
        }

        var need = _nameBytes + reader.ValueSpan.Length;
        if (_names.Length < need)
        {
            Array.Resize(ref _names, Math.Max(need, Math.Max(256, _names.Length * 2)));
        }

        member.NameStart = _nameBytes;
        member.NameLength = reader.CopyString(_names.AsSpan(_nameBytes));
        member.NameHash = Hash64.Of(_names.AsSpan(_nameBytes, member.NameLength));
        _nameBytes += member.NameLength;
    }

    public ReadOnlySpan<byte> Name(in TraitMerge.Member member) => _names.AsSpan(member.NameStart, member.NameLength);
}
