using System.Text;
using Triggers.Engine.Programs.Conditions;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Customers;

/// <summary>Static lists: who was put on one is on it until taken off, seen before or not, asked for or not.</summary>
internal ref partial struct Turn
{
    private void ApplyList(bool joins)
    {
        var id = Encoding.UTF8.GetString(_record.Name);
        if (!StaticList.IsId(id))
        {
            return;
        }

        var key = StaticList.KeyOf(id);
        var index = Customer.FindValue(_customer.Values, key);
        if (index >= 0 == joins)
        {
            return;
        }

        if (joins)
        {
            PutOn(key, Encoding.UTF8.GetBytes(StaticList.TextOf(id)), _instant);
        }
        else
        {
            _customer.Values[index].Text.Free(_customer.Heap);
            _customer.ValueList.RemoveAt(_customer.Heap, index);
        }

        if (!_customer.Exists)
        {
            return;
        }

        QueueList(key);
        SettleSegments();
        TestExits();
        EnterTriggered();
    }

    private readonly void PutOn(ulong key, ReadOnlySpan<byte> text, long since) =>
        _customer.Value(key).Set(_customer.Heap, since, new Scalar { Type = ValueType.Text, Text = text });

    private readonly void QueueList(ulong key)
    {
        if (_program.ListSegments.TryGetValue(key, out var segments))
        {
            _work.Queue(segments);
        }
    }

    /// <summary>Seen for the first time: the lists that waited for this customer take effect.</summary>
    private readonly void QueueLists()
    {
        foreach (ref readonly var value in _customer.Values)
        {
            if (StaticList.Is(in value, _customer.Heap))
            {
                QueueList(value.Id);
            }
        }
    }

    /// <summary>Of two who are one person, what either is on; since the earlier of both.</summary>
    /// <returns>The customer is on a list now that it was not on before.</returns>
    private readonly bool UniteLists(Customer absorbed)
    {
        var joined = false;
        foreach (ref readonly var theirs in absorbed.Values)
        {
            if (!StaticList.Is(in theirs, absorbed.Heap))
            {
                continue;
            }

            var index = Customer.FindValue(_customer.Values, theirs.Id);
            if (index >= 0)
            {
                _customer.Values[index].Instant = Math.Min(_customer.Values[index].Instant, theirs.Instant);
                continue;
            }

            PutOn(theirs.Id, theirs.Text.Items(absorbed.Heap), theirs.Instant);
            QueueList(theirs.Id);
            joined = true;
        }

        return joined;
    }
}
