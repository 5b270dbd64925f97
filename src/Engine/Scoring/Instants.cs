namespace Triggers.Engine.Scoring;

/// <summary>
/// Time to the second. A customer's clock is the whole second that has begun (<see cref="Floor"/>), so what is true by time alone changes only on whole
/// seconds: at the first one at or after the instant (<see cref="Ceiling"/>). Due instants and evaluation agree because both use these two.
/// </summary>
public static class Instants
{
    public const long Never = long.MaxValue;

    public static long Floor(long ms)
    {
        var rest = ms % 1000;
        return rest == 0 ? ms : rest > 0 ? ms - rest : ms - rest - 1000;
    }

    public static long Ceiling(long ms)
    {
        var floor = Floor(ms);
        return floor == ms ? ms : floor + 1000;
    }

    /// <summary>A due instant in four bytes: the whole second at or after it. What lies before 1970 is 1970, what lies after 2106 is looked at again then.</summary>
    public static uint Pack(long due) => due == Never ? uint.MaxValue : (uint)Math.Clamp(Ceiling(due) / 1000, 0, uint.MaxValue - 1);

    /// <summary>The counterpart of <see cref="Pack"/>, ms since 1970.</summary>
    public static long Unpack(uint due) => due == uint.MaxValue ? Never : due * 1000L;

    /// <summary>The first whole second at or after <c>instant + length</c>; <see cref="Never"/> if that is beyond time.</summary>
    public static long After(long instant, long length) =>
        length >= Never / 2 || instant >= Never / 2 ? Never : Ceiling(instant + length);
}
