using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Spectre.Console;
using Triggers.Silo.Cli;
using Triggers.Silo.Serve;

namespace Triggers.Silo.Bench;

/// <summary>What every bench does around its measuring: a folder that goes again, a clean end by Ctrl-C, and the report as text and as JSON.</summary>
public static class BenchRun
{
    private static readonly JsonSerializerOptions _jsonOptions = new(JsonSerializerDefaults.Web) { WriteIndented = true };
    private static readonly Option<string?> _json = new("--json") { Description = "Also write the report to this file." };
    private static readonly Option<string?> _folder = new("--folder") { Description = "Where the started server keeps its data; a temporary folder, removed at the end, if not given." };

    public static IEnumerable<Option> Options => [_json, _folder];

    /// <summary>What the figures were taken on.</summary>
    public static string Machine { get; } =
        string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, .NET {Environment.Version}");

    /// <param name="measure">Gets the folder to work in.</param>
    /// <param name="isGenerator">It makes load for another process; what is measured in this one waits on sockets in ways that do not go with that.</param>
    public static async Task<int> RunAsync(ParseResult parsed, Func<string, CancellationToken, Task<IBenchReport>> measure, bool isGenerator = true)
    {
        using var signals = new StopSignals("ending the measured programs");
        // Completions on the thread that polls: a generator of one thread leaves the machine to what it measures. Read before the first socket.
        Environment.SetEnvironmentVariable(ProgramProcess.InlineCompletions, isGenerator ? "1" : null);
        var given = parsed.GetValue(_folder);
        var folder = given ?? Directory.CreateTempSubdirectory("triggers-bench-").FullName;
        try
        {
            var report = await measure(folder, signals.Requested);
            report.Print(Output.Console);
            if (parsed.GetValue(_json) is { } path)
            {
                await File.WriteAllTextAsync(path, JsonSerializer.Serialize(report, report.GetType(), _jsonOptions) + "\n", CancellationToken.None);
            }

            return report.IsSound ? ExitCodes.Ok : ExitCodes.Failed;
        }
        finally
        {
            if (given is null)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    /// <summary>An option that takes a whole number in a range.</summary>
    public static Option<int> Number(string name, string description, int value, int min = 1, int max = int.MaxValue)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var given && (given < min || given > max))
            {
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} {given}: {(max == int.MaxValue ? $"{min} or more" : $"a number from {min} to {max}")} was expected."));
            }
        });
        return option;
    }

    public static void Say(string text) => Output.Console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[grey]{text}[/]");
}

/// <summary>What a bench found.</summary>
public interface IBenchReport
{
    string Machine { get; }

    /// <summary>false: what was measured did not do its work, so the figures mean nothing.</summary>
    bool IsSound { get; }

    void Print(IAnsiConsole console);
}
