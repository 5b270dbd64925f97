using System.Diagnostics;
using System.Globalization;
using Triggers.Silo.Cli;

namespace Triggers.Silo.Bench.Timers;

/// <summary>Round after round: enters what is due in one second, measures live traffic before that second and while its effects come, and how late they come.</summary>
public sealed class TimersBench(TimersBenchOptions options, BenchServer server, SmtpSink sink)
{
    private const int ProbeLanes = 8;
    private const double ProbesPerSecondAndLane = 25;

    /// <summary>Live traffic is measured this long before the instant, and after the last effect.</summary>
    private static readonly TimeSpan _around = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan _drainWithin = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(10);

    private readonly List<double> _exits = [];
    private readonly List<double> _drains = [];
    private readonly List<double> _exitMails = [];
    private readonly List<double> _waitMails = [];
    private readonly List<ProbeSample> _before = [];
    private readonly List<ProbeSample> _during = [];
    private readonly List<double> _overtaken = [];
    private int _mailsMissing;
    private int _lanes = 100;

    public async Task<TimersReport> RunAsync(CancellationToken cancellation)
    {
        var (events, seconds) = await new BulkLoad(server.Endpoint, options.Customers, eventsPerCustomer: 2, known: false).RunAsync(cancellation);
        await server.Api.WaitAppliedAsync(cancellation);
        BenchRun.Say(string.Create(CultureInfo.InvariantCulture, $"{options.Customers:N0} customers, {events:N0} events in {seconds:N0} s; {server.Process.ResidentBytes / 1048576.0:N0} MiB resident"));
        for (var round = 1; round <= options.Rounds; round++)
        {
            await RoundAsync(round, cancellation);
        }

        return new TimersReport(
            BenchRun.Machine, options.Customers, options.Due, options.Rounds, options.EventsPerSecond,
            Percentiles.Of(_exits), Percentiles.Of(_drains), Percentiles.Of(_exitMails), Percentiles.Of(_waitMails), _mailsMissing, Percentiles.Of(_overtaken),
            LatencyResult.Of(_before), LatencyResult.Of(_during), server.Process.ResidentBytes);
    }

