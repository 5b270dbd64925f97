using Triggers.Engine.Customers;
using Triggers.Engine.Programs.Conditions;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Segments;

/// <summary>One value of a property and when it was seen, for one function on behaviour: a number, a text or a truth value.</summary>
internal struct ValueState : IHashed
{
    public ulong Id;
    public long Instant;
    public double Number;
    public HeapList<byte> Text;
    public ValueType Type;

    readonly ulong IHashed.Hash => Id;

    /// <summary>Not before the first value was set.</summary>
    public readonly bool IsSet => Type != ValueType.None;

    public readonly Scalar Read(StateHeap heap) => new() { Type = Type, Number = Number, Text = Text.Items(heap) };

    public void Set(StateHeap heap, long instant, scoped in Scalar value)
    {
        (Instant, Type, Number) = (instant, value.Type, value.Number);
        Text.Set(heap, value.Text);
    }

    /// <summary>An order of values seen in the same millisecond, so that none depends on which event came first.</summary>
    public readonly int CompareTo(StateHeap heap, scoped in Scalar other) =>
        Type != other.Type ? Type.CompareTo(other.Type) : Type == ValueType.Text ? Text.Items(heap).SequenceCompareTo(other.Text) : Number.CompareTo(other.Number);
}
