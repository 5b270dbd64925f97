using Triggers.Engine.Definitions.Yaml;
using Triggers.Engine.Expressions;

namespace Triggers.Engine.Definitions.Fields;

/// <summary>A definition named in an expression.</summary>
internal sealed record Reference(At At, YamlScalar Text, Expr Node, Mention Mention)
{
    /// <summary>Whether it stands in an expression of that definition.</summary>
    public bool IsIn(Mention definition) => definition.Holds(At.Document.Path, At.Path);

    public void Fail(string message)
    {
        var (line, column) = ScalarPlace.Of(At.Document.Text, Text, Node.Position.Index);
        At.FailAt(line, column, message);
    }
}

/// <summary>A comparison that can be judged only when all files are read.</summary>
internal sealed record ComparedPlace(At At, YamlScalar Text, Expr Left, Expr Right)
{
    public void Fail(string message)
    {
        var (line, column) = ScalarPlace.Of(At.Document.Text, Text, Right.Position.Index);
        At.FailAt(line, column, message);
    }
}

/// <summary>An id written as the value of a field, to be found among definitions of another kind.</summary>
internal sealed record NamedPlace(At At, string Id);

/// <summary>A send step where it was read: its template is checked against its channel when all files are read.</summary>
internal sealed record SendPlace(At At, SendStep Step);

/// <summary>What is gathered over all files of one load.</summary>
internal sealed class LoadContext(IReadOnlyList<ChannelRule> channels)
{
    public ErrorList Errors { get; } = new();

    /// <summary>They were valid when they were saved: what a later release refuses as useless, though it harms nothing, is let be.</summary>
    public bool IsSaved { get; init; }

    public IReadOnlyList<ChannelRule> Channels { get; } = channels;

    /// <summary>Files that say nothing for their errors: that something is not in one of them would only follow from these.</summary>
    public HashSet<string> Unread { get; } = new(StringComparer.Ordinal);

    /// <summary>Whatever expressions name.</summary>
    public List<Reference> References { get; } = [];

    public List<ComparedPlace> Comparisons { get; } = [];

    /// <summary>Segments in triggers.</summary>
    public List<NamedPlace> SegmentPlaces { get; } = [];

    /// <summary>Scores that triggers name, engagement by its own name.</summary>
    public List<NamedPlace> ScorePlaces { get; } = [];

    /// <summary>Every step's id where it was given, in the order of reading.</summary>
    public List<NamedPlace> StepPlaces { get; } = [];

    public List<SendPlace> Sends { get; } = [];
}
