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

        var root = Path.GetFullPath(path);
        return Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Select(file => (file, relative: Path.GetRelativePath(root, file).Replace('\\', '/')))
            .Where(item => s_extensions.Contains(Path.GetExtension(item.file), StringComparer.OrdinalIgnoreCase) && !item.relative.Split('/').Any(part => part.StartsWith('.')))
            .OrderBy(item => item.relative, StringComparer.Ordinal)
            .Take(Limits.DefinitionFilesMax + 1)
            .Select(item => new DefinitionFile(item.relative, ReadText(item.file)))
            .ToList();
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

    /// <summary>A file too long is read only so far that the loader refuses it.</summary>
    private static string ReadText(string file)
    {
        using var reader = new StreamReader(file);
        var buffer = new char[Math.Min(new FileInfo(file).Length + 1, Limits.DefinitionFileLengthMax + 1L)];
        return new string(buffer, 0, reader.ReadBlock(buffer));
    }
}
