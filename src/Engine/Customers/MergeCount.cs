using System.Buffers.Binary;
using Triggers.Engine.Segments;
using Triggers.Engine.Text;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Customers;

/// <summary>
/// How many keys of one kind a customer has asked to be handed: ever, and at which instants the latest. A text among the customer's values: four bytes with the number,
/// then four for the second of each instant, ascending; all little-endian.
/// </summary>
internal static class MergeCount
{
    public static readonly ulong Devices = Hash64.Of("identity: devices");

    public static readonly ulong People = Hash64.Of("identity: people");

    private const int Width = 4, BytesMax = Width * (2 + Limits.MergeInstantsMax);

    public static bool IsOne(ulong id) => id == Devices || id == People;

    public static uint Ever(Customer customer, ulong id) =>
        BytesOf(customer, id) is { IsEmpty: false } bytes ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : Linked(customer, id);

    /// <summary>Whether one more, at an instant, leaves at most so many in any time of a length.</summary>
    public static bool Fits(Customer customer, ulong id, int most, long withinMs, long instant)
    {
        var bytes = BytesOf(customer, id);
        var times = bytes.IsEmpty ? bytes : bytes[Width..];
        var (count, second) = (times.Length / Width, Second(instant));
        var place = Place(times, second);
        for (var first = Math.Max(0, place - most); first <= place && first + most <= count; first++)
        {
            if ((At(first + most, times, place, second) - (long)At(first, times, place, second)) * 1000 < withinMs)
            {
                return false;
            }
        }

        return true;
    }

    public static void Add(Customer customer, ulong id, long instant)
    {
        Span<byte> added = stackalloc byte[BytesMax];
        var bytes = BytesOf(customer, id);
        BinaryPrimitives.WriteUInt32LittleEndian(added, Ever(customer, id) + 1);
        var times = bytes.IsEmpty ? bytes : bytes[Width..];
        var second = Second(instant);
        var split = Place(times, second) * Width;
        times[..split].CopyTo(added[Width..]);
        BinaryPrimitives.WriteUInt32LittleEndian(added[(Width + split)..], second);
        times[split..].CopyTo(added[(Width + split + Width)..]);
        Set(customer, id, added, times.Length + Width);
    }

    /// <summary>Those of an absorbed customer come along.</summary>
    public static void Unite(Customer customer, in ValueState theirs, StateHeap heap)
    {
        var ours = BytesOf(customer, theirs.Id);
        ReadOnlySpan<byte> other = theirs.Text.Items(heap);
        Span<byte> united = stackalloc byte[Width + (2 * Width * (1 + Limits.MergeInstantsMax))];
        BinaryPrimitives.WriteUInt32LittleEndian(united, Number(ours) + Number(other));
        ours = ours.IsEmpty ? ours : ours[Width..];
        other = other.IsEmpty ? other : other[Width..];
        var length = 0;
        for (int left = 0, right = 0; left < ours.Length || right < other.Length; length += Width)
        {
            var isOurs = right == other.Length || (left < ours.Length && Number(ours[left..]) <= Number(other[right..]));
            (isOurs ? ours.Slice(left, Width) : other.Slice(right, Width)).CopyTo(united[(Width + length)..]);
            (left, right) = isOurs ? (left + Width, right) : (left, right + Width);
        }

        Set(customer, theirs.Id, united, length);
    }

    private static void Set(Customer customer, ulong id, Span<byte> bytes, int length)
    {
        var excess = Math.Max(0, length - (Width * Limits.MergeInstantsMax));
        bytes.Slice(Width + excess, length - excess).CopyTo(bytes[Width..]);
        ref var value = ref customer.Value(id);
        value.Type = ValueType.Text;
        value.Instant = length == 0 ? 0 : Number(bytes[(length - excess)..]) * 1000L;
        value.Text.Set(customer.Heap, bytes[..(Width + length - excess)]);
    }

    /// <summary>Merged by a program that did not count yet.</summary>
    private static uint Linked(Customer customer, ulong id)
    {
        uint count = 0;
        foreach (ref readonly var link in customer.Links.Items(customer.Heap))
        {
            count += link.Value == Customer.LinkAbsorbed && customer.Links.Name(customer.Heap, in link).StartsWith("a:"u8) == (id == Devices) ? 1u : 0;
        }

        return count;
    }

    private static ReadOnlySpan<byte> BytesOf(Customer customer, ulong id)
    {
        var index = Customer.FindValue(customer.Values, id);
        return index < 0 ? [] : customer.Values[index].Text.Items(customer.Heap);
    }

    /// <summary>The instant at a place, with the new one among them.</summary>
    private static uint At(int index, ReadOnlySpan<byte> times, int place, uint second) =>
        index == place ? second : Number(times[((index < place ? index : index - 1) * Width)..]);

    private static int Place(ReadOnlySpan<byte> times, uint second)
    {
        var place = times.Length / Width;
        while (place > 0 && Number(times[((place - 1) * Width)..]) > second)
        {
            place--;
        }

        return place;
    }

    private static uint Number(ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private static uint Second(long instant) => (uint)Math.Clamp(instant / 1000, 0, uint.MaxValue);
}
