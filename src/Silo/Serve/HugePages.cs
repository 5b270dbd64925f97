using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Triggers.Silo.Serve;

/// <summary>
/// Asks Linux for large pages under the managed heap. What customers hold is read all over hundreds of megabytes: with pages of 4 KB nearly every customer costs
/// walks through the page table besides its own memory. Advice only: where the system gives none, nothing changes.
/// </summary>
internal static class HugePages
{
    private const ulong PageBytes = 2 << 20;
    private const int HugePageAdvice = 14;
    private const int CollapseAdvice = 25;

    /// <summary>In less memory than this, what large pages leave unused could be missed.</summary>
    private const long MemoryMin = 1L << 30;

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);

    /// <summary>A call that took longer than this has moved a page: 2 MB, for about a millisecond, in which nobody else of the process gets memory.</summary>
    private static readonly TimeSpan s_work = TimeSpan.FromMicroseconds(100);

    /// <summary>After it, so that all else goes on: 100 pages a second at most.</summary>
    private static readonly TimeSpan s_rest = TimeSpan.FromMilliseconds(10);

    /// <summary>Asks for them; where they are to be had, answers with a thread that joins small pages to large ones as long as the process lives, to be started once all else has.</summary>
    public static Thread? Ask() =>
        OperatingSystem.IsLinux() && GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >= MemoryMin && FindHeap() is { } heap && Advise(heap.Start, heap.End - heap.Start, HugePageAdvice)
            ? new Thread(() => Collapse(heap)) { IsBackground = true, Name = "huge pages", Priority = ThreadPriority.Lowest }
            : null;

    /// <summary>The collector opens its memory in pieces smaller than a large page, and the system puts small pages there; they are joined afterwards.</summary>
    private static void Collapse((ulong Start, ulong End) heap)
    {
        while (true)
        {
            Thread.Sleep(s_interval);
            foreach (var mapping in Mappings().Where(mapping => mapping.IsWritable && mapping.Start >= heap.Start && mapping.End <= heap.End).ToList())
            {
                for (var page = (mapping.Start + PageBytes - 1) & ~(PageBytes - 1); page + PageBytes <= mapping.End; page += PageBytes)
                {
                    var began = Stopwatch.GetTimestamp();
                    Advise(page, PageBytes, CollapseAdvice);
                    if (Stopwatch.GetElapsedTime(began) >= s_work)
                    {
                        Thread.Sleep(s_rest);
                    }
                }
            }
        }
    }

    /// <summary>The collector reserves its memory in one piece and opens parts of it as they are needed: the mappings side by side around any object.</summary>
    private static (ulong Start, ulong End)? FindHeap()
    {
        var probe = GC.AllocateUninitializedArray<byte>(1, pinned: true);
        var address = (ulong)Marshal.UnsafeAddrOfPinnedArrayElement(probe, 0);
        ulong start = 0, end = 0;
        foreach (var mapping in Mappings())
        {
            if (mapping.Start != end)
            {
                if (end > address)
                {
                    break;
                }

                start = mapping.Start;
            }

            end = mapping.End;
        }

        return start <= address && address < end ? (start, end) : null;
    }

    /// <summary>Memory of this process that no file is behind, ascending.</summary>
    private static IEnumerable<(ulong Start, ulong End, bool IsWritable)> Mappings()
    {
        foreach (var line in File.ReadLines("/proc/self/maps"))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length == 5)
            {
                var ends = fields[0].Split('-');
                yield return (Hex(ends[0]), Hex(ends[1]), fields[1].StartsWith("rw", StringComparison.Ordinal));
            }
        }

        static ulong Hex(string text) => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    private static bool Advise(ulong start, ulong length, int advice) => Madvise((nint)start, (nint)length, advice) == 0;

    [DllImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Madvise(nint address, nint length, int advice);
}
