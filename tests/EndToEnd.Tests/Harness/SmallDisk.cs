using System.Diagnostics;
using System.Globalization;

namespace Triggers.EndToEnd.Tests.Harness;

/// <summary>A file system of a few megabytes that can be filled: a tmpfs, which only root may mount.</summary>
public sealed class SmallDisk : IDisposable
{
    public SmallDisk(int megabytes)
    {
        Path = Directory.CreateTempSubdirectory("triggers-disk-").FullName;
        Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m"), "tmpfs", Path);
    }

    /// <summary>null: this machine can.</summary>
    public static string? WhyNot { get; } = FindOut();

    public string Path { get; }

    public void Dispose()
    {
        Run("umount", "-l", Path);
        Directory.Delete(Path, recursive: true);
    }

    private static string? FindOut()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
        {
            return "mounting a small file system needs root on Linux";
        }

        try
        {
            using var disk = new SmallDisk(1);
            return null;
        }
        catch (Exception error)
        {
            return $"a small file system cannot be mounted here: {error.Message}";
        }
    }

    private static void Run(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException(process.StandardError.ReadToEnd().Trim());
        }
    }
}
