namespace Triggers.Engine.Groups;

/// <summary>One trait of a group, with when the call was made that said it last: so each trait is right in any order of arrival.</summary>
/// <param name="Name">UTF-8, unescaped.</param>
/// <param name="Value">JSON as it came; empty: the trait was removed, which is remembered lest an older call brings it back.</param>
/// <param name="At"><c>occurredAt</c>, ms since 1970.</param>
internal readonly record struct GroupTrait(byte[] Name, byte[] Value, long At)
{
    /// <summary>Bytes of the JSON that it takes, quotes and separators included.</summary>
    public int Bytes => Name.Length + Value.Length + 4;

    /// <summary>Of two values of the same instant the same one wins in any order.</summary>
    public bool GivesWayTo(ReadOnlySpan<byte> value, long at) => at > At || (at == At && value.SequenceCompareTo(Value) > 0);
}
