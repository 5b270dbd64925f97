namespace Triggers.Engine;

/// <summary>Bounds of groups. What happens at a bound is said with it.</summary>
public static partial class Limits
{
    /// <summary>Groups that a customer is a member of: accounts that one person works for. Beyond, the one that was named longest ago is left.</summary>
    public const int GroupsPerCustomerMax = 8;

    /// <summary>Members of one group. A further customer has the group's traits as of each of its own group calls, but is not told when others change them, and not listed.</summary>
    public const int GroupMembersMax = 10_000;

    /// <summary>Bytes of a group's traits, since every member holds a copy. A trait that no longer fits is left out.</summary>
    public const int GroupTraitBytesMax = 8 * 1024;

    /// <summary>Traits of one group, with those that were removed and are remembered lest a late call brings them back.</summary>
    public const int GroupTraitsMax = 256;

    /// <summary>Members of one group that are told of a change in one second; the others follow second by second, so that a group of ten thousand takes ten.</summary>
    public const int GroupTellsPerSecond = 1_000;

    /// <summary>Bytes of what one group tells in one second: of large traits to many members, fewer are told at once.</summary>
    public const int GroupTellBytesPerSecond = 1024 * 1024;
}
