namespace Triggers.Silo.Serve;

/// <summary>Finds the web pages that the program serves: beside itself when installed, in the source tree when run from a checkout.</summary>
internal static class Assets
{
    /// <summary>The built dashboard; null: this build has none.</summary>
    public static string? FindDashboard()
    {
        var installed = Path.Combine(AppContext.BaseDirectory, "wwwroot");
        if (HasIndex(installed))
        {
            return installed;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Triggers.sln")))
            {
                var built = Path.Combine(folder.FullName, "src", "Web", "wwwroot");
                return HasIndex(built) ? built : null;
            }
        }

        return null;
    }

    /// <summary>The shop's page that belongs to a folder of definitions: <c>page/index.html</c> in it or beside it.</summary>
    public static string? FindShop(string definitions)
    {
        string[] places = [Path.Combine(definitions, "page"), Path.Combine(definitions, "..", "page")];
        return Array.Find(places, HasIndex) is { } found ? Path.GetFullPath(found) : null;
    }

    private static bool HasIndex(string folder) => File.Exists(Path.Combine(folder, "index.html"));
}
