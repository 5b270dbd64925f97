using System.Text.Json;
using Triggers.Engine.Records;

namespace Triggers.Engine.Groups;

/// <summary>A group's traits: of each the value that was said last, by <c>occurredAt</c>. Ascending by name, so that the same calls make the same JSON.</summary>
internal sealed class GroupTraits
{
    private readonly List<GroupTrait> _items = [];
    private byte[]? _json;
    private int _bytes;

    public IReadOnlyList<GroupTrait> Items => _items;

    /// <summary>UTF-8 JSON object; empty: no traits.</summary>
    public ReadOnlySpan<byte> Json => _json ??= Write();

    /// <summary>Takes in the traits of a call; true: they are others now. What is no JSON object says nothing.</summary>
    public bool Merge(ReadOnlySpan<byte> json, long occurredAt)
    {
        if (json.Length < 3)
        {
            return false;
        }

        var called = new List<GroupTrait>();
        try
        {
            Read(json, occurredAt, called);
        }
        catch (JsonException)
        {
            return false;
        }

        var before = Json;
        foreach (var trait in called)
        {
            Set(trait);
        }

        _json = null;
        return !before.SequenceEqual(Json);
    }

    /// <summary>Takes in a trait as it was stored.</summary>
    public void Add(in GroupTrait trait)
    {
        _items.Add(trait);
        _bytes += trait.Bytes;
        _json = null;
    }

    private static void Read(ReadOnlySpan<byte> json, long occurredAt, List<GroupTrait> called)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = new byte[reader.ValueSpan.Length];
            name = name[..reader.CopyString(name)];
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            var isNull = reader.TokenType == JsonTokenType.Null;
            reader.Skip();
            var trait = new GroupTrait(name, isNull ? [] : json[start..(int)reader.BytesConsumed].ToArray(), occurredAt);
            var known = called.FindIndex(item => item.Name.AsSpan().SequenceEqual(name));
            if (known >= 0)
            {
                // JSON's last one wins.
                called[known] = trait;
            }
            else
            {
                called.Add(trait);
            }
        }
    }

    private void Set(in GroupTrait trait)
    {
        var index = Find(trait.Name);
        if (index >= 0)
        {
            var former = _items[index];
            if (former.GivesWayTo(trait.Value, trait.At) && _bytes - former.Bytes + trait.Bytes <= Limits.GroupTraitBytesMax)
            {
                _items[index] = trait;
                _bytes += trait.Bytes - former.Bytes;
            }

            return;
        }

        if (_bytes + trait.Bytes <= Limits.GroupTraitBytesMax && (_items.Count < Limits.GroupTraitsMax || ForgetRemoved()))
        {
            _items.Insert(-1 - Find(trait.Name), trait);
            _bytes += trait.Bytes;
        }
    }

    /// <summary>Index of a trait, or −1 − where it belongs.</summary>
    private int Find(ReadOnlySpan<byte> name)
    {
        int low = 0, high = _items.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = _items[middle].Name.AsSpan().SequenceCompareTo(name);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return -1 - low;
    }

    /// <summary>Makes room: the trait that was removed longest ago is not remembered any more. false: all have values.</summary>
    private bool ForgetRemoved()
    {
        var oldest = -1;
        for (var i = 0; i < _items.Count; i++)
        {
            if (_items[i].Value.Length == 0 && (oldest < 0 || _items[i].At < _items[oldest].At))
            {
                oldest = i;
            }
        }

        if (oldest < 0)
        {
            return false;
        }

        _bytes -= _items[oldest].Bytes;
        _items.RemoveAt(oldest);
        return true;
    }

    private byte[] Write()
    {
        using var json = new ByteWriter(_bytes + 2);
        foreach (var trait in _items)
        {
            if (trait.Value.Length > 0)
            {
                json.Byte(json.Length == 0 ? (byte)'{' : (byte)',');
                WriteName(json, trait.Name);
                json.Byte((byte)':');
                json.Bytes(trait.Value);
            }
        }

        if (json.Length > 0)
        {
            json.Byte((byte)'}');
        }

        return json.Written.ToArray();
    }

    private static void WriteName(ByteWriter json, ReadOnlySpan<byte> name)
    {
        json.Byte((byte)'"');
        foreach (var b in name)
        {
            if (b is (byte)'"' or (byte)'\\')
            {
                json.Byte((byte)'\\');
                json.Byte(b);
            }
            else if (b < 0x20)
            {
                json.Bytes("\\u00"u8);
                json.Byte((byte)('0' + (b >> 4)));
                json.Byte((byte)"0123456789abcdef"[b & 15]);
            }
            else
            {
                json.Byte(b);
            }
        }

        json.Byte((byte)'"');
    }
}
