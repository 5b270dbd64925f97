using System.Globalization;
using System.IO.Compression;

namespace Triggers.Runtime.Tests.Valuing;

/// <summary>
/// The CDNOW sample: purchases until June 1998 of 2,357 customers, the systematic tenth of those whose first purchase at CDNOW was in the first quarter of 1997
/// (P. S. Fader and B. G. S. Hardie, Forecasting Repeat Sales at CDNOW: A Case Study, Interfaces 31 (2001); brucehardie.com/datasets). What BG/NBD and Gamma-Gamma are published with.
/// </summary>
internal static class Cdnow
{
    /// <summary>The end of the 39 weeks that the published parameters are of.</summary>
    public static readonly DateTime Calibration = new(1997, 9, 30, 0, 0, 0, DateTimeKind.Utc);

    public static readonly DateTime End = new(1998, 6, 30, 0, 0, 0, DateTimeKind.Utc);

    public static IReadOnlyList<(string Customer, DateTime Date, decimal Worth)> Read()
    {
        using var text = new StreamReader(new GZipStream(typeof(Cdnow).Assembly.GetManifestResourceStream("cdnow_sample.csv.gz")!, CompressionMode.Decompress));
        _ = text.ReadLine();
        var purchases = new List<(string, DateTime, decimal)>();
        while (text.ReadLine() is { } line)
        {
            var fields = line.Split(',');
            purchases.Add((fields[0], DateTime.ParseExact(fields[1], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal), decimal.Parse(fields[3], CultureInfo.InvariantCulture)));
        }

        return purchases;
    }
}
