using System.Globalization;
using System.Net;
using System.Text;

namespace Triggers.Silo.Bench.Timers;

/// <summary>The events of a round whose ends are then waited for. They bear their own timestamps, so that those due together are due in exactly one second.</summary>
public sealed class DueEvents(IPEndPoint server, int round)
{
    private const int EventsPerRequest = 100;
    private const int Connections = 8;

    /// <summary>Every so-manieth of all customers does what is due <c>lead</c> later.</summary>
    public Task SendAsync(int due, int customers, DateTimeOffset happened, CancellationToken cancellation) => PostAsync(
        due, index => Track($"c-{(long)index * customers / due:0000000}", "d", index, TimerDefinitions.DueEvent, happened), cancellation);

    public static string ExitProbe(int round, int index) => string.Create(CultureInfo.InvariantCulture, $"exit-{round}-{index}");

    public static string WaitProbe(int round, int index) => string.Create(CultureInfo.InvariantCulture, $"wait-{round}-{index}");

    public static string AddressOf(string id) => $"{id}@example.com";

    /// <summary>Makes the probes' customers, with addresses.</summary>
    public Task IntroduceAsync(int probes, CancellationToken cancellation) => PostAsync(
        probes * 2,
        index => (index < probes ? ExitProbe(round, index) : WaitProbe(round, index - probes)) is var id
            ? $$$"""{"type":"identify","messageId":"i-{{{id}}}","userId":"{{{id}}}","traits":{"email":"{{{AddressOf(id)}}}"}}"""
            : "",
        cancellation);

    /// <param name="happened">When the probe of an index did what is due <c>lead</c> later.</param>
    public Task SendExitProbesAsync(int probes, Func<int, DateTimeOffset> happened, CancellationToken cancellation) => PostAsync(
        probes, index => Track(ExitProbe(round, index), "e", index, TimerDefinitions.DueEvent, happened(index)), cancellation);

    public Task SendWaitProbeAsync(int index, CancellationToken cancellation) => PostAsync(
        1, _ => Track(WaitProbe(round, index), "w", index, TimerDefinitions.WaitEvent, DateTimeOffset.UtcNow), cancellation);

    private string Track(string id, string prefix, int index, string name, DateTimeOffset happened) => string.Create(CultureInfo.InvariantCulture,
        $$$"""{"type":"track","messageId":"{{{prefix}}}-{{{round}}}-{{{index}}}","userId":"{{{id}}}","event":"{{{name}}}","timestamp":"{{{happened.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fff}}}Z"}""");

    private async Task PostAsync(int count, Func<int, string> content, CancellationToken cancellation)
    {
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(Connections, (count + EventsPerRequest - 1) / EventsPerRequest)).Select(async _ =>
        {
            using var connection = await RawConnection.OpenAsync(server, cancellation);
            for (var start = Interlocked.Add(ref next, EventsPerRequest) - EventsPerRequest; start < count; start = Interlocked.Add(ref next, EventsPerRequest) - EventsPerRequest)
            {
                var events = Enumerable.Range(start, Math.Min(EventsPerRequest, count - start)).Select(content);
                await connection.SendUntilTakenAsync(Request($$"""{"batch":[{{string.Join(',', events)}}]}"""), cancellation);
            }
        }));
    }

    private byte[] Request(string body) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $"POST /v1/batch HTTP/1.1\r\nHost: {server}\r\nAuthorization: Basic {Convert.ToBase64String(Encoding.ASCII.GetBytes(BenchDefinitions.WriteKey + ":"))}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
}
