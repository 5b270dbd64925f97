using System.Globalization;

namespace Triggers.Simulation.Tests;

/// <summary>The seeds of simulated runs: a few fixed ones, or the one in TRIGGERS_SEED, to run a failure again.</summary>
public class Seeds : TheoryData<int>
{
    public const string Variable = "TRIGGERS_SEED";

    public Seeds()
        : this(4)
    {
    }

    protected Seeds(int count)
    {
        if (int.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out var seed))
        {
            Add(seed);
            return;
        }

        for (var fixedSeed = 1; fixedSeed <= count; fixedSeed++)
        {
            Add(fixedSeed);
        }
    }

    /// <summary>What a failure says, so that it can be run again.</summary>
    public static string Hint(int seed, string what) => $"{what} (again with {Variable}={seed})";
}
