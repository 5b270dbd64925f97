using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Triggers.Storage.Sqlite.Data;

/// <summary>
/// Brings the WAL to the disk after a commit, in SQLite's place. SQLite asks for a file's times to be stored too, so every commit waits for the file system's journal and with
/// that for whatever other files have in it, such as the store's own while pages are copied into it. The bytes alone do not.
/// </summary>
internal sealed class WalSync(string databasePath) : IDisposable
{
    private readonly SafeFileHandle _wal = File.OpenHandle(databasePath + "-wal", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    /// <exception cref="WalSyncException">What was committed may not be on the disk: nothing may be told, and nothing be tried again.</exception>
    public void Sync()
    {
        try
        {
            if (!OperatingSystem.IsLinux())
            {
                RandomAccess.FlushToDisk(_wal);
            }
            else if (SyncData(_wal) != 0)
            {
                throw new IOException(new Win32Exception(Marshal.GetLastPInvokeError()).Message);
            }
        }
        catch (IOException error)
        {
            throw new WalSyncException(error);
        }
    }

    public void Dispose() => _wal.Dispose();

    [DllImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SyncData(SafeFileHandle file);
}

/// <summary>The disk failed between a commit and its being durable.</summary>
internal sealed class WalSyncException(IOException inner) : Exception($"The disk failed to keep what was committed: {inner.Message} Look at the disk, then start the program again: it goes on from what is there.", inner);
