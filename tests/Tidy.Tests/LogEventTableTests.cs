using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Triggers.Tidy.Tests;

/// <summary>docs/log-events.md lists every log event as the code has it, for whoever filters or alarms on them.</summary>
public sealed partial class LogEventTableTests
{
    private const string Table = "docs/log-events.md";

    [Fact]
    public void The_table_of_log_events_is_what_the_code_logs()
    {
        var path = Path.Combine(Repository.Root, Table);
        var expected = Write();
        if (Environment.GetEnvironmentVariable("TRIGGERS_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, expected);
        }

        Assert.True(File.Exists(path) && File.ReadAllText(path) == expected, $"{Table} is not what the code logs: run TRIGGERS_WRITE_DOCS=1 ./test Tidy once, and look at what changed.");
    }

    private static string Write()
    {
        var events = Repository.Files("src", "*.cs").SelectMany(Read).OrderBy(each => each.Id).ToList();
        var text = new StringBuilder(
            """
            # Log events

            Every message has an id that keeps its meaning; words may change. With `--log json` the id is `EventId`, and what stands in braces is under `State`. Written by a test from the code: see
            [contributing](../CONTRIBUTING.md).

            | id | level | category | message |
            |---|---|---|---|

            """);
        foreach (var (id, level, room, message) in events)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {id} | {level} | {room} | {message.Replace("|", "\\|", StringComparison.Ordinal)} |\n");
        }

        return text.ToString();
    }

    private static IEnumerable<(int Id, string Level, string Room, string Message)> Read(string path)
    {
        var room = Repository.Relative(path).Split('/')[1];
        foreach (Match match in Event().Matches(File.ReadAllText(path)))
        {
            yield return (
                int.Parse(match.Groups["id"].Value, CultureInfo.InvariantCulture), match.Groups["level"].Value, "Triggers." + room,
                Regex.Unescape(match.Groups["message"].Value));
        }
    }

    [GeneratedRegex("""\[LoggerMessage\(\s*(EventId\s*=\s*)?(?<id>\d+),\s*(Level\s*=\s*)?LogLevel\.(?<level>\w+),\s*(Message\s*=\s*)?"(?<message>([^"\\]|\\.)*)"\s*\)\]""", RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Event();
}
