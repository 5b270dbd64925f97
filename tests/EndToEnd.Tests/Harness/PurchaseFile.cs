using System.Globalization;
using System.IO.Compression;

namespace Triggers.EndToEnd.Tests.Harness;

/// <summary>The real purchases that lie beside the project, read here in the plainest way: what an import is compared with.</summary>
public static class PurchaseFile
{
    public const string Relative = "../shared/data/cdnow_sample.csv.gz";

    /// <summary>null: the file is not there.</summary>
    public static string? Path { get; } = Find();

    public static IReadOnlyList<Purchase> Read()
    {
        using var text = new StreamReader(new GZipStream(File.OpenRead(Path!), CompressionMode.Decompress));
        _ = text.ReadLine();
        var purchases = new List<Purchase>();
        while (text.ReadLine() is { } line)
        {
            var fields = line.Split(',');
            var date = DateTime.ParseExact(fields[1], "yyyy-MM-dd", CultureInfo.InvariantCulture);
            purchases.Add(new Purchase(fields[0], date, decimal.Parse(fields[3], CultureInfo.InvariantCulture)));
        }

        return purchases;
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Triggers.sln")))
            {
                var path = System.IO.Path.GetFullPath(System.IO.Path.Combine(folder.FullName, Relative));
                return File.Exists(path) ? path : null;
            }
        }

        return null;
    }
}

public sealed record Purchase(string Customer, DateTime Date, decimal Value);
