using System.Text;
using Triggers.Engine.Effects;
using Triggers.Engine.Programs;
using Triggers.Engine.Records;
using Triggers.Engine.Text;

namespace Triggers.Engine.Customers;

/// <summary>
/// A customer is erased with every key that was absorbed. Whom it asked and who has not answered may be handing itself over just then: such a key is disowned, what comes of it
/// is dropped, and it answers behind that.
/// </summary>
internal ref partial struct Turn
{
    /// <summary>Everything known is forgotten, here and under the keys that were absorbed; counters are as if the customer had never been.</summary>
    private readonly void Erase()
    {
        CancelUnsent(null, "erased");
        foreach (var key in _customer.AbsorbedKeys)
        {
            _effects.Records.AddCommand(Encoding.UTF8.GetBytes(key), CommandKind.Erase, "");
        }

        var disowned = Disown();
        LeaveGroups();
        Leave();
        for (var i = 0; i < _customer.EntryList.Count; i++)
        {
            if (_customer.Entries[i].Status == EntryStatus.Active)
            {
                End(i, null, EntryStatus.Exited, "erased");
            }
        }

        foreach (ref readonly var message in _customer.Messages)
        {
            // Its row goes with the others, so nothing else will come of it.
            if ((message.Flags & Ended) == 0)
            {
                Count(Counters.MessagesSkipped, _program.Family(message.Campaign)?.Counters.Skipped("erased"), 1);
            }
        }

        _effects.Index(_customer.Key, null, null);
        if (_customer.Exists || _record.Name.IsEmpty)
        {
            Tell(DecisionKind.Erased, "");
        }

        _customer.Forget();
        foreach (var key in disowned)
        {
            AddLink(Hash64.Of(key), key, Customer.LinkDisowned);
        }
    }

    /// <summary>Tells whoever was asked and has not answered; gives back the keys whose answer is still to come.</summary>
    private readonly List<byte[]> Disown()
    {
        var keys = new List<byte[]>();
        foreach (ref readonly var link in _customer.Links.Items(_customer.Heap))
        {
            var key = _customer.Links.Name(_customer.Heap, in link);
            if (link.Value == Customer.LinkAsked)
            {
                _effects.Records.AddCommand(key, CommandKind.Disown, _customer.Key);
                keys.Add(key.ToArray());
            }
            else if (link.Value == Customer.LinkDisowned && !key.SequenceEqual(_record.Name))
            {
                keys.Add(key.ToArray());
            }
        }

        return keys;
    }

    /// <summary>Who had asked for this key is erased: part of them, it is erased, too, and they once more, behind what it passed on to them. Of anybody else, it says so.</summary>
    private readonly void AnswerDisowner()
    {
        var by = _record.Name;
        var isTheirs = _customer.MergedIntoUtf8.AsSpan().SequenceEqual(by);
        if (isTheirs)
        {
            _effects.Records.AddCommand(_customer.KeyUtf8, CommandKind.Erase, "");
        }
        else if (_customer.MergedInto is not null && !_customer.IsAnonymous)
        {
            // Their link was passed on, too.
            _effects.Records.AddCommand(_customer.MergedIntoUtf8, CommandKind.Disown, Encoding.UTF8.GetString(by));
        }

        var index = _customer.Links.Find(_customer.Heap, Hash64.Of(by), by);
        if (index >= 0 && _customer.Links.Items(_customer.Heap)[index].Value is Customer.LinkAsked or Customer.LinkPending or >= Customer.LinkRefused)
        {
            _customer.Links.RemoveAt(_customer.Heap, index);
        }

        _effects.Records.AddCommand(by, isTheirs ? CommandKind.Erase : CommandKind.Disowned, _customer.Key);
    }

    /// <summary>Nothing comes of that key any more. Where nobody has come back, what tells of its asking is erased as well.</summary>
    private readonly void BeAnswered()
    {
        var key = _record.Name;
        var index = _customer.Links.Find(_customer.Heap, Hash64.Of(key), key);
        if (index >= 0 && _customer.Links.Items(_customer.Heap)[index].Value == Customer.LinkDisowned)
        {
            _customer.Links.RemoveAt(_customer.Heap, index);
        }

        if (!_customer.Exists && !_customer.IsSuppressed && _customer.OptedOutChannels.Length == 0)
        {
            _effects.Records.AddCommand(_customer.KeyUtf8, CommandKind.Erase, Encoding.UTF8.GetString(key));
        }
    }
}
