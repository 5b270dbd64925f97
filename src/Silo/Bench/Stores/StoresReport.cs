using System.Globalization;
using Spectre.Console;

namespace Triggers.Silo.Bench.Stores;

/// <summary>What <c>triggers bench store</c> found.</summary>
/// <param name="Rates">By what was done and by engine, a second.</param>
public sealed record StoresReport(string Machine, IReadOnlyList<string> Engines, IReadOnlyDictionary<string, double[]> Rates) : IBenchReport
{
    public bool IsSound => Rates.Values.All(rates => Array.TrueForAll(rates, rate => rate > 0));

    public void Print(IAnsiConsole console)
    {
        console.WriteLine(Machine);
        var table = new Table().Border(TableBorder.Simple).AddColumn("a second");
        foreach (var engine in Engines)
        {
            table.AddColumn(BenchTables.Right(engine));
        }

        table.AddColumn(BenchTables.Right($"{Engines[1]} / {Engines[0]}"));
        foreach (var (name, rates) in Rates)
        {
            table.AddRow([name, .. rates.Select(BenchTables.Number), (rates[1] / rates[0]).ToString("0.00", CultureInfo.InvariantCulture)]);
        }

        console.Write(table);
    }
}
