using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Triggers.Engine.Records;

namespace Triggers.Silo.Bench;

/// <summary>
/// A customer in each partition, which is sent an event and then asked for whether it has it: how soon does every partition work, whatever became of some of its
/// processes? Each question goes to another process than the one before.
/// </summary>
/// <param name="name">What the customers' ids begin with: no other probe has them.</param>
public sealed class PartitionProbe(string writeKey, string managementKey, string name = "partition")
{
    public const int Partitions = 64;

    private static readonly TimeSpan _answerWithin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _askAgainAfter = TimeSpan.FromMilliseconds(20);

    private readonly string[] _customers = Choose(name);
    private int _round;

    public IReadOnlyList<string> Customers => _customers;

    /// <summary>Whether silos have the partitions evenly: none has more than its share, rounded up.</summary>
    public static bool IsFair(IReadOnlyCollection<int> shares) => shares.Sum() == Partitions && shares.Max() <= (Partitions + shares.Count - 1) / shares.Count;

    /// <summary>Ends when every customer has one event more.</summary>
    /// <param name="since">The <see cref="Stopwatch"/>'s timestamp that is counted from.</param>
    /// <returns>Seconds to each partition's answer, ascending.</returns>
    /// <exception cref="TimeoutException">A partition did not answer in time; the message says which, and what it said last.</exception>
    public async Task<double[]> AnswerAsync(long since, IReadOnlyList<Uri> processes, TimeSpan patience, CancellationToken cancellation)
    {
        var round = ++_round;
        using var client = new HttpClient();
        var times = await Task.WhenAll(_customers.Select(async (customer, partition) =>
        {
            var began = Stopwatch.GetTimestamp();
            var turn = partition;
            await RepeatAsync(() => Event(processes[turn++ % processes.Count], customer, round), _ => true, customer);
            await RepeatAsync(() => Question(processes[turn++ % processes.Count], customer), answer => EventsIn(answer) >= round, customer);
            return Stopwatch.GetElapsedTime(since).TotalSeconds;

            async Task RepeatAsync(Func<HttpRequestMessage> ask, Func<string, bool> isAnswer, string id)
            {
                while (true)
                {
                    var last = await TryAsync(client, ask, cancellation);
                    if (last.IsOk && isAnswer(last.Text))
                    {
                        return;
                    }

                    if (Stopwatch.GetElapsedTime(began) > patience)
                    {
                        throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"Customer {id} of partition {partition} did not answer with its {round} events within {patience.TotalSeconds} s. The last answer was: {last.Text}"));
                    }

                    await Task.Delay(_askAgainAfter, cancellation);
                }
            }
        }));
        Array.Sort(times);
        return times;
    }

    private static async Task<(bool IsOk, string Text)> TryAsync(HttpClient client, Func<HttpRequestMessage> ask, CancellationToken cancellation)
    {
        using var request = ask();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        over.CancelAfter(_answerWithin);
        try
        {
            using var response = await client.SendAsync(request, over.Token);
            return (response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(over.Token));
        }
        catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return (false, $"{request.RequestUri}: {error.Message}");
        }
    }

    private HttpRequestMessage Event(Uri process, string customer, int round) => new(HttpMethod.Post, new Uri(process, "/v1/track"))
    {
        Content = new StringContent($$"""{"userId":"{{customer}}","event":"Product Viewed","messageId":"{{customer}}-{{round.ToString(CultureInfo.InvariantCulture)}}"}""", Encoding.UTF8, "application/json"),
        Headers = { Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(writeKey + ":"))) },
    };

    private HttpRequestMessage Question(Uri process, string customer) => new(HttpMethod.Get, new Uri(process, $"/api/v1/customers/{customer}"))
    {
        Headers = { Authorization = new AuthenticationHeaderValue("Bearer", managementKey) },
    };

    private static long EventsIn(string customer)
    {
        using var document = JsonDocument.Parse(customer);
        return document.RootElement.GetProperty("events").GetProperty("total").GetInt64();
    }

    private static string[] Choose(string name)
    {
        var customers = new string[Partitions];
        for (var number = 0; customers.Contains(null); number++)
        {
            var customer = string.Create(CultureInfo.InvariantCulture, $"{name}-{number}");
            customers[CustomerKey.PartitionOf(CustomerKey.User(customer).Hash(), Partitions)] ??= customer;
        }

        return customers;
    }
}
