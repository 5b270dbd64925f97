using System.Buffers;
using System.IO.Compression;

namespace Triggers.Web.Ingest;

internal enum BodyStatus
{
    Ok = 1,
    TooLarge = 2,
    BadGzip = 3,
    UnknownEncoding = 4,
}

/// <summary>Reads a request's body into one reused buffer, gunzipped, never more than the limit: a zip bomb stops there.</summary>
internal sealed class BodyReader(int limit) : IDisposable
{
    private byte[] _body = ArrayPool<byte>.Shared.Rent(4096);
    private byte[] _compressed = [];

    private int _start;

    /// <summary>The body without a byte order mark.</summary>
    public Span<byte> Body => _body.AsSpan(_start, Length - _start);

    private int Length { get; set; }

    public async ValueTask<BodyStatus> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        Length = _start = 0;
        if (request.ContentLength > limit)
        {
            return BodyStatus.TooLarge;
        }

        var encoding = request.Headers.ContentEncoding;
        var isGzip = encoding.Count == 1 && string.Equals(encoding[0], "gzip", StringComparison.OrdinalIgnoreCase);
        if (encoding.Count > 0 && !isGzip && !string.Equals(encoding[0], "identity", StringComparison.OrdinalIgnoreCase) && encoding[0]?.Length > 0)
        {
            return BodyStatus.UnknownEncoding;
        }

        var pipe = request.BodyReader;
        while (true)
        {
            var result = await pipe.ReadAsync(cancellation);
            if (Length + result.Buffer.Length > limit)
            {
                pipe.AdvanceTo(result.Buffer.End);
                return BodyStatus.TooLarge;
            }

            Take(result.Buffer);
            pipe.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                break;
            }
        }

        // Some clients compress and do not say so; no JSON begins with these two bytes.
        var status = isGzip || (Length > 2 && _body[0] == 0x1F && _body[1] == 0x8B) ? Gunzip() : BodyStatus.Ok;
        _start = Body.StartsWith("\uFEFF"u8) ? 3 : 0;
        return status;
    }

    public void Dispose()
    {
        Return(_body);
        Return(_compressed);
        _body = _compressed = [];
    }

    private void Take(ReadOnlySequence<byte> buffer)
    {
        var count = (int)buffer.Length;
        if (_body.Length - Length < count)
        {
            Grow(Length + count);
        }

        buffer.CopyTo(_body.AsSpan(Length));
        Length += count;
    }

    private BodyStatus Gunzip()
    {
        (_compressed, _body) = (_body, _compressed);
        var compressedLength = Length;
        Length = 0;
        try
        {
            using var gzip = new GZipStream(new MemoryStream(_compressed, 0, compressedLength), CompressionMode.Decompress);
            while (true)
            {
                if (Length == _body.Length)
                {
                    Grow(Math.Max(16 * 1024, Math.Min(Length * 2, limit + 1)));
                }

                var count = gzip.Read(_body, Length, Math.Min(_body.Length, limit + 1) - Length);
                Length += count;
                if (Length > limit)
                {
                    return BodyStatus.TooLarge;
                }

                if (count == 0)
                {
                    return BodyStatus.Ok;
                }
            }
        }
        catch (InvalidDataException)
        {
            return BodyStatus.BadGzip;
        }
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Math.Min(_body.Length * 2, limit + 1)));
        _body.AsSpan(0, Length).CopyTo(larger);
        Return(_body);
        _body = larger;
    }

    private static void Return(byte[] buffer)
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
