using System.Globalization;
using Spectre.Console;

namespace Triggers.Silo.Bench;

/// <summary>How reports print their figures.</summary>
public static class BenchTables
{
    public static Table Latencies(string header, string count) =>
        new Table().Border(TableBorder.Simple).AddColumn(header).AddColumns(Right("p50"), Right("p95"), Right("p99"), Right("max"), Right(count));

    public static void Add(Table table, string name, Percentiles percentiles) => table.AddRow(
        name, Ms(percentiles.P50), Ms(percentiles.P95), Ms(percentiles.P99), Ms(percentiles.Max), Number(percentiles.Count));

    public static TableColumn Right(string header) => new TableColumn(header).RightAligned();

    public static string Number(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string MiB(double bytes) => (bytes / 1048576).ToString("N1", CultureInfo.InvariantCulture) + " MiB";

    private static string Ms(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
}
