using Triggers.Engine.Groups;
using Triggers.Engine.Records;

namespace Triggers.Engine.Customers;

/// <summary>A customer and its groups: calls that name them, what they tell, and what becomes of them when customers merge.</summary>
internal ref partial struct Turn
{
    /// <summary>A group call makes whoever sends it a member, and brings the group its traits.</summary>
    private void CallGroup()
    {
        var id = _record.Name;
        if (id.IsEmpty)
        {
            return;
        }

        var groups = GroupList.Of(_customer);
        var isNew = groups.Find(id) < 0;
        var left = groups.Add(id, _occurredAt);
        if (left is not null && left.AsSpan().SequenceEqual(id))
        {
            // Late, and older than all that are kept: no member any more, but what was said of the group was said.
            TellGroup(GroupKind.Changed, id, _occurredAt, _record.Body);
            return;
        }

        if (left is not null)
        {
            LeaveGroup(left, _customer.Hash);
        }

        SaveGroups(groups);
        var isToldNothing = groups.Current.SequenceEqual(id) && GroupList.RevisionOf(_customer, id) == 0;
        if (isNew || isToldNothing || _record.Body.Length > 2)
        {
            TellGroup(GroupKind.Joined, id, _occurredAt, _record.Body);
        }
    }

    private void ApplyGroup()
    {
        if (!_customer.Exists || _record.OtherId.Length < 3)
        {
            return;
        }

        var id = _record.OtherId[2..];
        var groups = GroupList.Of(_customer);
        var index = groups.Find(id);
        if (_record.GroupKind == GroupKind.Gone)
        {
            if (index < 0)
            {
                return;
            }

            groups.RemoveAt(index);
            SaveGroups(groups);
            AskCurrent(groups);
        }
        else if (index < 0)
        {
            // It takes us for a member, which we are not (any more).
            LeaveGroup(id, _customer.Hash);
            return;
        }
        else if (groups.Current.SequenceEqual(id) && _record.Number > GroupList.RevisionOf(_customer, id))
        {
            GroupList.SetTraits(_customer, id, _record.Number, _record.Body);
            _work.Queue(_program.GroupSegments);
        }

        SettleSegments();
        TestExits();
        EnterTriggered();
    }

    /// <summary>The groups of two that are one now: those named last stay, under the key that stays.</summary>
    private readonly void UniteGroups(Customer absorbed)
    {
        var theirs = GroupList.Of(absorbed);
        if (theirs.Items.Count == 0)
        {
            return;
        }

        var ours = GroupList.Of(_customer);
        var before = GroupList.Of(_customer);
        foreach (var item in theirs.Items)
        {
            LeaveGroup(item.Id, absorbed.Hash);
            ours.Add(item.Id, item.At);
        }

        foreach (var item in before.Items)
        {
            if (ours.Find(item.Id) < 0)
            {
                LeaveGroup(item.Id, _customer.Hash);
            }
        }

        SaveGroups(ours);
        var json = GroupList.TraitsOf(absorbed, out var held, out var revision);
        if (held.SequenceEqual(ours.Current) && revision > GroupList.RevisionOf(_customer, held))
        {
            GroupList.SetTraits(_customer, held, revision, json);
            _work.Queue(_program.GroupSegments);
        }

        foreach (var item in ours.Items)
        {
            if (before.Find(item.Id) < 0)
            {
                TellGroup(GroupKind.Joined, item.Id, item.At, []);
            }
        }

        if (before.Find(ours.Current) >= 0)
        {
            AskCurrent(ours);
        }
    }

    private readonly void LeaveGroups()
    {
        foreach (var item in GroupList.Of(_customer).Items)
        {
            LeaveGroup(item.Id, _customer.Hash);
        }
    }

    private readonly void SaveGroups(GroupList groups)
    {
        if (groups.Save(_customer))
        {
            _work.Queue(_program.GroupSegments);
        }
    }

    /// <summary>Another group has become the latest: what it is like is asked of it.</summary>
    private readonly void AskCurrent(GroupList groups)
    {
        if (groups.Items.Count > 0 && GroupList.RevisionOf(_customer, groups.Current) == 0)
        {
            TellGroup(GroupKind.Joined, groups.Current, groups.Items[0].At, []);
        }
    }

    private readonly void TellGroup(GroupKind kind, ReadOnlySpan<byte> id, long occurredAt, ReadOnlySpan<byte> traits) =>
        _effects.Records.AddGroup(GroupKey(id), kind, _customer.KeyUtf8, occurredAt, GroupList.RevisionOf(_customer, id), traits, LinkFlags);

    /// <summary>By the hash of the key: who leaves because of an erasure must not be named once more.</summary>
    private readonly void LeaveGroup(ReadOnlySpan<byte> id, ulong member) =>
        _effects.Records.AddGroup(GroupKey(id), GroupKind.Left, [], 0, (long)member, [], LinkFlags);

    private static byte[] GroupKey(ReadOnlySpan<byte> id) => [.. "g:"u8, .. id];
}
