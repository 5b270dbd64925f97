namespace Triggers.Engine.Definitions.Yaml;

/// <summary>Finds the line and column of a character of a scalar's value, through quotes, escapes and folded lines, so that an error in a condition points into it.</summary>
internal static class ScalarPlace
{
    public static (int Line, int Column) Of(string file, YamlScalar scalar, int index)
    {
        var at = Math.Clamp(scalar.Start, 0, file.Length);
        var end = Math.Clamp(scalar.End, at, file.Length);
        if (at < end && file[at] is '|' or '>')
        {
            while (at < end && file[at] != '\n')
            {
                at++;
            }
        }
        else if (at < end && file[at] is '\'' or '"')
        {
            at++;
        }

        // Walks value and source together: blanks match blanks, every other character its next occurrence (skipping escapes and doubled quotes).
        var last = at;
        for (var i = 0; i <= index && i < scalar.Value.Length; i++)
        {
            var wanted = scalar.Value[i];
            if (char.IsWhiteSpace(wanted))
            {
                last = at;
                at = i + 1 < scalar.Value.Length && char.IsWhiteSpace(scalar.Value[i + 1]) && at + 1 < end && file[at] != '\n' ? at + 1 : SkipBlanks(file, at, end);
                continue;
            }

            while (at < end && file[at] != wanted)
            {
                at++;
            }

            last = at;
            at = Math.Min(at + 1, end);
        }

        return Count(file, index >= scalar.Value.Length ? at : last);
    }

    private static int SkipBlanks(string file, int at, int end)
    {
        while (at < end && char.IsWhiteSpace(file[at]))
        {
            at++;
        }

        return at;
    }

    private static (int Line, int Column) Count(string file, int at)
    {
        var before = file.AsSpan(0, at);
        var lineStart = before.LastIndexOf('\n') + 1;
        return (before.Count('\n') + 1, at - lineStart + 1);
    }
}
