using System.Globalization;
using Spectre.Console;

namespace Triggers.Silo.Bench.Growth;

/// <summary>What <c>triggers bench growth</c> found.</summary>
internal sealed record GrowthReport(string Machine, int Rounds, IReadOnlyList<GrowthSeries> Series, bool IsSound) : IBenchReport
{
    public void Print(IAnsiConsole console)
    {
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Machine}; ns of one core an event, median of {Rounds} rounds"));
        foreach (var series in Series)
        {
            var table = new Table().Border(TableBorder.Simple).AddColumn(series.Name)
                .AddColumns(BenchTables.Right("ns an event"), BenchTables.Right("ratio"), BenchTables.Right("state, B"), BenchTables.Right("in memory, B"));
            foreach (var row in series.Rows)
            {
                table.AddRow(
                    row.Name, BenchTables.Number(row.NanosecondsPerEvent), row.Ratio.ToString("0.00", CultureInfo.InvariantCulture),
                    BenchTables.Number(row.StateBytesPerCustomer), row.MemoryBytesPerCustomer is { } memory ? BenchTables.Number(memory) : "");
            }

            console.Write(table);
        }
    }
}

/// <summary>One thing that grows.</summary>
internal sealed record GrowthSeries(string Name, IReadOnlyList<GrowthRow> Rows);

/// <param name="Ratio">To the series' first row.</param>
/// <param name="StateBytesPerCustomer">As it is stored, key included.</param>
/// <param name="MemoryBytesPerCustomer">Of the heap that the customers' lists lie in; null: none are in memory. Two objects and a place in a table come to it.</param>
internal sealed record GrowthRow(string Name, double NanosecondsPerEvent, double Ratio, double StateBytesPerCustomer, double? MemoryBytesPerCustomer);
