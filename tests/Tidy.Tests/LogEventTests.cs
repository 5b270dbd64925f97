using System.Globalization;
using System.Text.RegularExpressions;

namespace Triggers.Tidy.Tests;

public sealed class LogEventTests
{
    private static readonly IReadOnlyDictionary<string, int> FirstIds = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["Storage"] = 1000,
        ["Channels"] = 2000,
        ["Runtime"] = 3000,
        ["Grains"] = 4000,
        ["Web"] = 5000,
        ["Silo"] = 6000,
    };

    [Fact]
    public void Log_event_ids_are_unique_and_in_the_range_of_their_project()
    {
        var seen = new Dictionary<int, string>();
        var wrong = new List<string>();
        foreach (var (room, first) in FirstIds)
        {
            foreach (var path in Repository.Files("src/" + room, "*.cs"))
            {
                var text = File.ReadAllText(path);
                foreach (Match match in Regex.Matches(text, @"\[LoggerMessage\((EventId\s*=\s*)?(?<id>\d+)?", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5)))
                {
                    var where = Repository.Relative(path);
                    if (!int.TryParse(match.Groups["id"].Value, CultureInfo.InvariantCulture, out var id))
                    {
                        wrong.Add($"{where}: a [LoggerMessage] without a number as its first argument");
                    }
                    else if (id < first || id > first + 999)
                    {
                        wrong.Add($"{where}: event id {id} is outside src/{room}'s range {first}–{first + 999}");
                    }
                    else if (!seen.TryAdd(id, where))
                    {
                        wrong.Add($"{where}: event id {id} is taken in {seen[id]}");
                    }
                }
            }
        }

        Assert.Empty(wrong);
    }
}
