using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Triggers.EndToEnd.Tests.Harness;

/// <summary>
/// Senders that go on whatever becomes of the servers: each event is sent again, with its messageId, to the next server until it is acknowledged, and then accounted
/// for. New customers sign up all the time, which the campaign <c>welcome</c> answers with a mail.
/// </summary>
public sealed class EventLoad
{
    private const int Senders = 8;
    private const int EventsPerBatch = 10;
    private const double Newcomers = 0.08;

    private readonly ConcurrentDictionary<string, int> _acknowledged = new();
    private readonly ConcurrentDictionary<string, bool> _signedUp = new();
    private readonly ConcurrentDictionary<int, int> _answers = new();
    private readonly IReadOnlyList<string> _urls;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _senders;

    /// <param name="pause">Between two batches of a sender.</param>
    public EventLoad(TimeSpan pause, params IReadOnlyList<string> urls)
    {
        _urls = urls;
        _senders = [.. Enumerable.Range(0, Senders).Select(sender => SendAsync(sender, pause))];
    }

    /// <summary>Events by customer.</summary>
    public IReadOnlyDictionary<string, int> Acknowledged => _acknowledged;

    public ICollection<string> SignedUp => _signedUp.Keys;

    public int Total => _acknowledged.Values.Sum();

    /// <summary>Requests that were answered so; 0: not at all.</summary>
    public int Answered(int status) => _answers.GetValueOrDefault(status);

    /// <summary>What the last request that was refused was told.</summary>
    public string LastRefusal { get; private set; } = "";

    /// <summary>Events that somebody else sent and saw acknowledged.</summary>
    public void Add(string customer, int events) => _acknowledged.AddOrUpdate(customer, events, (_, count) => count + events);

    public Task WaitForAsync(int more, Func<string> detail)
    {
        var enough = Total + more;
        return Wait.UntilAsync($"{more} more events are acknowledged", () => Total >= enough || Array.Exists(_senders, sender => sender.IsFaulted), detail);
    }

    /// <summary>Ends when everything that was sent is acknowledged.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_senders);
    }

    private async Task SendAsync(int sender, TimeSpan pause)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        client.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String("shop-web:"u8));
        var random = new Random(sender);
        var customers = new List<string>();
        for (var number = 0; !_stop.IsCancellationRequested; number++)
        {
            var batch = new JsonArray();
            var names = new List<string>();
            for (var i = 0; i < EventsPerBatch; i++)
            {
                var isNew = customers.Count == 0 || random.NextDouble() < Newcomers;
                var customer = isNew ? string.Create(CultureInfo.InvariantCulture, $"c{sender}-{customers.Count}") : customers[random.Next(customers.Count)];
                if (isNew)
                {
                    customers.Add(customer);
                    Add(batch, names, customer, new JsonObject { ["type"] = "identify", ["traits"] = new JsonObject { ["email"] = $"{customer}@example.com" } }, $"{sender}-{number}-{i}-i");
                }

                Add(batch, names, customer, new JsonObject { ["type"] = "track", ["event"] = isNew ? "Signed Up" : "Product Viewed" }, $"{sender}-{number}-{i}");
            }

            var known = customers.Count;
            await AcknowledgeAsync(client, sender + number, new JsonObject { ["batch"] = batch }.ToJsonString());
            names.ForEach(name => Add(name, 1));
            for (var index = 0; index < known; index++)
            {
                _signedUp.TryAdd(customers[index], true);
            }

            await Task.Delay(pause, CancellationToken.None);
        }
    }

    private static void Add(JsonArray batch, List<string> names, string customer, JsonObject call, string messageId)
    {
        call["userId"] = customer;
        call["messageId"] = messageId;
        batch.Add((JsonNode)call);
        names.Add(customer);
    }

    /// <summary>Tries until it is acknowledged, also after the test asked for the end: nothing is left in the air.</summary>
    private async Task AcknowledgeAsync(HttpClient client, int first, string body)
    {
        for (var attempt = 0; attempt < 4_000; attempt++)
        {
            var status = 0;
            try
            {
                using var content = new StringContent(body, Encoding.UTF8, "application/json");
                using var response = await client.PostAsync($"{_urls[(first + attempt) % _urls.Count]}/v1/batch", content, CancellationToken.None);
                status = (int)response.StatusCode;
                if (status != (int)HttpStatusCode.OK)
                {
                    LastRefusal = $"{response.RequestMessage!.RequestUri}: {await response.Content.ReadAsStringAsync(CancellationToken.None)}";
                }
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException or IOException)
            {
                // Killed, frozen or cut off under our hands: the next one gets it again.
            }

            _answers.AddOrUpdate(status, 1, (_, count) => count + 1);
            if (status == (int)HttpStatusCode.OK)
            {
                return;
            }

            Assert.True(status is 0 or 429 or 503, $"events were answered {status}");
            await Task.Delay(20, CancellationToken.None);
        }

        throw new TimeoutException("A batch was not acknowledged in 4,000 attempts.");
    }
}
