using System.Text.Json;
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

    public void NoteIn(ISettingStore settings) =>
        settings.UpdateAsync(Setting, text => Task.FromResult<string?>(JsonSerializer.Serialize(Read(text).Prepend(this).Take(Limits.FillsKept), s_json))).GetAwaiter().GetResult();

    public FillView View() => new(
        Version, FillStates.Done, 100, Customers, Filled, Records, (long)(Records / Math.Max(0.001, (FinishedAt - StartedAt).TotalSeconds)), null, StartedAt, FinishedAt, HistoryFrom, [], FilledIn);

    private static List<DoneFill> Read(string? text) => JsonSerializer.Deserialize<List<DoneFill>>(text ?? "[]", s_json)!;
}
