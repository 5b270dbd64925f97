using System.Globalization;
using Spectre.Console;

namespace Triggers.Silo.Bench.Memory;

/// <summary>What <c>triggers bench memory</c> found.</summary>
/// <param name="StateBytesPerCustomer">The customer's state on disk; <see cref="BytesPerCustomer"/> has log, search and free pages too.</param>
/// <param name="ResidentAtStart">Of the process with none, and with all customers stored and none in memory, after a start with a collector that is quick to collect.</param>
/// <param name="ResidentBytesPerCustomer">The difference between these two starts, by customers.</param>
/// <param name="ResidentAfterLoad">After making the customers, with <see cref="CustomerMemoryMiB"/> of them in memory; the peak is of the whole run.</param>
/// <param name="ReadyMs">From the process's start until it answers that it is ready.</param>
public sealed record MemoryReport(
    string Machine,
    long Customers,
    int EventsPerCustomer,
    int CustomerMemoryMiB,
    int LimitMiB,
    double EventsPerSecond,
    StoreSizes Stored,
    double StateBytesPerCustomer,
    double BytesPerCustomer,
    long ResidentEmpty,
    long ResidentAtStart,
    double ResidentBytesPerCustomer,
    long ResidentAfterLoad,
    long ResidentPeak,
    double ReadyEmptyMs,
    double ReadyMs,
    bool IsSound) : IBenchReport
{
    public void Print(IAnsiConsole console)
    {
        var limit = LimitMiB == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {LimitMiB:N0} MiB for the process");
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Machine}; {Customers:N0} customers of {EventsPerCustomer} events, made at {EventsPerSecond:N0} events/s; {CustomerMemoryMiB:N0} MiB for customers{limit}"));
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"on disk: {BenchTables.MiB(Stored.Total)}, {BytesPerCustomer:N0} B a customer; of it states {BenchTables.MiB(Stored.State)}, {StateBytesPerCustomer:N0} B a customer; log {BenchTables.MiB(Stored.Log)}"));
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"resident after a start: {BenchTables.MiB(ResidentAtStart)}, {BenchTables.MiB(ResidentEmpty)} without customers: {ResidentBytesPerCustomer:N0} B a customer not in memory"));
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"resident after the load: {BenchTables.MiB(ResidentAfterLoad)}, at its peak {BenchTables.MiB(ResidentPeak)}"));
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"start: ready after {ReadyMs:N0} ms, {ReadyEmptyMs:N0} ms without customers"));
    }
}
