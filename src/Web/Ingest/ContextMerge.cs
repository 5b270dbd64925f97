using System.Text.Json;
using Triggers.Engine.Records;

namespace Triggers.Web.Ingest;

/// <summary>Joins a batch's context with an event's own: the members of the event win, one level deep, as the Segment spec says.</summary>
internal sealed class ContextMerge : IDisposable
{
    private readonly ByteWriter _merged = new(256);

    /// <summary>The result is valid until the next call.</summary>
    public ReadOnlySpan<byte> Merge(ReadOnlySpan<byte> own, ReadOnlySpan<byte> shared)
    {
        if (own.IsEmpty)
        {
            return shared;
        }

        _merged.Clear();
        _merged.Byte((byte)'{');
        var isFirst = true;
        Copy(own, [], ref isFirst);
        Copy(shared, own, ref isFirst);
        _merged.Byte((byte)'}');
        return _merged.Written;
    }

    public void Dispose() => _merged.Dispose();

    private void Copy(ReadOnlySpan<byte> source, ReadOnlySpan<byte> except, ref bool isFirst)
    {
        var reader = new Utf8JsonReader(source);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)reader.TokenStartIndex;
            var isTaken = !except.IsEmpty && Has(except, reader.ValueSpan);
            reader.Read();
            reader.Skip();
            if (isTaken)
            {
                continue;
            }

            if (!isFirst)
            {
                _merged.Byte((byte)',');
            }

            isFirst = false;
            _merged.Bytes(source[start..(int)reader.BytesConsumed]);
        }
    }

    private static bool Has(ReadOnlySpan<byte> context, ReadOnlySpan<byte> name)
    {
        var reader = new Utf8JsonReader(context);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueSpan.SequenceEqual(name))
            {
                return true;
            }

            reader.Read();
            reader.Skip();
        }

        return false;
    }
}
