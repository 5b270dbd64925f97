using Triggers.Engine.Definitions.Yaml;

namespace Triggers.Engine.Definitions.Fields;

/// <summary>A segment named in a condition.</summary>
internal sealed record Reference(At At, YamlScalar Text, int Index, string Id)
{
    public void Fail(string message)
    {
        var (line, column) = ScalarPlace.Of(At.Document.Text, Text, Index);
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

    public IReadOnlyList<ChannelRule> Channels { get; } = channels;

    /// <summary>segment('…') in any condition.</summary>
    public List<Reference> SegmentReferences { get; } = [];

    /// <summary>Segments in triggers.</summary>
    public List<NamedPlace> SegmentPlaces { get; } = [];

    /// <summary>Every step's id where it was given, in the order of reading.</summary>
    public List<NamedPlace> StepPlaces { get; } = [];

    public List<SendPlace> Sends { get; } = [];

    public void Refer(Reference reference) => SegmentReferences.Add(reference);
}
