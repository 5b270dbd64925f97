using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Triggers.Silo.Cli;

namespace Triggers.Silo.Import;

/// <summary>
/// The file to import. Its identity is its content with the mapping: the same rows under another name, or compressed, are the same import.
/// </summary>
public sealed class SourceFile(string path)
{
    private long _bytesRead;

    public string Name { get; } = Path.GetFileName(path);

    /// <summary>Size on disk; what <see cref="BytesRead"/> runs towards.</summary>
    public long Length { get; } = new FileInfo(path).Length;

    /// <summary>Bytes taken from disk by the stream opened last; read by the progress display from another thread.</summary>
    public long BytesRead => Interlocked.Read(ref _bytesRead);

    public static SourceFile Find(string path) =>
        File.Exists(path) ? new SourceFile(path) : throw new UserErrorException($"There is no file {path}.");

    /// <summary>The content, decompressed when it is gzip (by its first bytes, not by its name).</summary>
    public Stream Open()
    {
        Interlocked.Exchange(ref _bytesRead, 0);
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        Span<byte> magic = stackalloc byte[2];
        var isGzip = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic[0] == 0x1F && magic[1] == 0x8B;
        file.Position = 0;
        var counted = new CountingStream(file, count => Interlocked.Add(ref _bytesRead, count));
        return isGzip ? new GZipStream(counted, CompressionMode.Decompress) : counted;
    }

    /// <summary>32 hex digits of SHA-256 over the content and the mapping's canonical text.</summary>
    public string HashWith(string mapping)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(mapping));
        hash.AppendData([0]);
        using var content = Open();
        var buffer = new byte[1 << 16];
        try
        {
            for (int count; (count = content.Read(buffer)) > 0;)
            {
                hash.AppendData(buffer, 0, count);
            }
        }
        catch (InvalidDataException error)
        {
            throw new UserErrorException($"{Name} is damaged: {error.Message}");
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }

    private sealed class CountingStream(Stream inner, Action<int> onRead) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            var count = inner.Read(buffer);
            onRead(count);
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
