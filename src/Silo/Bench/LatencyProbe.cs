using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;

namespace Triggers.Silo.Bench;

/// <summary>
/// Measures, under whatever load runs beside it, how long after its acknowledgement a triggering event shows its effect: in the customer
/// as the API answers, and at the SMTP server. Each probe is a customer of its own, known by an address that its mail is found by.
/// Only every other one is asked for over the API: the questions, one after the other, would delay what they measure.
/// </summary>
public sealed class LatencyProbe(IPEndPoint server, string writeKey, string managementKey, SmtpSink sink, string run)
{
    private static readonly TimeSpan _effectWithin = TimeSpan.FromSeconds(20);

    private readonly List<ProbeSample> _samples = [];

    /// <summary>Sends one probe after another until told that it is enough, and waits for the last mails.</summary>
    public async Task<IReadOnlyList<ProbeSample>> RunAsync(double perSecond, Func<bool> isEnough, CancellationToken cancellation)
    {
        using var events = await RawConnection.OpenAsync(server, cancellation);
        using var queries = await RawConnection.OpenAsync(server, cancellation);
        var started = Stopwatch.GetTimestamp();
        for (var number = 0; !isEnough(); number++)
        {
            var due = TimeSpan.FromSeconds(number / perSecond) - Stopwatch.GetElapsedTime(started);
            if (due > TimeSpan.FromMilliseconds(1))
            {
                await Task.Delay(due, cancellation);
            }

            var sample = await SendAsync(events, string.Create(CultureInfo.InvariantCulture, $"probe-{run}-{number}"), cancellation);
            _samples.Add(number % 2 == 0 ? sample : sample with { EffectAt = await SeeAsync(queries, sample, cancellation) });
        }

        await WaitForMailsAsync(cancellation);
        return _samples.ConvertAll(sample => sink.TryGetArrival(AddressOf(sample.Id), out var arrived) ? sample with { MailAt = Math.Max(sample.AcknowledgedAt, arrived) } : sample);
    }

    private static string AddressOf(string id) => $"{id}@example.com";

    private async Task<ProbeSample> SendAsync(RawConnection events, string id, CancellationToken cancellation)
    {
        await events.SendUntilTakenAsync(Post("/v1/identify", $$$"""{"messageId":"{{{id}}}-i","userId":"{{{id}}}","traits":{"email":"{{{AddressOf(id)}}}"}}"""), cancellation);
        var sent = Stopwatch.GetTimestamp();
        await events.SendUntilTakenAsync(Post("/v1/track", $$$"""{"messageId":"{{{id}}}-t","userId":"{{{id}}}","event":"{{{BenchDefinitions.ProbeEvent}}}","properties":{"probe":"{{{id}}}"}}"""), cancellation);
        return new ProbeSample(id, sent, Stopwatch.GetTimestamp(), null, null);
    }

    /// <summary>When the customer showed the campaign's entry; null: not in time.</summary>
    private async Task<long?> SeeAsync(RawConnection queries, ProbeSample sample, CancellationToken cancellation)
    {
        var get = Encoding.UTF8.GetBytes($"GET /api/v1/customers/{sample.Id} HTTP/1.1\r\nHost: {server}\r\nAuthorization: Bearer {managementKey}\r\n\r\n");
        while (Stopwatch.GetElapsedTime(sample.AcknowledgedAt) < _effectWithin)
        {
            var answer = await queries.SendAsync(get, cancellation);
            if (answer.Status == 200 && queries.Body(answer).IndexOf("\"campaign\":\"probe\""u8) >= 0)
            {
                return Stopwatch.GetTimestamp();
            }

            if (answer.Status is not (200 or 404))
            {
                throw new InvalidOperationException($"The server answered {answer.Status} for a customer: {answer.Body}");
            }

            await Task.Yield();
        }

        return null;
    }

    private async Task WaitForMailsAsync(CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        while (_samples.Exists(sample => !sink.TryGetArrival(AddressOf(sample.Id), out _)) && Stopwatch.GetElapsedTime(started) < _effectWithin)
        {
            await Task.Delay(20, cancellation);
        }
    }

    private byte[] Post(string path, string json)
    {
        var authorization = Convert.ToBase64String(Encoding.ASCII.GetBytes(writeKey + ":"));
        return Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"POST {path} HTTP/1.1\r\nHost: {server}\r\nAuthorization: Basic {authorization}\r\nContent-Type: application/json\r\nContent-Length: {json.Length}\r\n\r\n{json}"));
    }
}

/// <summary>One probe: instants as <see cref="Stopwatch"/> timestamps; null: not looked for, or not seen in time.</summary>
public sealed record ProbeSample(string Id, long SentAt, long AcknowledgedAt, long? EffectAt, long? MailAt);

/// <param name="Acknowledged">From sending a triggering event to its 200.</param>
/// <param name="Effect">From its 200 to the customer showing the campaign entry over the API (the question's own way there and back included).</param>
/// <param name="Smtp">From its 200 to the complete message at the SMTP server.</param>
/// <param name="MailsMissing">Probes without a mail when the wait was over.</param>
public sealed record LatencyResult(Percentiles Acknowledged, Percentiles Effect, Percentiles Smtp, int MailsMissing)
{
    public static LatencyResult Of(IReadOnlyCollection<ProbeSample> samples) => new(
        Percentiles.Of(samples.Select(sample => Milliseconds(sample.SentAt, sample.AcknowledgedAt))),
        Percentiles.Of(samples.Where(sample => sample.EffectAt is not null).Select(sample => Milliseconds(sample.AcknowledgedAt, sample.EffectAt!.Value))),
        Percentiles.Of(samples.Where(sample => sample.MailAt is not null).Select(sample => Milliseconds(sample.AcknowledgedAt, sample.MailAt!.Value))),
        samples.Count(sample => sample.MailAt is null));

    private static double Milliseconds(long from, long to) => (to - from) * 1000.0 / Stopwatch.Frequency;
}
