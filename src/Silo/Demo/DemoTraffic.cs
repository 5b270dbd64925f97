using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Triggers.Silo.Serve;
using Triggers.Storage;

namespace Triggers.Silo.Demo;

/// <summary>
/// Keeps the dashboard alive without a site: a few thousand simulated people browse, fill carts, leave or buy, read their mail, go quiet and come back. The
/// same seed plays the same people. A new store first gets four months of their past (as history: nothing is sent for it), so that every
/// segment and stage of life has somebody in it.
/// </summary>
public sealed class DemoTraffic(string url, string writeKey, double eventsPerSecond, IMailbox mailbox, TimeProvider time, ILogger logger)
{
    private const int Seed = 20_260_101;
    private const int People = 3_000;
    private const int BatchMax = 200;
    private static readonly TimeSpan _past = TimeSpan.FromDays(120);
    private static readonly TimeSpan _mailEvery = TimeSpan.FromSeconds(1);

    /// <summary>Visits wait in memory between their events; beyond this no new one begins.</summary>
    private const int VisitsAtOnceMax = 50_000;

    private readonly Random _random = new(Seed);
    private readonly PriorityQueue<Visit, long> _visits = new();
    private readonly string _run = time.GetUtcNow().ToUnixTimeMilliseconds().ToString("x", CultureInfo.InvariantCulture);
    private long _sent;

    /// <param name="isNew">The store has no events yet.</param>
    public async Task RunAsync(bool isNew, CancellationToken cancellation)
    {
        try
        {
            using var client = new DemoClient(url, writeKey, logger);
            var people = Enumerable.Range(1, People).Select(number => new Visitor(number, _random)).ToArray();
            var script = new VisitScript(_random);
            var events = await PlayPastAsync(client, people, script, isNew, cancellation);
            logger.DemoHistory(People, events);
            await PlayNowAsync(client, people, script, cancellation);
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
        catch (Exception error)
        {
            logger.DemoFailed(error);
        }
    }

    /// <summary>Also played when it is not sent: people are then as the last run left them, near enough.</summary>
    private async Task<long> PlayPastAsync(DemoClient client, Visitor[] people, VisitScript script, bool send, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var past = new List<(DateTimeOffset At, JsonObject Call)>();
        foreach (var visitor in people)
        {
            // Some have not come yet, some stay away since long ago, and the keen ones come until today.
            var first = _random.NextDouble();
            if (first < 0.2)
            {
                continue;
            }

            var from = now - (_past * _random.NextDouble());
            var until = _random.NextDouble() < 0.4 ? from + ((now - from) * _random.NextDouble()) : now;
            var visits = 1 + (int)(visitor.Keenness * 6);
            foreach (var start in Enumerable.Range(0, visits).Select(_ => from + ((until - from) * _random.NextDouble())).Order())
            {
                var at = start;
                foreach (var step in script.Play(visitor))
                {
                    at += step.After;
                    past.Add((at, step.Call));
                }
            }

            visitor.Cart.Clear();
        }

        past.RemoveAll(item => item.At > now);
        if (send)
        {
            foreach (var batch in past.OrderBy(item => item.At).Chunk(BatchMax))
            {
                await client.SendAsync("/v1/import", [.. batch.Select(item => Stamp(item.Call, item.At))], time.GetUtcNow(), cancellation);
            }
        }

        return send ? past.Count : 0;
    }

    private async Task PlayNowAsync(DemoClient client, Visitor[] people, VisitScript script, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var last = TimeSpan.Zero;
        var owed = 0.0;
        var due = new List<JsonObject>();
        var mail = new MailReader(mailbox, client, _random);
        var mailAt = TimeSpan.Zero;
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(100), time);
        while (await ticks.WaitForNextTickAsync(cancellation))
        {
            var elapsed = time.GetElapsedTime(started);
            owed = Math.Min(owed + (eventsPerSecond * DemoTime.Busyness(elapsed) * (elapsed - last).TotalSeconds), eventsPerSecond * 5);
            last = elapsed;
            var now = time.GetUtcNow();
            while (owed >= 1)
            {
                Begin(people, script, elapsed);
                owed -= Take(due, elapsed, now, (int)owed);
                if (due.Count >= BatchMax)
                {
                    await FlushAsync(client, due, now, cancellation);
                }

                if (_visits.Count == 0 || _visits.Peek().DueAt > elapsed)
                {
                    break;
                }
            }

            await FlushAsync(client, due, now, cancellation);
            if (elapsed >= mailAt)
            {
                mailAt = elapsed + _mailEvery;
                foreach (var number in (await mail.ReadAsync(elapsed, cancellation)).Where(number => number <= people.Length))
                {
                    Enter(people[number - 1], script, elapsed);
                }
            }
        }
    }

    /// <summary>Enough visits are under way that their events, a few seconds apart, come to the wanted rate.</summary>
    private void Begin(Visitor[] people, VisitScript script, TimeSpan elapsed)
    {
        var wanted = Math.Min(VisitsAtOnceMax, (int)(eventsPerSecond * DemoTime.Busyness(elapsed) * 4) + 1);
        while (_visits.Count < wanted)
        {
            Enter(Choose(people), script, elapsed);
        }
    }

    private void Enter(Visitor visitor, VisitScript script, TimeSpan elapsed)
    {
        var visit = new Visit(script.Play(visitor).GetEnumerator());
        visit.Advance(elapsed + TimeSpan.FromSeconds(_random.NextDouble() * 2));
        _visits.Enqueue(visit, visit.DueAt.Ticks);
    }

    /// <summary>The keener come more often; now and then anybody does.</summary>
    private Visitor Choose(Visitor[] people)
    {
        for (var attempt = 0; attempt < 8; attempt++)
        {
            var visitor = people[_random.Next(people.Length)];
            if (_random.NextDouble() < visitor.Keenness + 0.02)
            {
                return visitor;
            }
        }

        return people[_random.Next(people.Length)];
    }

    private int Take(List<JsonObject> due, TimeSpan elapsed, DateTimeOffset now, int limit)
    {
        var taken = 0;
        while (taken < limit && due.Count < BatchMax && _visits.TryPeek(out var visit, out _) && visit.DueAt <= elapsed)
        {
            _visits.Dequeue();
            due.Add(Stamp(visit.Call, now));
            taken++;
            if (visit.Advance(visit.DueAt))
            {
                _visits.Enqueue(visit, visit.DueAt.Ticks);
            }
        }

        return taken;
    }

    private static async Task FlushAsync(DemoClient client, List<JsonObject> due, DateTimeOffset now, CancellationToken cancellation)
    {
        if (due.Count > 0)
        {
            await client.SendAsync("/v1/batch", due, now, cancellation);
            due.Clear();
        }
    }

    private JsonObject Stamp(JsonObject call, DateTimeOffset at)
    {
        call["messageId"] = string.Create(CultureInfo.InvariantCulture, $"demo-{_run}-{++_sent}");
        call["timestamp"] = DemoTime.Text(at);
        return call;
    }

    private sealed class Visit(IEnumerator<VisitEvent> script)
    {
        public TimeSpan DueAt { get; private set; }

        public JsonObject Call => script.Current.Call;

        /// <summary>false: the visit is over.</summary>
        public bool Advance(TimeSpan from)
        {
            if (!script.MoveNext())
            {
                return false;
            }

            DueAt = from + script.Current.After;
            return true;
        }
    }
}
