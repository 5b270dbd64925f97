using System.Text.Json;
using Triggers.Engine.Customers;

namespace Triggers.Runtime.Queries;

/// <summary>Groups as the API shows them.</summary>
internal static class GroupViews
{
    public static GroupSummary Summary(GroupProfile group) => new(group.Id, NameOf(ElementOf(group.TraitsJson)), group.Members.Count, ChangedAt(group));

    public static GroupView Of(GroupProfile group)
    {
        var traits = ElementOf(group.TraitsJson);
        return new GroupView(group.Id, NameOf(traits), traits, group.Members.Count, ChangedAt(group));
    }

    public static IReadOnlyList<CustomerGroupView> Of(Customer customer) =>
        [.. customer.Groups.Select((group, place) => new CustomerGroupView(group.Id, DateTimeOffset.FromUnixTimeMilliseconds(group.Since), place == 0, place == 0 ? ElementOf(customer.GroupTraitsJson) : null))];

    private static DateTimeOffset? ChangedAt(GroupProfile group) => group.ChangedAt > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(group.ChangedAt) : null;

    private static string? NameOf(JsonElement traits) => traits.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;

    private static JsonElement ElementOf(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}

/// <param name="Members">How many customers are members.</param>
/// <param name="ChangedAt">When the traits became what they are; null: there never were any.</param>
public sealed record GroupSummary(string Id, string? Name, int Members, DateTimeOffset? ChangedAt);

/// <param name="Members">How many customers are members: at most 10,000 are kept.</param>
/// <param name="ChangedAt">When the traits became what they are; null: there never were any.</param>
public sealed record GroupView(string Id, string? Name, JsonElement Traits, int Members, DateTimeOffset? ChangedAt);

/// <param name="Since">When the latest call that named it was made.</param>
/// <param name="Latest">The one that conditions ask for.</param>
/// <param name="Traits">Of the latest, as the customer was told them; null of the others.</param>
public sealed record CustomerGroupView(string Id, DateTimeOffset Since, bool Latest, JsonElement? Traits);
