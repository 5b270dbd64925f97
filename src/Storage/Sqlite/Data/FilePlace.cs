using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Triggers.Storage.Sqlite.Data;

/// <summary>Whether a path still names a file that is open. A file that was deleted or moved takes writes as before; nobody finds them again under its name.</summary>
internal sealed class FilePlace(string path)
{
    // Of Linux' statx(2), whose layout is the same on every processor.
    private const int StatusBytes = 256, InodeAt = 32, DeviceAt = 136, CurrentFolder = -100, OfHandle = 0x1000, Inode = 0x100;
    private const int NotPermitted = 1, NoEntry = 2, NotAFolder = 20, NotImplemented = 38;
    private static volatile bool _hasNoStatus = !OperatingSystem.IsLinux();
    private readonly byte[] _path = [.. Encoding.UTF8.GetBytes(path), 0];
    private (ulong Inode, ulong Device) _known;

    public bool Has(SafeFileHandle file)
    {
        if (_hasNoStatus)
        {
            return File.Exists(path);
        }

        var error = Ask(CurrentFolder, _path, 0, out var named);
        if (error is NotPermitted or NotImplemented)
        {
            _hasNoStatus = true;
            return File.Exists(path);
        }

        if (error != 0)
        {
            // Any other: it may be there, and is written as before.
            return error is not (NoEntry or NotAFolder);
        }

        if (named == _known)
        {
            return true;
        }

        // The first time; or another file; or a file system that counts anew, and then for the open file, too.
        if (Ask((int)file.DangerousGetHandle(), [0], OfHandle, out var open) == 0 && open != named)
        {
            return false;
        }

        _known = named;
        return true;
    }

    private static int Ask(int handle, ReadOnlySpan<byte> name, int flags, out (ulong Inode, ulong Device) answer)
    {
        Span<byte> status = stackalloc byte[StatusBytes];
        answer = default;
        try
        {
            if (GetStatus(handle, in MemoryMarshal.GetReference(name), flags, Inode, ref MemoryMarshal.GetReference(status)) != 0)
            {
                return Marshal.GetLastPInvokeError();
            }
        }
        catch (EntryPointNotFoundException)
        {
            return NotImplemented;
        }

        answer = (BinaryPrimitives.ReadUInt64LittleEndian(status[InodeAt..]), BinaryPrimitives.ReadUInt64LittleEndian(status[DeviceAt..]));
        return 0;
    }

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetStatus(int folder, in byte path, int flags, uint mask, ref byte status);
}
