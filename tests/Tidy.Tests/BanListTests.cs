using System.Text.RegularExpressions;

namespace Triggers.Tidy.Tests;

public sealed class BanListTests
{
    /// <summary>What the engine must not use, and what to use instead. Only code is searched, not comments.</summary>
    private static readonly (string Pattern, string Instead)[] EngineBans =
    [
        (@"\bDateTime(Offset)?\.(UtcNow|Now|Today)\b", "the clock is an argument: take the record's At"),
        (@"\bTimeProvider\b", "the clock is an argument: take the record's At"),
        (@"\bStopwatch\b|\bEnvironment\.TickCount", "measure in bench/, not in the engine"),
        (@"\bGuid\.NewGuid\b", "a Hash64 of what makes the thing unique"),
        (@"\bnew Random\b|\bRandom\.Shared\b|\bRandomNumberGenerator\b", "a Hash64 of customer and experiment"),
        (@"\bILogger\b|\bConsole\.", "an effect, or a return value with a reason"),
        (@"\basync\b|\bTask\b(?!s)|\bValueTask\b|\bThread\b", "plain calls: the machine neither waits nor starts anything"),
        (@"\bMath\.(Pow|Exp|Log|Log2|Log10|Sin|Cos|Cbrt)\b|\bDouble\.Pow\b", "our own power function built from IEEE basic operations: library functions differ between CPUs"),
        (@"\bCultureInfo\.Current", "CultureInfo.InvariantCulture"),
        (@"\bGetHashCode\(\)\s*[%&^]", "Hash64: GetHashCode differs between processes"),
        (@"\bFile\.|\bDirectory\.", "files are read by Definitions/DefinitionFolder alone"),
    ];

    [Fact]
    public void The_engine_has_no_clock_no_chance_no_task_and_no_logger()
    {
        var found = new List<string>();
        foreach (var path in Repository.Files("src/Engine", "*.cs").Where(path => !path.EndsWith("DefinitionFolder.cs", StringComparison.Ordinal)))
        {
            foreach (var (line, number) in CodeLines(path))
            {
                found.AddRange(EngineBans
                    .Where(ban => Regex.IsMatch(line, ban.Pattern, RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5)))
                    .Select(ban => $"{Repository.Relative(path)}:{number}: {line.Trim()} → use {ban.Instead}"));
            }
        }

        Assert.Empty(found);
    }

    [Fact]
    public void Nothing_is_left_open_in_the_code()
    {
        var open = new Regex(@"NotImplementedException|\bTODO\b|\bFIXME\b|\bHACK\b", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5));
        var found = Repository.Files("src", "*.cs").Concat(Repository.Files("src", "*.ts*"))
            .SelectMany(path => File.ReadLines(path).Select((line, index) => (path, line, index)))
            .Where(item => open.IsMatch(item.line))
            .Select(item => $"{Repository.Relative(item.path)}:{item.index + 1}: {item.line.Trim()} → finish it, or take it out");

        Assert.Empty(found);
    }

    [Fact]
    public void Messages_are_logged_through_LoggerMessage_only()
    {
        var direct = new Regex(@"\.Log(Trace|Debug|Information|Warning|Error|Critical)\(", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5));
        var found = Repository.Files("src", "*.cs")
            .SelectMany(path => CodeLines(path).Where(item => direct.IsMatch(item.Line)).Select(item => $"{Repository.Relative(path)}:{item.Number}: {item.Line.Trim()} → a [LoggerMessage] partial"));

        Assert.Empty(found);
    }

    [Fact]
    public void No_file_of_code_is_longer_than_500_lines()
    {
        var found = Repository.Files("src", "*.cs").Concat(Repository.Files("tests", "*.cs")).Concat(Repository.Files("src", "*.ts*"))
            .Where(path => File.ReadLines(path).Skip(500).Any())
            .Select(path => $"{Repository.Relative(path)} → is it one thing? Split it by what it does");

        Assert.Empty(found);
    }

    private static IEnumerable<(string Line, int Number)> CodeLines(string path) =>
        File.ReadLines(path).Select((line, index) => (Line: line, Number: index + 1)).Where(item => !item.Line.TrimStart().StartsWith("//", StringComparison.Ordinal));
}
