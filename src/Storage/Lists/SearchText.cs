using Triggers.Engine.Records;

namespace Triggers.Storage.Lists;

/// <summary>What a search compares: lower case, since that is what people type, and ids without their prefix.</summary>
internal static class SearchText
{
    /// <summary>Above every text that begins with a prefix, in the order of code points.</summary>
    public const string AfterPrefix = "\U0010FFFF";

    /// <summary>Before the id and name of a group: nobody types it, so groups and customers are never found among each other.</summary>
    private const string GroupMark = "\u0001";

    /// <summary>The key without its prefix, in lower case.</summary>
    public static string IdOf(IndexedCustomer customer)
        => Mark(customer) + Lower(customer.CustomerKey.Length > 2 && customer.CustomerKey[1] == ':' ? customer.CustomerKey[2..] : customer.CustomerKey)!;

    public static string? NameOf(IndexedCustomer customer) => customer.Name is null ? null : Mark(customer) + Lower(customer.Name);

    /// <summary>What the ids and names of customers begin with that a text is for; empty: the text is.</summary>
    public static string PrefixOf(string text) => Lower(text.Trim()) ?? "";

    public static string PrefixOfGroups(string text) => GroupMark + PrefixOf(text);

    public static string? Lower(string? text) => text?.ToLowerInvariant();

    /// <summary>Exact matches first, then by id.</summary>
    public static IReadOnlyList<IndexedCustomer> Order(IEnumerable<IndexedCustomer> found, string prefix, int limit)
        => [.. found.OrderBy(customer => IsExact(customer, prefix) ? 0 : 1).ThenBy(IdOf, StringComparer.Ordinal).Take(limit)];

    private static bool IsExact(IndexedCustomer customer, string text)
        => IdOf(customer) == text || Lower(customer.Email) == text || NameOf(customer) == text;

    private static string Mark(IndexedCustomer customer) => customer.CustomerKey.StartsWith(CustomerKey.GroupPrefix, StringComparison.Ordinal) ? GroupMark : "";
}
