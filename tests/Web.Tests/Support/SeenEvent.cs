using System.Text;
using Triggers.Engine.Records;

namespace Triggers.Web.Tests.Support;

/// <summary>A record as text, to compare.</summary>
public sealed record SeenEvent(
    string Key, EventType Type, RecordFlags Flags, long OccurredAt, string Name, string MessageId, string OtherId, string Source, string Body, string Context)
{
    public static List<SeenEvent> AllOf(RecordBatch batch)
    {
        var seen = new List<SeenEvent>();
        foreach (var entry in batch.Entries)
        {
            RecordView.Read(batch.Bytes.Slice(entry.Start, entry.Length), out var view);
            seen.Add(new SeenEvent(
                Text(view.Key), view.EventType, view.Flags, view.OccurredAt, Text(view.Name), Text(view.MessageId), Text(view.OtherId), Text(view.Source), Text(view.Body), Text(view.Context)));
        }

        return seen;
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
