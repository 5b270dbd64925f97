namespace Triggers.Bench;

/// <summary>Every stage that is measured; a new one is a file and a line here.</summary>
public static class Stages
{
    public static IReadOnlyList<IStage> All { get; } = [new ParseStage(), new AppendStage(), new ApplyStage(), new CommitStage()];
}
