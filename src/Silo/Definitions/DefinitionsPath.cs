namespace Triggers.Silo.Definitions;

/// <summary>Finds the folder of definitions that a person means: an example's own folder holds them in <c>definitions/</c>, beside its page.</summary>
internal static class DefinitionsPath
{
    public static string Resolve(string path)
    {
        var full = Path.GetFullPath(path);
        var inner = Path.Combine(full, "definitions");
        return !HasDefinitions(full) && HasDefinitions(inner) ? inner : full;
    }

    private static bool HasDefinitions(string folder) =>
        Directory.Exists(Path.Combine(folder, "campaigns")) || File.Exists(Path.Combine(folder, "sources.yaml")) || File.Exists(Path.Combine(folder, "segments.yaml"));
}
