using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;

namespace Triggers.Silo.Bench;

/// <summary>
/// Measures, under whatever load runs beside it, how long after its acknowledgement a triggering event shows its effect: in the customer
/// as the API answers, and at the SMTP server. Each probe is a customer of its own, known by an address that its mail is found by.
/// </summary>
public sealed class LatencyProbe(IPEndPoint server, string writeKey, string managementKey, SmtpSink sink, string run)
{
    private static readonly TimeSpan _effectWithin = TimeSpan.FromSeconds(20);

    private readonly List<double> _acknowledged = [];
    private readonly List<double> _effects = [];
    private readonly List<(string Address, long AcknowledgedAt)> _mails = [];

    /// <summary>Sends one probe after another for the given time, and waits for the last mails.</summary>
    public async Task<LatencyResult> RunAsync(TimeSpan duration, double perSecond, CancellationToken cancellation)
    {
        using var events = await RawConnection.OpenAsync(server, cancellation);
        using var queries = await RawConnection.OpenAsync(server, cancellation);
        var started = Stopwatch.GetTimestamp();
        for (var number = 0; Stopwatch.GetElapsedTime(started) < duration; number++)
        {
            var due = TimeSpan.FromSeconds(number / perSecond) - Stopwatch.GetElapsedTime(started);
            if (due > TimeSpan.FromMilliseconds(1))
            {
                await Task.Delay(due, cancellation);
            }

            await ProbeAsync(events, queries, string.Create(CultureInfo.InvariantCulture, $"probe-{run}-{number}"), cancellation);
        }

        await WaitForMailsAsync(cancellation);
        var mails = _mails.Where(mail => sink.TryGetArrival(mail.Address, out _)).Select(mail =>
        {
            _ = sink.TryGetArrival(mail.Address, out var arrival);
            return Math.Max(0, Milliseconds(mail.AcknowledgedAt, arrival));
        }).ToList();
        return new LatencyResult(Percentiles.Of(_acknowledged), Percentiles.Of(_effects), Percentiles.Of(mails), _mails.Count - mails.Count);
    }

    private async Task ProbeAsync(RawConnection events, RawConnection queries, string id, CancellationToken cancellation)
    {
        var address = $"{id}@example.com";
        await MustAsync(events, Post("/v1/identify", $$$"""{"messageId":"{{{id}}}-i","userId":"{{{id}}}","traits":{"email":"{{{address}}}"}}"""), cancellation);
        var sent = Stopwatch.GetTimestamp();
        await MustAsync(events, Post("/v1/track", $$$"""{"messageId":"{{{id}}}-t","userId":"{{{id}}}","event":"{{{BenchDefinitions.ProbeEvent}}}","properties":{"probe":"{{{id}}}"}}"""), cancellation);
        var acknowledged = Stopwatch.GetTimestamp();
        _acknowledged.Add(Milliseconds(sent, acknowledged));
        _mails.Add((address, acknowledged));

        var get = Encoding.UTF8.GetBytes($"GET /api/v1/customers/{id} HTTP/1.1\r\nHost: {server}\r\nAuthorization: Bearer {managementKey}\r\n\r\n");
        while (Stopwatch.GetElapsedTime(acknowledged) < _effectWithin)
        {
            var answer = await queries.SendAsync(get, cancellation);
            if (answer.Status == 200 && queries.Body(answer).IndexOf("\"campaign\":\"probe\""u8) >= 0)
            {
                _effects.Add(Milliseconds(acknowledged, Stopwatch.GetTimestamp()));
                return;
            }

            if (answer.Status is not (200 or 404))
            {
                throw new InvalidOperationException($"The server answered {answer.Status} for a customer: {answer.Body}");
            }

            await Task.Yield();
        }
    }

    private async Task WaitForMailsAsync(CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        while (_mails.Exists(mail => !sink.TryGetArrival(mail.Address, out _)) && Stopwatch.GetElapsedTime(started) < _effectWithin)
        {
            await Task.Delay(20, cancellation);
        }
    }

    private static async Task MustAsync(RawConnection connection, byte[] request, CancellationToken cancellation)
    {
        for (var answer = await connection.SendAsync(request, cancellation); answer.Status != 200; answer = await connection.SendAsync(request, cancellation))
        {
            if (answer.Status is not (429 or 503))
            {
                throw new InvalidOperationException($"The server answered {answer.Status} to a probe: {answer.Body}");
            }

            await Task.Delay(TimeSpan.FromSeconds(Math.Max(1, answer.RetryAfterSeconds)), cancellation);
        }
    }

    private byte[] Post(string path, string json)
    {
        var authorization = Convert.ToBase64String(Encoding.ASCII.GetBytes(writeKey + ":"));
        return Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"POST {path} HTTP/1.1\r\nHost: {server}\r\nAuthorization: Basic {authorization}\r\nContent-Type: application/json\r\nContent-Length: {json.Length}\r\n\r\n{json}"));
    }

    private static double Milliseconds(long from, long to) => (to - from) * 1000.0 / Stopwatch.Frequency;
}

/// <param name="Acknowledged">From sending a triggering event to its 200.</param>
/// <param name="Effect">From its 200 to the customer showing the campaign entry over the API (the question's own way there and back included).</param>
/// <param name="Smtp">From its 200 to the complete message at the SMTP server.</param>
/// <param name="MailsMissing">Probes without a mail when the wait was over.</param>
public sealed record LatencyResult(Percentiles Acknowledged, Percentiles Effect, Percentiles Smtp, int MailsMissing);
