using System.Diagnostics.CodeAnalysis;

namespace Triggers.Runtime.Programs;

/// <summary>Holds what was made for some numbers, up to so many: who was asked for longest ago leaves. Not for several threads at once.</summary>
internal sealed class RecentlyUsed<T>(int most)
{
    private readonly Dictionary<int, LinkedListNode<(int Number, T Value)>> _held = [];
    private readonly LinkedList<(int Number, T Value)> _order = [];

    public bool TryGet(int number, [MaybeNullWhen(false)] out T value)
    {
        var isHeld = _held.TryGetValue(number, out var node);
        value = isHeld ? node!.Value.Value : default;
        if (isHeld)
        {
            _order.Remove(node!);
            _order.AddLast(node!);
        }

        return isHeld;
    }

    public T Set(int number, T value)
    {
        if (_held.Remove(number, out var former))
        {
            _order.Remove(former);
        }

        _held[number] = _order.AddLast((number, value));
        if (_held.Count > most)
        {
            _held.Remove(_order.First!.Value.Number);
            _order.RemoveFirst();
        }

        return value;
    }
}
