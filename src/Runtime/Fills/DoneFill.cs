using System.Text.Json;
using Triggers.Engine.Customers;
using Triggers.Engine.Programs;
using Triggers.Storage;

namespace Triggers.Runtime.Fills;

/// <summary>A fill that has ended, kept in the store's settings: the latest <see cref="Limits.FillsKept"/>.</summary>
internal sealed record DoneFill(int Version, int FilledIn, DateTimeOffset StartedAt, DateTimeOffset FinishedAt, DateTimeOffset? HistoryFrom, long Customers, long Filled, long Records)
{
    private const string Setting = "fills";

    private static readonly JsonSerializerOptions s_json = JsonSerializerOptions.Web;

    public static List<DoneFill> Read(ISettingStore settings) => Read(settings.Get(Setting));

    /// <summary>Segments that were filled from a log whose beginning had been dropped, and look back further than that, each with where it began.</summary>
    /// <param name="now">ms since 1970.</param>
    public static Dictionary<string, DateTimeOffset> Beginnings(ISettingStore settings, Program program, long now)
    {
        var beginnings = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        foreach (var fill in Read(settings))
        {
            if (fill.HistoryFrom is { } from)
            {
                foreach (var segment in program.SegmentsLookingBeyond(from.ToUnixTimeMilliseconds(), fill.Version, now))
                {
                    beginnings[segment] = beginnings.TryGetValue(segment, out var later) && later > from ? later : from;
                }
            }
        }

        return beginnings;
    }

    /// <summary>Where a log began, its beginning dropped, from which something was filled that looks further back; null: whatever was filled knows all that it asks for.</summary>
    /// <param name="now">ms since 1970.</param>
    public static DateTimeOffset? Beginning(ISettingStore settings, Program program, long now) =>
        Read(settings).Where(fill => fill.HistoryFrom is { } from && program.LooksBeyond(from.ToUnixTimeMilliseconds(), fill.Version, now)).Max(fill => fill.HistoryFrom);

    /// <summary>The same of past purchases alone.</summary>
    public static DateTimeOffset? BeginningOfPurchases(ISettingStore settings, Program program) =>
        Read(settings).Where(fill => program.ArePurchasesIntroducedIn(fill.Version)).Max(fill => fill.HistoryFrom);

    /// <summary>The same of everything, for one customer, who may have come later.</summary>
    /// <param name="now">ms since 1970.</param>
    public static DateTimeOffset? Beginning(ISettingStore settings, Program program, Customer customer, long now) =>
        Beginning(settings, program, now) is { } from && customer.FirstSeen < from.ToUnixTimeMilliseconds() ? from : null;

    public void NoteIn(ISettingStore settings) =>
        settings.UpdateAsync(Setting, text => Task.FromResult<string?>(JsonSerializer.Serialize(Read(text).Prepend(this).Take(Limits.FillsKept), s_json))).GetAwaiter().GetResult();

    public FillView View() => new(
        Version, FillStates.Done, 100, Customers, Filled, Records, (long)(Records / Math.Max(0.001, (FinishedAt - StartedAt).TotalSeconds)), null, StartedAt, FinishedAt, HistoryFrom, [], FilledIn);

    private static List<DoneFill> Read(string? text) => JsonSerializer.Deserialize<List<DoneFill>>(text ?? "[]", s_json)!;
}
