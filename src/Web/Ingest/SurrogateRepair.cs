namespace Triggers.Web.Ingest;

/// <summary>
/// Browsers cut texts in the middle of an emoji and write the half as <c>\ud83d</c>: valid JSON that no reader can turn into text.
/// Such halves become <c>\ufffd</c> in place (the same six bytes), so that nothing behind ingest meets one.
/// </summary>
internal static class SurrogateRepair
{
    public static void Repair(Span<byte> json)
    {
        var at = json.IndexOf("\\u"u8);
        if (at < 0)
        {
            return;
        }

        // A backslash before the first "\u" could escape the one found: start at the run's beginning.
        while (at > 0 && json[at - 1] == '\\')
        {
            at--;
        }

        while (at < json.Length - 1)
        {
            if (json[at] != '\\')
            {
                var next = json[at..].IndexOf((byte)'\\');
                if (next < 0)
                {
                    return;
                }

                at += next;
                continue;
            }

            at += json[at + 1] == 'u' ? RepairEscape(json, at) : 2;
        }
    }

    /// <summary>How many bytes to go on.</summary>
    private static int RepairEscape(Span<byte> json, int at)
    {
        var unit = Unit(json, at);
        if (unit is < 0xD800 or > 0xDFFF)
        {
            return 6;
        }

        if (unit < 0xDC00 && Unit(json, at + 6) is >= 0xDC00 and <= 0xDFFF)
        {
            return 12;
        }

        "\\ufffd"u8.CopyTo(json[at..]);
        return 6;
    }

    /// <summary>The UTF-16 unit of an escape, or −1 where there is none.</summary>
    private static int Unit(ReadOnlySpan<byte> json, int at)
    {
        if (at + 6 > json.Length || json[at] != '\\' || json[at + 1] != 'u')
        {
            return -1;
        }

        var unit = 0;
        foreach (var digit in json.Slice(at + 2, 4))
        {
            var value = HexValue(digit);
            if (value < 0)
            {
                return -1;
            }

            unit = (unit << 4) | value;
        }

        return unit;
    }

    private static int HexValue(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
        _ => -1,
    };
}