    private async Task RoundAsync(int round, CancellationToken cancellation)
    {
        var lead = TimeSpan.FromSeconds(options.LeadSeconds);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var due = new DueEvents(server.Endpoint, round);
        var half = options.Probes / 2;
        await due.IntroduceAsync(half, cancellation);

        // Waits end a lead after they began: begun over three seconds, they end from one second before the others' instant to one after.
        var begin = NextSecond(DateTimeOffset.UtcNow);
        await Task.Delay(begin - DateTimeOffset.UtcNow, cancellation);
        for (var index = 0; index < half; index++)
        {
            var at = begin + (TimeSpan.FromSeconds(2.9) * index / half);
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Max(0, (at - DateTimeOffset.UtcNow).TotalMilliseconds)), cancellation);
            await due.SendWaitProbeAsync(index, cancellation);
        }

        var instant = begin + TimeSpan.FromSeconds(2) + lead;
        await Task.Delay(TimeSpan.FromMilliseconds(Math.Max(0, (begin.AddSeconds(3) - DateTimeOffset.UtcNow).TotalMilliseconds)), cancellation);
        var instants = Enumerable.Range(0, half).Select(index => instant.AddSeconds((index % 3) - 1)).ToArray();
        await due.SendAsync(options.Due, options.Customers, instant - lead, cancellation);
        await due.SendExitProbesAsync(half, index => instants[index] - lead, cancellation);
        var totals = await server.Api.WaitAppliedAsync(cancellation);
        var entered = totals.Segments[TimerDefinitions.DueSegment];
        if (entered != options.Due + half || DateTimeOffset.UtcNow > instant - _around - TimeSpan.FromSeconds(2))
        {
            throw new UserErrorException(string.Create(CultureInfo.InvariantCulture,
                $"{entered:N0} of {options.Due + half:N0} customers were entered {(instant - DateTimeOffset.UtcNow).TotalSeconds:N1} s before they are due: too late to measure; give a longer --lead."));
        }

        var waits = await WaitInstantsAsync(round, half, cancellation);
        await LiveAsync(round, instant, waits, instants, ended, cancellation);
    }

    private async Task LiveAsync(int round, DateTimeOffset instant, DateTimeOffset[] waits, DateTimeOffset[] exits, CancellationTokenSource ended, CancellationToken cancellation)
    {
        var load = options.EventsPerSecond == 0 ? Task.CompletedTask : new LoadDriver(server.Endpoint, 8, () =>
        {
            var lane = Interlocked.Increment(ref _lanes);
            return new EventTemplates(server.Endpoint.ToString(), BenchDefinitions.WriteKey, Math.Min(100, options.EventsPerSecond), lane, EventTemplates.AnyOf(options.Customers, lane));
        }).RunAsync(TimeSpan.FromHours(1), options.EventsPerSecond, ended.Token);
        var from = instant - _around;
        await Task.Delay(TimeSpan.FromMilliseconds(Math.Max(0, (from - DateTimeOffset.UtcNow).TotalMilliseconds)), cancellation);
        var run = string.Create(CultureInfo.InvariantCulture, $"{Environment.TickCount64:x}-{round}");
        var isOver = false;
        var probing = Task.WhenAll(Enumerable.Range(0, ProbeLanes).Select(lane =>
            new LatencyProbe(server.Endpoint, BenchDefinitions.WriteKey, server.ManagementKey, sink, string.Create(CultureInfo.InvariantCulture, $"{run}-{lane}"))
                .RunAsync(ProbesPerSecondAndLane, () => Volatile.Read(ref isOver), cancellation)));

        var drained = await ObserveAsync(instant, exits, cancellation);
        await Task.Delay(_around, cancellation);
        Volatile.Write(ref isOver, true);
        var probes = (await probing).SelectMany(samples => samples).ToList();
        await ended.CancelAsync();
        await load;
        cancellation.ThrowIfCancellationRequested();

        var began = Clock.TimestampOf(instant);
        var drainedAt = Math.Max(Clock.TimestampOf(drained), began + Stopwatch.Frequency);
        _before.AddRange(probes.Where(probe => probe.SentAt < began - Stopwatch.Frequency));
        _during.AddRange(probes.Where(probe => probe.SentAt >= began && probe.SentAt < drainedAt));
        Mails(round, exits, waits);
        var during = LatencyResult.Of(_during);
        BenchRun.Say(string.Create(CultureInfo.InvariantCulture,
            $"round {round}: drained {_drains[^1]:N0} ms after the instant; live effect p99 {LatencyResult.Of(_before).Effect.P99:N1} ms before, {during.Effect.P99:N1} ms meanwhile ({during.Effect.Count} probes)"));
    }

    /// <summary>Watches the segment become empty, and notes for each customer due in the instant how much later it was gone. Returns when the last was.</summary>
    private async Task<DateTimeOffset> ObserveAsync(DateTimeOffset instant, DateTimeOffset[] exits, CancellationToken cancellation)
    {
        // Some probes are due a second earlier or later than the many: the former are gone first, the latter are left.
        var later = exits.Count(exit => exit > instant);
        var left = (long)options.Due + exits.Count(exit => exit == instant);
        while (true)
        {
            var size = (await server.Api.TotalsAsync(cancellation)).Segments[TimerDefinitions.DueSegment];
            var now = DateTimeOffset.UtcNow;
            for (; left > 0 && left > size - later; left--)
            {
                _exits.Add((now - instant).TotalMilliseconds);
            }

            if (left == 0)
            {
                _drains.Add((now - instant).TotalMilliseconds);
                return now;
            }

            if (now > instant + _drainWithin)
            {
                throw new UserErrorException(string.Create(CultureInfo.InvariantCulture, $"{left:N0} customers were still in the segment {_drainWithin.TotalSeconds:N0} s after they were due to leave."));
            }

            await Task.Delay(_look, cancellation);
        }
    }

    private void Mails(int round, DateTimeOffset[] exits, DateTimeOffset[] waits)
    {
        var arrivals = new List<(DateTimeOffset Due, double At)>();
        Take(_exitMails, exits, index => DueEvents.ExitProbe(round, index));
        Take(_waitMails, waits, index => DueEvents.WaitProbe(round, index));

        // In order of the instants: how long before an older one did a younger one come? 0 for those that nothing overtook.
        arrivals.Sort((a, b) => a.Due.CompareTo(b.Due));
        for (var index = 0; index < arrivals.Count; index++)
        {
            var (dueAt, at) = arrivals[index];
            var younger = arrivals.Where(other => other.Due > dueAt).Select(other => other.At).DefaultIfEmpty(double.MaxValue).Min();
            _overtaken.Add(Math.Max(0, at - younger));
        }

        void Take(List<double> into, DateTimeOffset[] dues, Func<int, string> id)
        {
            for (var index = 0; index < dues.Length; index++)
            {
                if (sink.TryGetArrival(DueEvents.AddressOf(id(index)), out var arrived))
                {
                    var at = Clock.TimeOf(arrived);
                    into.Add((at - dues[index]).TotalMilliseconds);
                    arrivals.Add((dues[index], at.ToUnixTimeMilliseconds()));
                }
                else
                {
                    _mailsMissing++;
                }
            }
        }
    }

    private async Task<DateTimeOffset[]> WaitInstantsAsync(int round, int probes, CancellationToken cancellation)
    {
        var instants = new DateTimeOffset[probes];
        for (var index = 0; index < probes; index++)
        {
            var customer = await server.Api.CustomerAsync(DueEvents.WaitProbe(round, index), cancellation);
            instants[index] = customer.Campaigns.First(entry => entry.Campaign == TimerDefinitions.WaitCampaign).Until
                ?? throw new InvalidOperationException($"{customer.Id} does not wait.");
        }

        return instants;
    }

    private static DateTimeOffset NextSecond(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds() + 1);

    /// <summary>Arrivals are noted on the stopwatch, instants are of the wall clock, which server and bench share.</summary>
    private static class Clock
    {
        private static readonly DateTimeOffset _time = DateTimeOffset.UtcNow;
        private static readonly long _timestamp = Stopwatch.GetTimestamp();

        public static DateTimeOffset TimeOf(long timestamp) => _time + Stopwatch.GetElapsedTime(_timestamp, timestamp);

        public static long TimestampOf(DateTimeOffset time) => _timestamp + (long)((time - _time).TotalSeconds * Stopwatch.Frequency);
    }
}

/// <param name="Due">Customers that leave a segment in the same second.</param>
/// <param name="Probes">Customers whose exit or end of a wait mails.</param>
public sealed record TimersBenchOptions(int Customers, int Due, int Probes, int EventsPerSecond, int LeadSeconds, int Rounds);
