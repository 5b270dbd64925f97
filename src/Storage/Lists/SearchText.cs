namespace Triggers.Storage.Lists;

/// <summary>What a search compares: lower case, since that is what people type, and ids without their prefix.</summary>
internal static class SearchText
{
    /// <summary>Above every text that begins with a prefix, in the order of code points.</summary>
    public const string AfterPrefix = "\U0010FFFF";

    /// <summary>The key without its prefix, in lower case.</summary>
    public static string IdOf(IndexedCustomer customer)
        => Lower(customer.CustomerKey.Length > 2 && customer.CustomerKey[1] == ':' ? customer.CustomerKey[2..] : customer.CustomerKey)!;

    public static string? Lower(string? text) => text?.ToLowerInvariant();

    /// <summary>Exact matches first, then by id.</summary>
    public static IReadOnlyList<IndexedCustomer> Order(IEnumerable<IndexedCustomer> found, string prefix, int limit)
        => [.. found.OrderBy(customer => IsExact(customer, prefix) ? 0 : 1).ThenBy(IdOf, StringComparer.Ordinal).Take(limit)];

    private static bool IsExact(IndexedCustomer customer, string text)
        => IdOf(customer) == text || Lower(customer.Email) == text || Lower(customer.Name) == text;
}
