using System.Text;
using Triggers.Engine.Effects;
using Triggers.Engine.Records;
using Triggers.Runtime.Hosting;

namespace Triggers.Grains.Customers;

/// <summary>Reads what <see cref="EffectRecorder"/> wrote and has the effects once more, here. One a partition: it keeps one counter a name.</summary>
internal sealed class EffectPlayer
{
    private readonly Dictionary<string, Counter> _counters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Counter>.AlternateLookup<ReadOnlySpan<char>> _byName;

    public EffectPlayer() => _byName = _counters.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The effects of the next record; false: it had been skipped.</summary>
    public bool Play(ref SpanReader reader, in RecordView record, IRecordEffects effects)
    {
        if (reader.Byte() == EffectRecorder.Skipped)
        {
            return false;
        }

        effects.Begin();
        for (var tag = reader.Byte(); tag != EffectRecorder.EndTag; tag = reader.Byte())
        {
            PlayOne(tag, ref reader, effects);
        }

        effects.End(record);
        return true;
    }

    private void PlayOne(byte tag, ref SpanReader reader, IRecordEffects effects)
    {
        switch (tag)
        {
            case EffectRecorder.CountTag:
                effects.Count(Named(reader.Text()), reader.ZigZag());
                break;
            case EffectRecorder.SendTag:
                effects.Send(new MessageDecision(
                    Text(ref reader), Text(ref reader), Text(ref reader), (int)reader.ZigZag(), Text(ref reader), Text(ref reader), Text(ref reader), Text(ref reader),
                    reader.Text().ToArray(), reader.ZigZag(), reader.ZigZag()));
                break;
            case EffectRecorder.CancelTag:
                effects.CancelUnsent(Text(ref reader), Optional(ref reader), Optional(ref reader), Text(ref reader));
                break;
            case EffectRecorder.IndexTag:
                effects.Index(Text(ref reader), Optional(ref reader), Optional(ref reader));
                break;
            case EffectRecorder.DecideTag:
                effects.Decide(reader.Text(), (DecisionKind)reader.Byte(), reader.ZigZag(), Text(ref reader), Text(ref reader));
                break;
            case EffectRecorder.RecordsTag:
                effects.Records.AddEncoded(reader.Text());
                break;
            default:
                throw new InvalidDataException($"An effect of unknown kind {tag}: a silo runs a newer program.");
        }
    }

    private Counter Named(ReadOnlySpan<byte> utf8)
    {
        Span<char> text = stackalloc char[Math.Min(utf8.Length, 256)];
        ReadOnlySpan<char> name = utf8.Length <= text.Length ? text[..Encoding.UTF8.GetChars(utf8, text)] : Encoding.UTF8.GetString(utf8);
        if (!_byName.TryGetValue(name, out var counter))
        {
            counter = new Counter(name.ToString());
            _counters.Add(counter.Name, counter);
        }

        return counter;
    }

    private static string Text(ref SpanReader reader) => Encoding.UTF8.GetString(reader.Text());

    private static string? Optional(ref SpanReader reader) => reader.Byte() == 0 ? null : Text(ref reader);
}
