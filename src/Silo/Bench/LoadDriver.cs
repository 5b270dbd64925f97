using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Triggers.Silo.Bench;

/// <summary>
/// Sends encoded requests over keep-alive connections, one request at a time on each. An own loop over sockets: an HTTP client library
/// would take more of the machine than the server under test.
/// </summary>
public sealed class LoadDriver(IPEndPoint server, int connections, Func<EventTemplates> templates)
{
    private long _lane;

    /// <summary>Ends when the time is over, or when it is cancelled: with what was done by then.</summary>
    /// <param name="eventsPerSecond">0: as fast as answers come.</param>
    public async Task<LoadResult> RunAsync(TimeSpan duration, double eventsPerSecond, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var started = Stopwatch.GetTimestamp();
        var results = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => RunConnectionAsync(started, duration, eventsPerSecond / connections, stop.Token)));
        var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return new LoadResult(results.Sum(result => result.Events), results.Sum(result => result.Requests), results.Sum(result => result.Refused), elapsed);
    }

    private async Task<LoadResult> RunConnectionAsync(long started, TimeSpan duration, double eventsPerSecond, CancellationToken cancellation)
    {
        await Task.Yield();
        var lane = Interlocked.Increment(ref _lane);
        var requests = templates();
        using var connection = await RawConnection.OpenAsync(server, cancellation);
        long events = 0, sent = 0, refused = 0;
        // Spread over the interval, so that paced connections do not send in step.
        var phase = lane % connections / (double)connections;
        try
        {
            while (true)
            {
                var elapsed = Stopwatch.GetElapsedTime(started);
                if (elapsed >= duration || cancellation.IsCancellationRequested)
                {
                    return new LoadResult(events, sent, refused, elapsed.TotalSeconds);
                }

                if (eventsPerSecond > 0)
                {
                    var due = TimeSpan.FromSeconds((sent + phase) * requests.EventsPerRequest / eventsPerSecond);
                    if (due >= duration)
                    {
                        return new LoadResult(events, sent, refused, elapsed.TotalSeconds);
                    }

                    if (due - elapsed > TimeSpan.FromMilliseconds(1))
                    {
                        await Task.Delay(due - elapsed, cancellation);
                    }
                }

                var answer = await connection.SendAsync(requests.Next(), cancellation);
                sent++;
                switch (answer.Status)
                {
                    case 200:
                        events += requests.EventsPerRequest;
                        break;
                    case 429 or 503:
                        refused++;
                        await Task.Delay(TimeSpan.FromSeconds(Math.Max(1, answer.RetryAfterSeconds)), cancellation);
                        break;
                    default:
                        throw new InvalidOperationException($"The server answered {answer.Status}: {answer.Body}");
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return new LoadResult(events, sent, refused, Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
    }
}

/// <param name="Events">Acknowledged with 200.</param>
/// <param name="Refused">Requests answered 429 or 503.</param>
public sealed record LoadResult(long Events, long Requests, long Refused, double Seconds)
{
    public double EventsPerSecond => Seconds > 0 ? Events / Seconds : 0;
}
