using System.Text;
using Triggers.Engine.Effects;
using Triggers.Engine.Text;

namespace Triggers.Engine.Customers;

/// <summary>
/// Who is whom. A known customer asks a device's anonymous customer (<c>link</c>), which hands itself over. An anonymous customer merges once. Two known customers merge
/// toward the smaller key, whichever asks, once both have been seen.
/// </summary>
internal ref partial struct Turn
{
    /// <summary>An event under a userId names the device it came from.</summary>
    private void LinkDevice()
    {
        if (_record.OtherId.Length > 0 && !_customer.IsAnonymous)
        {
            Ask("a:"u8, _record.OtherId);
        }
    }

    /// <summary>An alias names an earlier id, which may be a device's or a person's: both are asked; one that was never seen remembers it.</summary>
    private void LinkAlias()
    {
        if (_record.OtherId.Length == 0 || _customer.IsAnonymous)
        {
            return;
        }

        Ask("a:"u8, _record.OtherId);
        if (!_customer.KeyUtf8[2..].SequenceEqual(_record.OtherId))
        {
            Ask("u:"u8, _record.OtherId);
        }
    }

    private void Ask(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> id)
    {
        Span<byte> key = id.Length < 500 ? stackalloc byte[id.Length + 2] : new byte[id.Length + 2];
        prefix.CopyTo(key);
        id.CopyTo(key[2..]);
        var hash = Hash64.Of(key);
        var index = _customer.Links.Find(_customer.Heap, hash, key);
        if (index < 0 || _customer.Links.Items(_customer.Heap)[index].Value >= Customer.LinkRefused)
        {
            AskOrRefuse(index, hash, key);
        }
    }

    private readonly void AddLink(ulong hash, ReadOnlySpan<byte> key, long state)
    {
        ref var links = ref _customer.Links;
        if (links.Count >= Limits.LinkedKeysMax)
        {
            var forgotten = 0;
            var items = links.Items(_customer.Heap);
            for (var i = items.Length - 1; i > 0; i--)
            {
                forgotten = items[i].Value >= Customer.LinkRefused ? i : forgotten;
            }

            links.RemoveAt(_customer.Heap, forgotten);
        }

        links.Add(_customer.Heap, hash, key, state);
    }

    private void ApplyLink()
    {
        var other = _record.OtherId;
        if (other.SequenceEqual(_customer.KeyUtf8))
        {
            return;
        }

        if (_customer.IsAnonymous)
        {
            if (CutOff() < 0)
            {
                HandOver(other);
            }
            else
            {
                Tell(DecisionKind.MergeRefused, Encoding.UTF8.GetString(other), "split by hand");
            }
        }
        else if (_customer.Exists)
        {
            Resolve(other);
        }
        else if (_customer.Links.Find(_customer.Heap, Hash64.Of(other), other) < 0)
        {
            AddLink(Hash64.Of(other), other, Customer.LinkPending);
        }
    }

    /// <summary>Two known customers are one person: the larger key is absorbed by the smaller.</summary>
    private void Resolve(ReadOnlySpan<byte> other)
    {
        if (other.SequenceCompareTo(_customer.KeyUtf8) < 0)
        {
            HandOver(other);
            return;
        }

        var hash = Hash64.Of(other);
        var index = _customer.Links.Find(_customer.Heap, hash, other);
        if (index < 0 || _customer.Links.Items(_customer.Heap)[index].Value is Customer.LinkPending or >= Customer.LinkRefused)
        {
            AskOrRefuse(index, hash, other);
        }
    }

    /// <summary>Seen for the first time: whoever asked before is answered now.</summary>
    private void ResolvePendingLinks()
    {
        for (var i = 0; i < _customer.Links.Count; i++)
        {
            if (_customer.Links.Items(_customer.Heap)[i].Value == Customer.LinkPending)
            {
                Resolve(_customer.Links.Name(_customer.Heap, in _customer.Links.Items(_customer.Heap)[i]).ToArray());
                if (_customer.MergedInto is not null)
                {
                    return;
                }
            }
        }
    }
}
