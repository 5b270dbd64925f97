using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Triggers.Silo.Bench;

/// <summary>Makes a number of customers through the public ingest: every customer's events together, one customer after another, each request until it is acknowledged.</summary>
public sealed class BulkLoad(IPEndPoint server, int customers, int eventsPerCustomer, bool known)
{
    private const int Connections = 16;
    private const int EventsPerRequest = 100;
    private static readonly TimeSpan _sayEvery = TimeSpan.FromSeconds(10);

    private readonly int _customersPerRequest = Math.Max(1, EventsPerRequest / eventsPerCustomer);
    private readonly long _started = Stopwatch.GetTimestamp();
    private int _nextRequest;
    private long _sayAt;

    /// <summary>Returns the events acknowledged and the seconds that it took.</summary>
    public async Task<(long Events, double Seconds)> RunAsync(CancellationToken cancellation)
    {
        var events = await Task.WhenAll(Enumerable.Range(1, Connections).Select(lane => SendAsync(lane, cancellation)));
        return (events.Sum(), Stopwatch.GetElapsedTime(_started).TotalSeconds);
    }

    private async Task<long> SendAsync(int lane, CancellationToken cancellation)
    {
        await Task.Yield();
        var next = 0;
        var asked = 0;
        // The last request goes on at the first customer, so that requests are of one size.
        var requests = new EventTemplates(
            server.ToString(), BenchDefinitions.WriteKey, _customersPerRequest * eventsPerCustomer, lane, () => (next + (asked++ / eventsPerCustomer)) % customers, Content);
        using var connection = await RawConnection.OpenAsync(server, cancellation);
        long events = 0;
        while (true)
        {
            next = (Interlocked.Increment(ref _nextRequest) - 1) * _customersPerRequest;
            if (next >= customers)
            {
                return events;
            }

            asked = 0;
            await connection.SendUntilTakenAsync(requests.Next(), cancellation);
            events += requests.EventsPerRequest;
            Say(next);
        }
    }

    private void Say(int customer)
    {
        var due = Volatile.Read(ref _sayAt);
        if (Stopwatch.GetElapsedTime(_started) is var elapsed && elapsed.Ticks > due && Interlocked.CompareExchange(ref _sayAt, elapsed.Ticks + _sayEvery.Ticks, due) == due && due > 0)
        {
            BenchRun.Say(string.Create(CultureInfo.InvariantCulture, $"{customer:N0} of {customers:N0} customers after {elapsed.TotalSeconds:N0} s"));
        }
    }

    private string Content(Random random, int index) => known && index % eventsPerCustomer == 0 ? Identify(random) : EventTemplates.BrowseEvent(random);

    private static string Identify(Random random) => string.Create(CultureInfo.InvariantCulture, $$$"""
        "type":"identify","traits":{"email":"c-{{{EventTemplates.CustomerPlace}}}@example.com","firstName":"Kim","lastName":"Example","plan":"{{{(random.Next(4) == 0 ? "pro" : "free")}}}","country":"NL","age":{{{random.Next(18, 90)}}}}}
        """);
}
