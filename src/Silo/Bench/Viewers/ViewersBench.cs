using System.Diagnostics;
using System.Globalization;

namespace Triggers.Silo.Bench.Viewers;

/// <summary>The same load without and with viewers, by turns: the difference in the server's processor time is what they cost.</summary>
public sealed class ViewersBench(ViewersBenchOptions options, BenchServer server)
{
    private const int LoadConnections = 4;
    private const int ConnectingAtOnce = 32;
    private static readonly TimeSpan _warmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan _catchUpWithin = TimeSpan.FromSeconds(20);

    private readonly List<double> _without = [];
    private readonly List<double> _with = [];
    private readonly List<double> _updates = [];
    private readonly List<double> _fanOut = [];
    private readonly List<double> _connecting = [];
    private long _bytes;
    private int _snapshots;
    private int _gaps;
    private int _lost;
    private int _behind;
    private int _lanes = 100;

    public async Task<ViewersReport> RunAsync(CancellationToken cancellation)
    {
        await new BulkLoad(server.Endpoint, options.Customers, eventsPerCustomer: 2, known: false).RunAsync(cancellation);
        await server.Api.WaitAppliedAsync(cancellation);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var load = Load().RunAsync(TimeSpan.FromDays(1), options.EventsPerSecond, ended.Token);
        await Task.Delay(_warmUp, cancellation);

        // One turn that does not count: the server's code for viewers is compiled in it.
        await WatchAsync(round: 0, cancellation);
        for (var round = 1; round <= options.Rounds; round++)
        {
            _without.Add(await CoreShareAsync(cancellation));
            await WatchAsync(round, cancellation);
            BenchRun.Say(string.Create(CultureInfo.InvariantCulture, $"round {round}: {_without[^1]:N1} % of a core without viewers, {_with[^1]:N1} % with {options.Viewers:N0}"));
        }

        await ended.CancelAsync();
        await load;
        cancellation.ThrowIfCancellationRequested();
        _updates.Sort();
        var perViewer = options.Rounds * options.Viewers * (double)options.Seconds;
        return new ViewersReport(
            BenchRun.Machine, options.Viewers, options.EventsPerSecond, options.Seconds, options.Rounds,
            Median(_without), Median(_with), Median(_with.Zip(_without, (with, without) => with - without)),
            Median(_updates), _updates[0], _bytes / perViewer, Percentiles.Of(_fanOut), Median(_connecting), _snapshots, _gaps, _lost, _behind);
    }

    /// <summary>Connects everybody, lets them watch, and hangs up.</summary>
    private async Task WatchAsync(int round, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var viewers = new Viewer[options.Viewers];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, viewers.Length), new ParallelOptions { MaxDegreeOfParallelism = ConnectingAtOnce, CancellationToken = cancellation },
            async (index, token) => viewers[index] = await Viewer.ConnectAsync(server.Endpoint, server.ManagementKey, token));
        try
        {
            await WaitUntilAllAreAsync(viewers, 0, cancellation);
            var connected = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            await Task.Delay(_warmUp, cancellation);
            var before = viewers.Select(viewer => (viewer.Deltas, viewer.Snapshots, viewer.Gaps, viewer.Bytes)).ToArray();
            var from = Stopwatch.GetTimestamp();
            var share = await CoreShareAsync(cancellation);
            var to = Stopwatch.GetTimestamp();
            var after = viewers.Select(viewer => (viewer.Deltas, viewer.Snapshots, viewer.Gaps, viewer.Bytes)).ToArray();
            var behind = await WaitUntilAllAreAsync(viewers, viewers.Max(viewer => viewer.Version), cancellation);
            if (round == 0)
            {
                return;
            }

            _with.Add(share);
            _connecting.Add(connected);
            _behind += behind;
            var seconds = Stopwatch.GetElapsedTime(from, to).TotalSeconds;
            for (var index = 0; index < viewers.Length; index++)
            {
                _updates.Add((after[index].Deltas + after[index].Snapshots - before[index].Deltas - before[index].Snapshots) / seconds);
                _snapshots += after[index].Snapshots - before[index].Snapshots;
                _gaps += after[index].Gaps - before[index].Gaps;
                _bytes += after[index].Bytes - before[index].Bytes;
                _lost += viewers[index].IsLost ? 1 : 0;
            }
        }
        finally
        {
            await Task.WhenAll(viewers.Where(viewer => viewer is not null).Select(viewer => viewer.CloseAsync()));
        }

        FanOut(viewers);
        foreach (var viewer in viewers)
        {
            viewer.Dispose();
        }
    }

    /// <summary>For each version: from the first viewer that had it to the last.</summary>
    private void FanOut(Viewer[] viewers)
    {
        foreach (var version in viewers.SelectMany(viewer => viewer.Frames).GroupBy(frame => frame.Version).Where(version => version.Count() == viewers.Length))
        {
            _fanOut.Add(Stopwatch.GetElapsedTime(version.Min(frame => frame.At), version.Max(frame => frame.At)).TotalMilliseconds);
        }
    }

    /// <summary>Returns how many do not have the version though they were given time.</summary>
    private static async Task<int> WaitUntilAllAreAsync(Viewer[] viewers, long version, CancellationToken cancellation)
    {
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < _catchUpWithin && viewers.Any(viewer => viewer.Version < version);)
        {
            await Task.Delay(20, cancellation);
        }

        return viewers.Count(viewer => viewer.Version < version);
    }

    /// <summary>Percent of one core that the server uses over a round's length.</summary>
    private async Task<double> CoreShareAsync(CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var used = server.Process.ProcessorTime;
        await Task.Delay(TimeSpan.FromSeconds(options.Seconds), cancellation);
        return (server.Process.ProcessorTime - used) / Stopwatch.GetElapsedTime(started) * 100;
    }

    private LoadDriver Load() => new(server.Endpoint, LoadConnections, () =>
    {
        var lane = Interlocked.Increment(ref _lanes);
        return new EventTemplates(server.Endpoint.ToString(), BenchDefinitions.WriteKey, Math.Clamp(options.EventsPerSecond / 100, 1, 100), lane, EventTemplates.AnyOf(options.Customers, lane));
    });

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return Math.Round((sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2, 2);
    }
}

public sealed record ViewersBenchOptions(int Viewers, int Customers, int EventsPerSecond, int Seconds, int Rounds);
