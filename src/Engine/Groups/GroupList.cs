using System.Buffers;
using System.Text.Json;
using Triggers.Engine.Customers;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Records;
using Triggers.Engine.Text;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Groups;

/// <summary>The groups of one customer, the latest first, and the traits of that one: kept among the customer's values, so that who is in no group has nothing of it.</summary>
internal sealed class GroupList
{
    private static readonly ulong s_list = Hash64.Of("groups"), s_traits = Hash64.Of("group traits");

    private readonly List<Membership> _items = [];

    /// <param name="At">The latest <c>occurredAt</c> of a call that named it.</param>
    public readonly record struct Membership(byte[] Id, long At);

    public IReadOnlyList<Membership> Items => _items;

    /// <summary>The group that conditions ask for; empty: none.</summary>
    public ReadOnlySpan<byte> Current => _items.Count > 0 ? _items[0].Id : default;

    /// <summary>Such a value is no behaviour's: no program drops it.</summary>
    public static bool Owns(ulong value) => value == s_list || value == s_traits;

    public static GroupList Of(Customer customer)
    {
        var list = new GroupList();
        var reader = new SpanReader(TextOf(customer, s_list));
        while (!reader.AtEnd)
        {
            list._items.Add(new Membership(reader.Text().ToArray(), reader.ZigZag()));
        }

        return list;
    }

    /// <summary>The id of the latest group, where it lies; empty: none.</summary>
    public static ReadOnlySpan<byte> CurrentOf(Customer customer)
    {
        var text = TextOf(customer, s_list);
        return text.IsEmpty ? default : new SpanReader(text).Text();
    }

    /// <summary>The JSON of the latest group's traits, where it lies; empty: none, or not told yet.</summary>
    public static ReadOnlySpan<byte> TraitsOf(Customer customer) => TraitsOf(customer, out _, out _);

    /// <param name="group">Whose they are.</param>
    /// <param name="revision">Which they are; 0: none were told.</param>
    public static ReadOnlySpan<byte> TraitsOf(Customer customer, out ReadOnlySpan<byte> group, out long revision)
    {
        group = default;
        revision = 0;
        var index = Customer.FindValue(customer.Values, s_traits);
        if (index < 0)
        {
            return default;
        }

        ref readonly var value = ref customer.Values[index];
        var text = value.Text.Items(customer.Heap);
        var reader = new SpanReader(text);
        group = reader.Text();
        revision = value.Instant;
        return text[reader.Position..];
    }

    /// <summary>The latest group as templates see it, as conditions do: its traits, and its id as <c>id</c>; empty: none.</summary>
    public static byte[] TemplateJsonOf(Customer customer)
    {
        var id = CurrentOf(customer);
        if (id.IsEmpty)
        {
            return [];
        }

        var output = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, id);
            var traits = TraitsOf(customer);
            var reader = new Utf8JsonReader(traits.IsEmpty ? "{}"u8 : traits);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                if (name != "id")
                {
                    writer.WritePropertyName(name);
                    writer.WriteRawValue(traits[start..(int)reader.BytesConsumed], skipInputValidation: true);
                }
            }

            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>Which traits of a group the customer holds; 0: none.</summary>
    public static long RevisionOf(Customer customer, ReadOnlySpan<byte> group)
    {
        TraitsOf(customer, out var held, out var revision);
        return held.SequenceEqual(group) ? revision : 0;
    }

    public static void SetTraits(Customer customer, ReadOnlySpan<byte> group, long revision, ReadOnlySpan<byte> json)
    {
        using var text = new ByteWriter(group.Length + json.Length + 8);
        text.Text(group);
        text.Bytes(json);
        customer.Value(s_traits).Set(customer.Heap, revision, new Scalar { Type = ValueType.Text, Text = text.Written });
    }

    public int Find(ReadOnlySpan<byte> id)
    {
        for (var i = 0; i < _items.Count; i++)
        {
            if (_items[i].Id.AsSpan().SequenceEqual(id))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>A call named the group; returns the group that is one too many and left, which may be this one.</summary>
    public byte[]? Add(ReadOnlySpan<byte> id, long at)
    {
        var index = Find(id);
        if (index >= 0)
        {
            at = Math.Max(at, _items[index].At);
            _items.RemoveAt(index);
        }

        var place = 0;
        while (place < _items.Count && (_items[place].At > at || (_items[place].At == at && _items[place].Id.AsSpan().SequenceCompareTo(id) < 0)))
        {
            place++;
        }

        _items.Insert(place, new Membership(id.ToArray(), at));
        if (_items.Count <= Limits.GroupsPerCustomerMax)
        {
            return null;
        }

        var last = _items[^1].Id;
        _items.RemoveAt(_items.Count - 1);
        return last;
    }

    public void RemoveAt(int index) => _items.RemoveAt(index);

    /// <summary>Keeps them with the customer, and the traits only if they are still those of the latest group. true: that is another one now.</summary>
    public bool Save(Customer customer)
    {
        var moved = !CurrentOf(customer).SequenceEqual(Current);
        if (_items.Count == 0)
        {
            Remove(customer, s_list);
        }
        else
        {
            using var text = new ByteWriter(256);
            foreach (var item in _items)
            {
                text.Text(item.Id);
                text.ZigZag(item.At);
            }

            customer.Value(s_list).Set(customer.Heap, _items[0].At, new Scalar { Type = ValueType.Text, Text = text.Written });
        }

        TraitsOf(customer, out var held, out _);
        if (!held.SequenceEqual(Current))
        {
            Remove(customer, s_traits);
        }

        return moved;
    }

    private static ReadOnlySpan<byte> TextOf(Customer customer, ulong id)
    {
        var index = Customer.FindValue(customer.Values, id);
        return index < 0 ? default : customer.Values[index].Text.Items(customer.Heap);
    }

    private static void Remove(Customer customer, ulong id)
    {
        var index = Customer.FindValue(customer.Values, id);
        if (index >= 0)
        {
            customer.Values[index].Text.Free(customer.Heap);
            customer.ValueList.RemoveAt(customer.Heap, index);
        }
    }
}
