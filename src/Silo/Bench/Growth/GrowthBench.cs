using System.Globalization;

namespace Triggers.Silo.Bench.Growth;

/// <summary>Grows one thing at a time and measures what an event costs: the machine alone, in this process, on one thread.</summary>
internal sealed class GrowthBench(GrowthOptions options, string folder, CancellationToken cancellation)
{
    /// <summary>Customers of the set-ups that grow definitions: few, so that their states stay in the processor's caches and only the work is seen.</summary>
    private const int Few = 20;

    /// <summary>Customers that are made and written at once.</summary>
    private const int Chunk = 20_000;

    private const int EventsBefore = 3;

    /// <summary>Between two events of these set-ups: some seven a day of each customer.</summary>
    private const double TenMinutes = 600_000;

    private static readonly long _start = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
    private static readonly (string Name, string Window, long Ms)[] _windows =
    [
        ("an hour", "1h", 3_600_000), ("a day", "1d", 86_400_000), ("30 days", "30d", 30 * 86_400_000L), ("a year", "365d", 365 * 86_400_000L), ("two years", "730d", 730 * 86_400_000L),
    ];

    private readonly List<GrowthSeries> _series = [];
    private long _lost;

    public async Task<GrowthReport> RunAsync()
    {
        int[] segments = [.. new[] { 10, 100, 1_000, 10_000 }.Where(count => count <= options.Segments)];
        Grow("segments that do not mention the event, nobody in them", [.. segments.Select(count => Idle(count, everybodyIsIn: false))]);
        Grow("segments that do not mention the event, everybody in them", [.. segments.Select(count => Idle(count, everybodyIsIn: true))]);
        Grow("segments that mention the event", [.. segments.Select(Busy)]);
        Grow("length of the window, full", [.. _windows.Select(Windowed)]);
        await GrowCustomersAsync();
        return new GrowthReport(BenchRun.Machine, options.Rounds, _series, _lost == 0);
    }

    private GrowthSubject Idle(int count, bool everybodyIsIn) =>
        Definitions(BenchTables.Number(count), GrowthDefinitions.Idle(count, everybodyIsIn, _start - 1), options.Events);

    private GrowthSubject Busy(int count) =>
        Definitions(BenchTables.Number(count), GrowthDefinitions.Busy(count, _start - 1), Math.Max(Few * 2, (int)Math.Min(options.Events, 2_000_000L / count)));

    private GrowthSubject Definitions(string name, Engine.Programs.Program program, int events)
    {
        var load = new GrowthLoad(program, _start);
        return new GrowthSubject(name, load, events, () => load.Prepare(events, Few, TenMinutes), load.Apply);
    }

    /// <summary>Each customer's events lie so close that the window is full of them: at its bound of exact instants, the rest in buckets.</summary>
    private GrowthSubject Windowed((string Name, string Window, long Ms) window)
    {
        var step = window.Ms / (double)(options.WindowEvents * Few);
        var load = new GrowthLoad(GrowthDefinitions.Windowed(window.Window, _start - 1), _start);
        for (var made = 0; made < options.WindowEvents; made += 100)
        {
            load.Prepare(100 * Few, Few, step, inTurn: true);
            load.Apply();
        }

        return new GrowthSubject(window.Name, load, options.Events, () => load.Prepare(options.Events, Few, step, inTurn: true), load.Apply);
    }

    private async Task GrowCustomersAsync()
    {
        var program = GrowthDefinitions.Usual(Path.Combine(folder, "definitions"), _start - 1);
        var stores = new List<GrowthStore>();
        var inMemory = new List<GrowthSubject>();
        var cold = new List<GrowthSubject>();
        try
        {
            for (var count = options.CustomersFrom; count <= options.Customers; count *= 10)
            {
                BenchRun.Say(string.Create(CultureInfo.InvariantCulture, $"making {count:N0} customers"));
                var name = BenchTables.Number(count);
                var customers = count;
                var store = await GrowthStore.OpenAsync(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"store-{count}")));
                stores.Add(store);
                var load = new GrowthLoad(program, _start);
                var reader = new GrowthLoad(program, _start);
                var bytes = await MakeAsync(load, store, count);
                reader.Now = load.Now;
                if (count <= options.CustomersInMemory)
                {
                    inMemory.Add(new GrowthSubject(name, load, options.Events, () => load.Prepare(options.Events, customers, stepMs: 0.1), load.Apply));
                }
                else
                {
                    load.Dispose();
                }

                cold.Add(new GrowthSubject(name, reader, options.Events, () => reader.Prepare(options.Events, customers, stepMs: 0.1), () => reader.ApplyCold(store)) { StateBytes = bytes });
            }

            Grow("customers, in memory", inMemory);
            Grow("customers, each read from the store", cold);
        }
        finally
        {
            foreach (var store in stores)
            {
                await store.DisposeAsync();
            }
        }
    }

    /// <summary>Makes customers of a few events each and writes them; those that fit stay in memory.</summary>
    /// <returns>Mean bytes of a state.</returns>
    private async Task<double> MakeAsync(GrowthLoad load, GrowthStore store, int count)
    {
        var bytes = 0.0;
        var stays = count <= options.CustomersInMemory;
        using var chunk = new GrowthLoad(load.Program, _start);
        for (var first = 0; first < count; first += Chunk)
        {
            cancellation.ThrowIfCancellationRequested();
            var some = Math.Min(Chunk, count - first);
            chunk.Prepare(some * EventsBefore, some, stepMs: 0.1, inTurn: true, first);
            chunk.Apply();
            await store.WriteAsync(chunk);
            bytes += chunk.StateBytes() * some;
            if (stays)
            {
                load.TakeAll(chunk);
            }

            chunk.Clear();
        }

        load.Now = chunk.Now;
        _lost += chunk.Lost;
        return bytes / count;
    }

    /// <summary>Rounds of all set-ups in turns, so that what else the machine does falls on each alike.</summary>
    private void Grow(string name, IReadOnlyList<GrowthSubject> subjects)
    {
        BenchRun.Say(name);
        for (var round = -options.WarmUps; round < options.Rounds; round++)
        {
            foreach (var subject in subjects)
            {
                cancellation.ThrowIfCancellationRequested();
                subject.Round(isMeasured: round >= 0);
            }
        }

        var rows = subjects.Select(subject => subject.Row()).ToList();
        _series.Add(new GrowthSeries(name, [.. rows.Select(row => row with { Ratio = row.NanosecondsPerEvent / rows[0].NanosecondsPerEvent })]));
        foreach (var subject in subjects)
        {
            _lost += subject.Load.Lost;
            subject.Load.Dispose();
        }
    }
}

/// <param name="Segments">The most segments.</param>
/// <param name="CustomersFrom">The fewest customers; each set-up has ten times those of the one before.</param>
/// <param name="Customers">The most customers.</param>
/// <param name="CustomersInMemory">More are only read from the store.</param>
/// <param name="WindowEvents">Events of each customer in a full window.</param>
/// <param name="Events">A round.</param>
internal sealed record GrowthOptions(int Segments, int CustomersFrom, int Customers, int CustomersInMemory, int WindowEvents, int Events, int Rounds, int WarmUps);
