using Triggers.Tests.Shared;

namespace Triggers.EndToEnd.Tests.Harness;

/// <summary>A test of the real purchases, skipped visibly where their file is not.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PurchasesFactAttribute : FactAttribute
{
    public PurchasesFactAttribute()
    {
        if (PurchaseFile.Path is null)
        {
            Skip = $"{PurchaseFile.Relative} beside the project is not there";
        }
    }
}

/// <summary>A test that needs a file system of its own, skipped visibly where it may not be mounted.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute()
    {
        if (SmallDisk.WhyNot is { } reason)
        {
            Skip = reason;
        }
    }
}

/// <summary>A test of PostgreSQL's own tools, skipped visibly where they are not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresToolsFactAttribute : FactAttribute
{
    /// <param name="tools">What the test runs.</param>
    public PostgresToolsFactAttribute(params string[] tools)
    {
        Skip = PostgresServer.WhyNot ?? (Array.Find(tools, tool => PostgresServer.FindTool(tool) is null) is { } missing ? $"{missing} is not installed" : null);
    }
}

/// <summary>A class whose tests kill, freeze and cut off the silos of a cluster: minutes of waiting, so only when asked for.</summary>
public sealed class NeedsTimeAttribute : NeedsAttribute
{
    public override string? Reason => Soak.IsLong ? null : "takes minutes: run ./test --long";
}

/// <summary>A class whose tests need networks of their own, which only root may make.</summary>
public sealed class NeedsNetworksAttribute : NeedsAttribute
{
    public override string? Reason => NetworkNamespaces.WhyNot;
}

/// <summary>Whether the long form of tests was asked for (<c>./test --long</c>).</summary>
public static class Soak
{
    public static bool IsLong => Environment.GetEnvironmentVariable("TRIGGERS_LONG") == "1";
}
