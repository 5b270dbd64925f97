using System.Text.Json;
using Triggers.Engine.Customers;
using Triggers.Engine.Programs;
using Triggers.Engine.Records;

namespace Triggers.Runtime.Queries;

/// <summary>Customers as the API shows them.</summary>
internal static class CustomerViews
{
    public static CustomerView Of(Customer customer, Program program, long now)
    {
        var json = customer.TraitsJson;
        using var traits = JsonDocument.Parse(json);
        var names = program.Definitions.Segments.ToDictionary(segment => segment.Id, segment => segment.Name, StringComparer.Ordinal);
        return new CustomerView(
            new CustomerKey(customer.Key).Id,
            customer.Key,
            customer.IsAnonymous,
            TextOf(traits.RootElement, "email"),
            NameOf(traits.RootElement),
            traits.RootElement.Clone(),
            customer.ComputedTraitsAt(program, now).Select(TraitOf).ToList(),
            new CustomerEvents(customer.EventTotal, customer.EventCounts.ToDictionary(StringComparer.Ordinal)),
            customer.Memberships(program).Select(item => new MembershipView(item.SegmentId, names.GetValueOrDefault(item.SegmentId, item.SegmentId), TimeOf(item.Since))).ToList(),
            Math.Round(customer.ScoreAt(now), 2),
            customer.ScoresAt(program, now).Select(score => new ScoreView(score.Id, score.Name, Math.Round(score.Value, 2), score.Grade, score.IsCollecting)).ToList(),
            customer.LifecycleIn(program),
            TimeOf(customer.LifecycleSince),
            TimeOf(customer.FirstSeen ?? 0),
            customer.LastSeen is { } seen ? TimeOf(seen) : null,
            customer.EntriesIn(program).Select(EntryOf).ToList(),
            customer.AnonymousIds,
            customer.OptedOut,
            customer.IsSuppressed,
            customer.Due < long.MaxValue ? TimeOf(customer.Due) : null)
        {
            TraitRoom = new TraitRoomView(json.Length, Engine.Limits.TraitBytesMax),
            Groups = GroupViews.Of(customer),
            Lists = customer.Lists.Select(list => new ListMembershipView(list.Id, TimeOf(list.Since))).ToList(),
        };
    }

    public static CustomerSummary Summary(Customer customer, Program program, long now)
    {
        using var traits = JsonDocument.Parse(customer.TraitsJson);
        return new CustomerSummary(
            new CustomerKey(customer.Key).Id,
            customer.Key,
            customer.IsAnonymous,
            TextOf(traits.RootElement, "email"),
            NameOf(traits.RootElement),
            Math.Round(customer.ScoreAt(now), 2),
            customer.LifecycleIn(program),
            customer.LastSeen is { } seen ? TimeOf(seen) : null);
    }

    /// <summary>The JSON that templates see, without an event in hand.</summary>
    public static byte[] TemplateData(Customer customer, Program program, long now)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WritePropertyName("traits");
            json.WriteRawValue(customer.AllTraitsJson(program, now).Span);
            if (customer.TemplateGroupJson is { IsEmpty: false } group)
            {
                json.WritePropertyName("group");
                json.WriteRawValue(group.Span);
            }

            json.WriteStartObject("event");
            json.WriteString("name", "");
            json.WriteStartObject("properties");
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteStartObject("customer");
            json.WriteString("id", new CustomerKey(customer.Key).Id);
            json.WriteBoolean("anonymous", customer.IsAnonymous);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static ComputedTraitView TraitOf(ComputedTrait trait)
    {
        using var value = JsonDocument.Parse(trait.Json);
        return new ComputedTraitView(trait.Id, trait.Name, value.RootElement.Clone(), trait.IsCollecting);
    }

    private static EntryView EntryOf(CampaignEntry entry) => new(
        entry.Campaign,
        entry.Number,
        entry.Version,
        entry.Status.ToString().ToLowerInvariant(),
        entry.StepId,
        TimeOf(entry.EnteredAt),
        entry.Until is { } until ? TimeOf(until) : null,
        entry.IsConverted);

    private static string? NameOf(JsonElement traits)
    {
        if (TextOf(traits, "name") is { } name)
        {
            return name;
        }

        var parts = new[] { TextOf(traits, "firstName"), TextOf(traits, "lastName") }.Where(part => part is not null);
        var joined = string.Join(' ', parts);
        return joined.Length > 0 ? joined : null;
    }

    private static string? TextOf(JsonElement traits, string name) =>
        traits.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private static DateTimeOffset TimeOf(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);
}
