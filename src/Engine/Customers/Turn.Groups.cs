using Triggers.Engine.Groups;
using Triggers.Engine.Records;
using Triggers.Engine.Text;

namespace Triggers.Engine.Customers;

/// <summary>A group and one record: it is no customer, but an actor under its own key, which keeps the traits and tells them to its members.</summary>
internal ref partial struct Turn
{
    /// <summary>What comes for a group's key is a group's, whatever is known of it.</summary>
    private readonly bool IsOfGroup => _customer.Group is not null || _record.IsForGroup;

    private readonly void RunGroup()
    {
        var group = _customer.Group ??= new GroupState();
        var name = SearchableTraits.Read(group.Traits.Json).Name;
        var isKnown = !group.IsEmpty;
        switch (_record.Kind)
        {
            case RecordKind.Group:
                ApplyCall(group);
                break;
            case RecordKind.Command when _record.CommandKind == CommandKind.Erase:
                Dissolve(group);
                return;
        }

        if (group.IsBehind && group.Due <= _second)
        {
            TellMembers(group);
        }

        if (group.IsEmpty)
        {
            _customer.Forget();
            _effects.Index(_customer.Key, null, null);
        }
        else if (SearchableTraits.Read(group.Traits.Json).Name is var now && (!isKnown || now != name))
        {
            _effects.Index(_customer.Key, null, now);
        }

        _customer.FindDue();
    }

    private readonly void ApplyCall(GroupState group)
    {
        if (_record.GroupKind == GroupKind.Left)
        {
            LeaveBy(group, (ulong)_record.Number);
            return;
        }

        var member = _record.OtherId;
        var hash = Hash64.Of(member);
        var index = group.Members.Find(_customer.Heap, hash, member);

        if (group.Traits.Merge(_record.Body, _record.OccurredAt))
        {
            group.Revision = Math.Max(group.Revision + 1, _at);
            group.LoudRevision = _record.IsHistorical ? group.LoudRevision : group.Revision;
            group.IsBehind = group.Members.Count > 0;
        }

        if (_record.GroupKind != GroupKind.Joined)
        {
            return;
        }

        if (index >= 0)
        {
            group.Members.ValueAt(_customer.Heap, index) = group.Revision;
        }
        else if (group.Members.Count < Limits.GroupMembersMax)
        {
            group.Members.Add(_customer.Heap, hash, member, group.Revision);
        }

        if (_record.Number != group.Revision)
        {
            _effects.Records.AddGroup(member, GroupKind.Told, _customer.KeyUtf8, 0, group.Revision, group.Traits.Json, LinkFlagsOf(_record.IsHistorical));
        }
    }

    private readonly void LeaveBy(GroupState group, ulong hash)
    {
        var members = group.Members.Items(_customer.Heap);
        for (var i = 0; i < members.Length; i++)
        {
            if (members[i].Hash == hash)
            {
                group.Members.RemoveAt(_customer.Heap, i);
                return;
            }
        }
    }

    /// <summary>As many as one second holds; the rest is told when the next one is due.</summary>
    private readonly void TellMembers(GroupState group)
    {
        group.ToldAt = _second;
        group.IsBehind = false;
        var json = group.Traits.Json;
        var (told, bytes) = (0, 0);
        foreach (ref var member in group.Members.Items(_customer.Heap))
        {
            if (member.Value == group.Revision)
            {
                continue;
            }

            if (told == Limits.GroupTellsPerSecond || bytes > Limits.GroupTellBytesPerSecond)
            {
                group.IsBehind = true;
                return;
            }

            var isHistory = member.Value >= group.LoudRevision;
            member.Value = group.Revision;
            _effects.Records.AddGroup(group.Members.Name(_customer.Heap, in member), GroupKind.Told, _customer.KeyUtf8, 0, group.Revision, json, LinkFlagsOf(isHistory));
            (told, bytes) = (told + 1, bytes + json.Length + member.Length);
        }
    }

    /// <summary>Erased: all members are told at once, since nothing of the group remains that could tell them later.</summary>
    private readonly void Dissolve(GroupState group)
    {
        foreach (ref readonly var member in group.Members.Items(_customer.Heap))
        {
            _effects.Records.AddGroup(group.Members.Name(_customer.Heap, in member), GroupKind.Gone, _customer.KeyUtf8, 0, 0, []);
        }

        _customer.Forget();
        _effects.Index(_customer.Key, null, null);
    }

    private static RecordFlags LinkFlagsOf(bool isHistory) => isHistory ? RecordFlags.Historical : RecordFlags.None;
}
