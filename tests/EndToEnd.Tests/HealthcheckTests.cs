using System.Diagnostics;
using System.Globalization;
using Triggers.EndToEnd.Tests.Harness;

namespace Triggers.EndToEnd.Tests;

/// <summary>The health check of the container image, against the program that it is for.</summary>
public sealed class HealthcheckTests
{
    [Fact]
    public async Task It_is_0_while_the_server_is_ready_and_1_when_nobody_answers()
    {
        using var folder = new TempFolder();
        await using var program = await TriggersProgram.ServeAsync(folder.Data, TestDefinitions.Write(folder));

        Assert.Equal(0, await CheckAsync(program.Port));
        Assert.Equal(0, await CheckAsync(program.Port, "live"));
        Assert.Equal(1, await CheckAsync(program.Port, "nothing-of-that-name"));
        Assert.Equal(0, await program.StopAsync());
        Assert.Equal(1, await CheckAsync(program.Port));
    }

    private static async Task<int> CheckAsync(int port, params string[] arguments)
    {
        var start = new ProcessStartInfo(Script(), arguments) { UseShellExecute = false, RedirectStandardError = true };
        start.Environment["TRIGGERS_PORT"] = port.ToString(CultureInfo.InvariantCulture);
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    private static string Script()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); ; folder = folder.Parent ?? throw new InvalidOperationException("Run the tests from a checkout."))
        {
            if (File.Exists(Path.Combine(folder.FullName, "Triggers.sln")))
            {
                return Path.Combine(folder.FullName, "deploy", "container", "healthcheck");
            }
        }
    }
}
