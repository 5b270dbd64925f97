using System.Text;
using Triggers.Engine.Text;

namespace Triggers.Engine.Records;

/// <summary>
/// The name of one customer in the log: <c>u:</c> + userId for a known person, <c>a:</c> + anonymousId for an unknown one; a group has <c>g:</c> + groupId.
/// The hash places the customer in a partition and in every index; it is never trusted alone, the key is compared as well.
/// </summary>
public readonly record struct CustomerKey(string Text)
{
    public static CustomerKey User(string userId) => new("u:" + userId);

    public static CustomerKey Anonymous(string anonymousId) => new("a:" + anonymousId);

    /// <summary>What every group's key begins with.</summary>
    public const string GroupPrefix = "g:";

    public static CustomerKey Group(string groupId) => new(GroupPrefix + groupId);

    public bool IsGroup => Text.StartsWith(GroupPrefix, StringComparison.Ordinal);

    public bool IsAnonymous => Text.StartsWith("a:", StringComparison.Ordinal);

    /// <summary>The userId or anonymousId without its prefix.</summary>
    public string Id => Text[2..];

    public ulong Hash() => HashOf(Encoding.UTF8.GetBytes(Text));

    public static ulong HashOf(ReadOnlySpan<byte> keyUtf8) => Hash64.Of(keyUtf8);

    /// <summary>The partition of a hash: its upper 32 bits scaled to the number of partitions (1 to 1,024).</summary>
    public static int PartitionOf(ulong hash, int partitions) => (int)(((hash >> 32) * (ulong)partitions) >> 32);

    public override string ToString() => Text;
}
