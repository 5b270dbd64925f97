using System.Globalization;
using Xunit.Abstractions;

namespace Triggers.Simulation.Tests;

/// <summary>What the other tests do with a few fixed seeds, with new ones for minutes. A failure names its seed, with which those tests find it again.</summary>
public sealed class SoakTests(ITestOutputHelper output)
{
    [SoakFact]
    public async Task New_seeds_for_minutes_find_nothing()
    {
        var first = Setting("TRIGGERS_SOAK_SEED", Environment.TickCount & 0x3FFF_FFFF);
        var ends = DateTime.UtcNow.AddMinutes(Setting("TRIGGERS_SOAK_MINUTES", 10));
        var seed = first;
        try
        {
            do
            {
                await CrashScenario.CrashesAsync(seed);
                await CrashScenario.LittleMemoryAsync(seed);
                await CrashScenario.GroupsAsync(seed);
                await SegmentDifferentialTests.RecountAsync(seed);
                seed++;
            }
            while (DateTime.UtcNow < ends);
        }
        catch (Exception error) when (!error.Message.Contains(Seeds.Variable, StringComparison.Ordinal))
        {
            throw new InvalidOperationException(Seeds.Hint(seed, error.Message), error);
        }
        finally
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"soak: {seed - first} seeds from {first} on held"));
        }
    }

    private static int Setting(string name, int otherwise) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;

    /// <summary>Runs for minutes, so only when asked for.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class SoakFactAttribute : FactAttribute
    {
        public SoakFactAttribute()
        {
            if (Environment.GetEnvironmentVariable("TRIGGERS_LONG") != "1")
            {
                Skip = "a soak test: run ./test --long";
            }
        }
    }
}
