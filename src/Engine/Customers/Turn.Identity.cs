using System.Text;
using Triggers.Engine.Effects;
using Triggers.Engine.Expressions;
using Triggers.Engine.Records;
using Triggers.Engine.Text;

namespace Triggers.Engine.Customers;

/// <summary>
/// What the rules of identity.yaml stop, and what people order instead. Whoever would absorb decides, before it asks: so an answer never comes to a customer who refuses it,
/// and both sides agree.
/// </summary>
internal ref partial struct Turn
{
    /// <summary>Why a key is not to be asked or taken in; <see cref="MergeRule.None"/>: it may.</summary>
    private readonly MergeRule RuleAgainst(ReadOnlySpan<byte> key)
    {
        var rules = _program.Definitions.Identity;
        if (rules.NeverMerges(key[2..]) || rules.NeverMerges(_customer.KeyUtf8[2..]))
        {
            return MergeRule.Never;
        }

        if (key.StartsWith("a:"u8))
        {
            return MergeCount.Ever(_customer, MergeCount.Devices) >= rules.DevicesEver ? MergeRule.DevicesEver
                : MergeCount.Fits(_customer, MergeCount.Devices, rules.DevicesRecently, rules.DevicesWithinMs, _occurredAt) ? MergeRule.None
                : MergeRule.DevicesRecently;
        }

        // A larger key than ours comes to us; a smaller one takes us in, and looks at its own limits.
        return !rules.MergesPeople ? MergeRule.PeopleNever
            : key.SequenceCompareTo(_customer.KeyUtf8) > 0 && MergeCount.Ever(_customer, MergeCount.People) >= rules.PeopleEver ? MergeRule.PeopleEver
            : MergeRule.None;
    }

    /// <summary>Asks, unless a rule stops it.</summary>
    /// <param name="index">Of the key's link, or −1.</param>
    private readonly void AskOrRefuse(int index, ulong hash, ReadOnlySpan<byte> key)
    {
        var rule = RuleAgainst(key);
        if (rule != MergeRule.None)
        {
            Refuse(index, hash, key, rule);
            return;
        }

        var isDevice = key.StartsWith("a:"u8);
        if (isDevice || key.SequenceCompareTo(_customer.KeyUtf8) > 0)
        {
            MergeCount.Add(_customer, isDevice ? MergeCount.Devices : MergeCount.People, _occurredAt);
        }

        if (index >= 0)
        {
            _customer.Links.ValueAt(_customer.Heap, index) = Customer.LinkAsked;
        }
        else
        {
            AddLink(hash, key, Customer.LinkAsked);
        }

        _effects.Records.AddLink(key, _customer.KeyUtf8, LinkFlags);
    }

    /// <summary>Remembers the latest refused keys, and tells of the first: an id that everybody has would tell of each event.</summary>
    private readonly void Refuse(int index, ulong hash, ReadOnlySpan<byte> key, MergeRule rule)
    {
        if (index >= 0)
        {
            _customer.Links.ValueAt(_customer.Heap, index) = Customer.LinkRefused + (long)rule;
            return;
        }

        int refused = 0, oldest = -1;
        var links = _customer.Links.Items(_customer.Heap);
        for (var i = 0; i < links.Length; i++)
        {
            if (links[i].Value >= Customer.LinkRefused)
            {
                oldest = oldest < 0 ? i : oldest;
                refused++;
            }
        }

        if (refused >= Limits.RefusedKeysMax)
        {
            _customer.Links.RemoveAt(_customer.Heap, oldest);
        }
        else if (!_isSilent)
        {
            Tell(DecisionKind.MergeRefused, Encoding.UTF8.GetString(key), MergeRules.Explain(rule, _program.Definitions.Identity));
        }

        AddLink(hash, key, Customer.LinkRefused + (long)rule);
    }

    /// <summary>An order to be absorbed by another customer, past every limit.</summary>
    private void MergeByHand()
    {
        var other = _record.Name;
        if (other.StartsWith("u:"u8) && (_customer.IsAnonymous || other.SequenceCompareTo(_customer.KeyUtf8) < 0))
        {
            HandOver(other);
        }
    }

    /// <summary>An order to the customer who holds a device: its key is never asked again.</summary>
    private readonly void LetGo()
    {
        var key = _record.Name;
        if (_customer.IsAnonymous)
        {
            ForgetHolder();
            return;
        }

        if (!key.StartsWith("a:"u8))
        {
            return;
        }

        var hash = Hash64.Of(key);
        var index = _customer.Links.Find(_customer.Heap, hash, key);
        if (index >= 0)
        {
            _customer.Links.ValueAt(_customer.Heap, index) = Customer.LinkSplit;
        }
        else
        {
            AddLink(hash, key, Customer.LinkSplit);
        }
    }

    /// <summary>An order to a device that was merged: from here on it is a customer of its own, of whom nothing is known yet. What it did stays where it is.</summary>
    private readonly void StandAlone()
    {
        if (_record.Name.IsEmpty)
        {
            return;
        }

        var holder = _customer.MergedIntoUtf8;
        _customer.Forget();
        AddLink(Hash64.Of(holder), holder, Customer.LinkSplit);
    }

    /// <summary>Who held this device is being erased: its own key stands for that from here on.</summary>
    private readonly void ForgetHolder()
    {
        var index = CutOff();
        if (index >= 0)
        {
            _customer.Links.RemoveAt(_customer.Heap, index);
            AddLink(_customer.Hash, _customer.KeyUtf8.ToArray(), Customer.LinkSplit);
        }
    }

    /// <summary>The link of a device that was cut off by hand; −1: it was not.</summary>
    private readonly int CutOff()
    {
        var links = _customer.Links.Items(_customer.Heap);
        var index = _customer.IsAnonymous ? links.Length - 1 : -1;
        while (index >= 0 && links[index].Value != Customer.LinkSplit)
        {
            index--;
        }

        return index;
    }

    /// <summary>Who holds what this device did before it was cut off; empty: nobody.</summary>
    private readonly ReadOnlySpan<byte> FormerHolder()
    {
        var index = CutOff();
        var holder = index < 0 ? default : _customer.Links.Name(_customer.Heap, in _customer.Links.Items(_customer.Heap)[index]);
        return holder.SequenceEqual(_customer.KeyUtf8) ? default : holder;
    }
}
