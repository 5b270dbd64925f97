using Triggers.Silo.Cli;
using Triggers.Storage;

namespace Triggers.Silo.Import;

/// <summary>The definitions that a data folder was served with last, written out for the time of an import.</summary>
internal sealed class KeptDefinitions : IDisposable
{
    private KeptDefinitions(string folder) => Folder = folder;

    public string Folder { get; }

    public static KeptDefinitions Of(IStore store, string data)
    {
        var latest = store.Definitions.Find(store.Definitions.LatestVersion) ?? throw NeverServed(data);
        var folder = Directory.CreateTempSubdirectory("triggers-import-").FullName;
        foreach (var file in latest.Files)
        {
            var path = Path.Combine(folder, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, file.Text);
        }

        return new KeptDefinitions(folder);
    }

    public static UserErrorException NeverServed(string data) => new($"{data} was never served: say with --definitions by which definitions to import.");

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
