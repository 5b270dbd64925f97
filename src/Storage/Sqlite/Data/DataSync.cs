using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Triggers.Storage.Sqlite.Data;

/// <summary>Brings the bytes of a file to the disk, without its times: those would wait for the file system's journal and all that other files have in it.</summary>
internal sealed class DataSync(string path) : IDisposable
{
    private readonly SafeFileHandle _file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
    private readonly FilePlace _place = new(path);

    /// <exception cref="IOException">The disk fails.</exception>
    public void Sync()
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(_file);
        }
        else if (SyncData(_file) != 0)
        {
            throw new IOException(new Win32Exception(Marshal.GetLastPInvokeError()).Message);
        }
    }

    /// <summary>What the path names is this file: nobody has deleted it, moved it away or put another one in its place. A microsecond.</summary>
    public bool IsInPlace => _file.IsClosed || _place.Has(_file);

    public void Dispose() => _file.Dispose();

    [DllImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SyncData(SafeFileHandle file);
}
