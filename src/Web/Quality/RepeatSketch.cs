namespace Triggers.Web.Quality;

/// <summary>
/// Finds events that came again with the same customer, name and properties under another messageId within seconds. A table of fixed size: a place is
/// 32 bits of the content's hash, 16 of the messageId's and 16 of the second. What lies in a place that another event takes is forgotten, so that repeats can be
/// missed where more events come in <see cref="Limits.RepeatWithinSeconds"/> than it has places; two different events are taken for a repeat less than once in a billion.
/// </summary>
internal sealed class RepeatSketch
{
    private readonly long[] _places = new long[Limits.RepeatPlaces];

    public bool IsRepeat(ulong content, ulong message, long nowMs)
    {
        ref var place = ref _places[content % Limits.RepeatPlaces];
        var (tag, id, second) = ((uint)(content >> 32), (ushort)message, (ushort)(nowMs / 1_000));
        var before = (ulong)Volatile.Read(ref place);
        if ((uint)(before >> 32) == tag && (ushort)(second - (ushort)before) <= Limits.RepeatWithinSeconds && before != 0)
        {
            // The first one stays, so that the same message that comes once more is not taken for another.
            return (ushort)(before >> 16) != id;
        }

        Volatile.Write(ref place, (long)(((ulong)tag << 32) | ((ulong)id << 16) | second));
        return false;
    }
}
