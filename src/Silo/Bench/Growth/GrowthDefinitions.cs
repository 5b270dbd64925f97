using System.Globalization;
using System.Text;
using Triggers.Engine.Definitions;
using Triggers.Engine.Programs;

namespace Triggers.Silo.Bench.Growth;

/// <summary>The definitions that grow: segments that the event does not touch, segments that it does, and longer windows.</summary>
internal static class GrowthDefinitions
{
    public const string Event = "Product Viewed";

    /// <summary>So many segments read the event in every set-up of idle ones: what they cost is what must not grow.</summary>
    public const int Mentioning = 10;

    /// <param name="count">Segments beside the ten that mention the event.</param>
    /// <param name="everybodyIsIn">They hold for whoever has not done something else, so each customer has a place in each.</param>
    public static Engine.Programs.Program Idle(int count, bool everybodyIsIn, long activatedAt)
    {
        var text = Mention(Mentioning);
        for (var i = 0; i < count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"idle-{i}: \"{(everybodyIsIn ? "not did" : "did")}('Other {i}', where properties.price > {i % 100}, within {1 + (i % 90)}d)\"\n");
        }

        return Compile(text.ToString(), activatedAt);
    }

    public static Engine.Programs.Program Busy(int count, long activatedAt) => Compile(Mention(count).ToString(), activatedAt);

    /// <summary>A count, a sum and the days, each over the window.</summary>
    public static Engine.Programs.Program Windowed(string window, long activatedAt) => Compile(
        $"""
        often: "count('{Event}', within {window}) >= 100"
        spent: "sum('{Event}', properties.price, within {window}) >= 1000"
        dear: "count('{Event}', where properties.price > 50, within {window}) >= 50"

        """,
        activatedAt);

    /// <summary>Those of <c>bench ingest</c>: 50 segments, 10 campaigns.</summary>
    public static Engine.Programs.Program Usual(string folder, long activatedAt)
    {
        BenchDefinitions.Write(folder);
        return Compile(DefinitionFolder.Load(folder), activatedAt);
    }

    private static StringBuilder Mention(int count)
    {
        var text = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"busy-{i}: \"count('{Event}', where properties.price > {i % 100}.{i / 100}, within {1 + (i % 30)}d) >= {2 + (i % 7)}\"\n");
        }

        return text;
    }

    private static Engine.Programs.Program Compile(string segments, long activatedAt) => Compile(
        DefinitionLoader.Load([new DefinitionFile("sources.yaml", "bench: { name: Bench, writeKey: bench, currency: USD }\n"), new DefinitionFile("segments.yaml", segments)]), activatedAt);

    private static Engine.Programs.Program Compile(DefinitionResult loaded, long activatedAt) => loaded.Definitions is { } valid
        ? Engine.Programs.Program.Compile([new ProgramVersion(1, valid, activatedAt)])
        : throw new InvalidDataException(string.Join('\n', loaded.Errors));
}
