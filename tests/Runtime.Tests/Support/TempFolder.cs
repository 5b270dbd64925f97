namespace Triggers.Runtime.Tests.Support;

/// <summary>A folder that goes with its test.</summary>
public sealed class TempFolder : IDisposable
{
    public TempFolder() => Directory.CreateDirectory(Path);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "triggers-" + Guid.NewGuid().ToString("N")[..12]);

    public string In(string name) => System.IO.Path.Combine(Path, name);

    public void Write(string name, string text)
    {
        var path = In(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // A store that was abandoned may still hold a file.
        }
    }
}
