using System.Diagnostics;

namespace Triggers.Deploy.Tests;

/// <summary>A test of somebody else's tool, skipped visibly where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolFactAttribute : FactAttribute
{
    public ToolFactAttribute(string tool)
    {
        if (Tool.Find(tool) is null)
        {
            Skip = $"{tool} is not installed";
        }
    }
}

internal static class Tool
{
    public static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin")
        .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>Runs it to its end, which has to be a good one; what it printed.</summary>
    public static string Run(string name, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Find(name)!, arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(TimeSpan.FromSeconds(60)))
        {
            process.Kill();
            throw new TimeoutException($"Waited a minute for {name}.");
        }

        Assert.True(process.ExitCode == 0, $"{name} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{output}{error.Result}");
        return output + error.Result;
    }
}
