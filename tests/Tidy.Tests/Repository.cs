namespace Triggers.Tidy.Tests;

/// <summary>The tree this test was built from, as text: what tidiness is asserted on.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The rooms under src, each with the rooms it may reference.</summary>
    public static IReadOnlyDictionary<string, string[]> AllowedReferences { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["Engine"] = [],
        ["Storage"] = ["Engine"],
        ["Channels"] = ["Engine"],
        ["Runtime"] = ["Engine", "Storage", "Channels"],
        ["Grains"] = ["Runtime"],
        ["Web"] = ["Runtime"],
        ["Silo"] = ["Grains", "Web"],
    };

    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Where(path => !IsBuilt(path))
            .Order(StringComparer.Ordinal);

    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static bool IsBuilt(string path)
    {
        var parts = Path.GetRelativePath(Root, path).Split(Path.DirectorySeparatorChar);
        return parts.Any(part => part is "bin" or "obj" or "node_modules" or "wwwroot");
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Triggers.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"Triggers.sln is in no folder above {AppContext.BaseDirectory}: run the tests from a checkout.");
    }
}
