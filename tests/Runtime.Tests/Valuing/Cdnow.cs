using System.Globalization;
using System.IO.Compression;
using Triggers.Engine.Records;
using Triggers.Runtime.Tests.Support;

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

    /// <summary>Their purchases until the end of the 39 weeks as past events of a server whose clock stands there.</summary>
    public static async Task AppendAsync(ServerHarness host, int customers = int.MaxValue)
    {
        var shift = ManualTime.Start - new DateTimeOffset(Calibration);
        var taken = Read().Where(purchase => purchase.Date <= Calibration && int.Parse(purchase.Customer, CultureInfo.InvariantCulture) <= customers);
        foreach (var chunk in taken.Index().Chunk(500))
        {
            using var batch = new RecordBatch();
            foreach (var (index, (customer, date, worth)) in chunk)
            {
                var at = (new DateTimeOffset(date) + shift).ToUnixTimeMilliseconds();
                batch.AddTrack(CustomerKey.User(customer), "Purchase", at, $"p{index}", string.Create(CultureInfo.InvariantCulture, $$"""{"total":{{worth}}}"""), "", RecordFlags.Historical);
            }

            await host.AppendAsync(batch);
        }
    }

    /// <summary>Until nobody is left to be told where lines that are measured over all customers are.</summary>
    public static Task ToldAsync(ServerHarness host) => ServerHarness.UntilAsync(
        async () =>
        {
            // Each step of a walk waits for its time.
            host.Time.Advance(TimeSpan.FromMilliseconds(20));
            return (await host.Server.Measuring.ViewAsync()).PartitionsWalking == 0;
        },
        "everybody to be told where the lines are");
}
