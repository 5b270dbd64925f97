using NodaTime;
using Triggers.Engine.Definitions;
using Triggers.Engine.Scoring;

namespace Triggers.Engine.Messages;

/// <summary>Quiet hours on the clock of a time zone.</summary>
public static class Quiet
{
    /// <param name="instant">ms since 1970.</param>
    /// <param name="over">The first whole second that is not quiet any more, ms since 1970. A time that the clock skips is over when it goes on; of one that it shows twice, the second.</param>
    public static bool IsWithin(QuietHours hours, DateTimeZone zone, long instant, out long over)
    {
        var now = Instant.FromUnixTimeMilliseconds(instant).InZone(zone).LocalDateTime;
        var minute = (now.Hour * 60) + now.Minute;
        var isWithin = hours.From < hours.Until ? minute >= hours.From && minute < hours.Until : minute >= hours.From || minute < hours.Until;
        over = Instants.Never;
        if (isWithin)
        {
            var end = (minute < hours.Until ? now.Date : now.Date.PlusDays(1)).At(LocalTime.FromMinutesSinceMidnight(hours.Until));
            var mapping = zone.MapLocal(end);
            var ends = mapping.Count == 0 ? mapping.LateInterval.Start : mapping.Last().ToInstant();
            over = Instants.After(ends.ToUnixTimeMilliseconds(), 0);
        }

        return isWithin;
    }
}
