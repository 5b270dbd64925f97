using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Triggers.Engine.Records;
using Triggers.Engine.Text;

namespace Triggers.Web.Ingest;

/// <summary>Joins a batch's context with an event's own: the members of the event win, one level deep, as the Segment spec says.</summary>
internal sealed class ContextMerge : IDisposable
{
    /// <summary>So that nobody can send names that fall into one place of the set.</summary>
    private static readonly ulong Seed = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8));

    private readonly ByteWriter _merged = new(256);

    /// <summary>Hashes of the event's own names: going through them for each name of the batch's took seconds where both had thousands.</summary>
    private readonly HashSet<ulong> _own = [];

    /// <summary>The result is valid until the next call.</summary>
    public ReadOnlySpan<byte> Merge(ReadOnlySpan<byte> own, ReadOnlySpan<byte> shared)
    {
        if (own.IsEmpty)
        {
            return shared;
        }

        _merged.Clear();
        _own.Clear();
        _merged.Byte((byte)'{');
        var isFirst = true;
        Copy(own, isOwn: true, ref isFirst);
        Copy(shared, isOwn: false, ref isFirst);
        _merged.Byte((byte)'}');
        return _merged.Written;
    }

    public void Dispose() => _merged.Dispose();

    private void Copy(ReadOnlySpan<byte> source, bool isOwn, ref bool isFirst)
    {
        var reader = new Utf8JsonReader(source);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)reader.TokenStartIndex;
            var name = Hash64.Of(reader.ValueSpan, Seed);
            if (isOwn)
            {
                _own.Add(name);
            }

            var isTaken = !isOwn && _own.Contains(name);
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
}
