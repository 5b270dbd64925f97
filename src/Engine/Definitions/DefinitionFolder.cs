using System.Globalization;

namespace Triggers.Engine.Definitions;

/// <summary>Reads the files of a definitions folder. The one place of the engine that touches a disk; it decides nothing.</summary>
public static class DefinitionFolder
{
    private static readonly string[] s_extensions = [".yaml", ".yml", ".hbs"];

    /// <summary>The YAML and Handlebars files under the folder, by path, ordinal. Others (a README, hidden files) are left alone.</summary>
    /// <exception cref="IOException">The folder is not there or cannot be read; the message is fit for people.</exception>
    public static IReadOnlyList<DefinitionFile> Read(string path)
    {
        if (!Directory.Exists(path))
        {
            throw new DirectoryNotFoundException($"There is no definitions folder '{Path.GetFullPath(path)}'.");
        }

        return Files(path).Select(item => new DefinitionFile(item.Relative, ReadText(item.File))).ToList();
    }

    /// <summary>Another one when a file was written, added, deleted or renamed, also behind links, wherever the disk is; without reading the files. Empty: the folder is not there.</summary>
    public static string Stamp(string path)
    {
        try
        {
            return string.Join('\n', Files(path).Select(item =>
            {
                var file = new FileInfo(item.File);
                file = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
                return string.Create(CultureInfo.InvariantCulture, $"{item.Relative} {file.FullName} {file.Length} {file.LastWriteTimeUtc.Ticks}");
            }));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>Reads and loads; a folder that cannot be read is an error like others.</summary>
    public static DefinitionResult Load(string path, IReadOnlyList<ChannelRule>? channels = null)
    {
        try
        {
            var files = Read(path);
            return files.Count > 0
                ? DefinitionLoader.Load(files, channels)
                : new DefinitionResult(null, [new DefinitionError(path, 0, 0, "", "The folder holds no definitions: begin with a sources.yaml, or name another folder with --definitions.")]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new DefinitionResult(null, [new DefinitionError(path, 0, 0, "", exception.Message)]);
        }
    }

    private static IEnumerable<(string File, string Relative)> Files(string path)
    {
        var root = Path.GetFullPath(path);
        return Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Select(file => (File: file, Relative: Path.GetRelativePath(root, file).Replace('\\', '/')))
            .Where(item => s_extensions.Contains(Path.GetExtension(item.File), StringComparer.OrdinalIgnoreCase) && !item.Relative.Split('/').Any(part => part.StartsWith('.')))
            .OrderBy(item => item.Relative, StringComparer.Ordinal)
            .Take(Limits.DefinitionFilesMax + 1);
    }

    /// <summary>A file too long is read only so far that the loader refuses it. The length is that of what was opened: a link, as Kubernetes mounts files, has its own.</summary>
    private static string ReadText(string file)
    {
        using var reader = new StreamReader(file);
        var buffer = new char[Math.Min(reader.BaseStream.Length + 1, Limits.DefinitionFileLengthMax + 1L)];
        return new string(buffer, 0, reader.ReadBlock(buffer));
    }
}
