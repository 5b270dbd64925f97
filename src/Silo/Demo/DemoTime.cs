using System.Globalization;

namespace Triggers.Silo.Demo;

/// <summary>The demo's day: ten minutes long, so that its rhythm can be seen while one looks.</summary>
internal static class DemoTime
{
    private static readonly TimeSpan _day = TimeSpan.FromMinutes(10);

    /// <summary>How busy the shop is, from 0.25 (night) to 1 (evening).</summary>
    public static double Busyness(TimeSpan sinceStart)
    {
        // Starts in the forenoon: a newcomer's first minute is not the night.
        var phase = ((sinceStart / _day) + 0.4) % 1;
        return 0.625 - (0.375 * Math.Cos(2 * Math.PI * phase));
    }

    public static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
