using System.Security.Cryptography;

namespace Triggers.Storage.Sqlite.Backups;

/// <summary>Files that are on disk when a call returns, and that only their owner can read: a back-up holds keys and customers.</summary>
internal static class DurableFile
{
    private const int BufferBytes = 1 << 20;
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void MakePrivate(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, OwnerFile);
        }
    }

    public static void Write(string path, byte[] content)
    {
        using var file = Create(path);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    public static void Sync(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    }

    /// <param name="progress">Gets the bytes of each read.</param>
    public static (long Bytes, string Sha256) Hash(string path, Action<int> progress, CancellationToken cancellation)
    {
        using var file = Open(path);
        return Pump(file, null, progress, cancellation);
    }

    /// <returns>Of what was read and written.</returns>
    public static (long Bytes, string Sha256) Copy(string from, string to, Action<int> progress, CancellationToken cancellation)
    {
        using var source = Open(from);
        using var target = Create(to);
        var copied = Pump(source, target, progress, cancellation);
        target.Flush(flushToDisk: true);
        return copied;
    }

    private static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.SequentialScan);

    private static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerFile;
        }

        return new FileStream(path, options);
    }

    private static (long Bytes, string Sha256) Pump(FileStream source, FileStream? target, Action<int> progress, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferBytes];
        var bytes = 0L;
        while (source.Read(buffer) is > 0 and var read)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, read);
            target?.Write(buffer, 0, read);
            bytes += read;
            progress(read);
        }

        return (bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
