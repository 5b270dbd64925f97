namespace Triggers.Tests.Shared;

/// <summary>Where the shared discoverers are found: attributes need the name as a constant.</summary>
internal static class ThisAssembly
{
    public const string Name = "Triggers.Grains.Tests";
}
