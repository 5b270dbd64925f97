using System.Globalization;
using System.Text;

namespace Triggers.Silo.Bench;

/// <summary>
/// Encoded requests whose customers and messageIds are filled in place right before sending, so that the generator costs next to nothing
/// beside the server that it shares the machine with, and yet no event repeats another.
/// </summary>
public sealed class EventTemplates
{
    public const int CustomersMax = 10_000_000;

    private const int CustomerDigits = 7;
    private const int IdDigits = 10;
    private const char CustomerMark = '~';
    private const char IdMark = '#';
    private const int VariantsPerConnection = 16;

    private static readonly string[] _categories = ["garden", "kitchen", "books", "toys", "outdoor", "music"];

    private readonly Request[] _requests;
    private readonly Func<int> _nextCustomer;
    private readonly Func<Random, int, string> _content;
    private readonly Random _random;
    private long _nextId;
    private int _next;

    /// <param name="lane">Tells connections apart: their messageIds and what they happen to send.</param>
    /// <param name="nextCustomer">The customer of the next event.</param>
    /// <param name="content">Type and content of a request's n-th event, as JSON fields; <see cref="ShopEvent"/> if not given.</param>
    public EventTemplates(string host, string writeKey, int eventsPerRequest, int lane, Func<int> nextCustomer, Func<Random, int, string>? content = null)
    {
        _nextCustomer = nextCustomer;
        _content = content ?? ((random, _) => ShopEvent(random));
        _random = new Random(7919 * (lane + 1));
        EventsPerRequest = eventsPerRequest;
        _requests = new Request[VariantsPerConnection];
        for (var variant = 0; variant < _requests.Length; variant++)
        {
            _requests[variant] = eventsPerRequest == 1 ? Single(host, writeKey, lane) : Batch(host, writeKey, eventsPerRequest, lane);
        }
    }

    /// <summary>Customers by chance, another order in every lane.</summary>
    public static Func<int> AnyOf(int customers, int lane)
    {
        var random = new Random(104_729 * (lane + 1));
        return () => random.Next(customers);
    }

    /// <summary>What stands in for the customer's number in contents: for an address of one's own.</summary>
    public static string CustomerPlace { get; } = new(CustomerMark, CustomerDigits);

    public int EventsPerRequest { get; }

    /// <summary>The next request's bytes; valid until the call after the next <see cref="VariantsPerConnection"/>.</summary>
    public ReadOnlyMemory<byte> Next()
    {
        var request = _requests[_next];
        _next = (_next + 1) % _requests.Length;
        var customer = 0;
        foreach (var place in request.Places)
        {
            if (place.IsId)
            {
                customer = _nextCustomer();
                Digits(request.Bytes.AsSpan(place.At, IdDigits), _nextId++);
            }
            else
            {
                Digits(request.Bytes.AsSpan(place.At, CustomerDigits), customer);
            }
        }

        return request.Bytes;
    }

    private static void Digits(Span<byte> target, long value)
    {
        for (var i = target.Length - 1; i >= 0; i--)
        {
            target[i] = (byte)('0' + (value % 10));
            value /= 10;
        }
    }

    private Request Batch(string host, string writeKey, int count, int lane)
    {
        var events = string.Join(',', Enumerable.Range(0, count).Select(index => Event(lane, index, "")));
        return Encode(host, writeKey, "/v1/batch", $$"""{"batch":[{{events}}],"sentAt":"{{Now()}}"}""");
    }

    private Request Single(string host, string writeKey, int lane)
    {
        var json = Event(lane, 0, $",\"sentAt\":\"{Now()}\"");
        return Encode(host, writeKey, json.Contains("\"type\":\"page\"", StringComparison.Ordinal) ? "/v1/page" : "/v1/track", json);
    }

    /// <summary>What a shop's site sends: mostly views, some carts and page calls, few orders.</summary>
    public static string ShopEvent(Random random) => Shop(random, random.Next(100));

    /// <summary>The same without orders.</summary>
    public static string BrowseEvent(Random random) => Shop(random, random.Next(95));

    private string Event(int lane, int index, string more) =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"messageId":"bench-{{lane:000}}-{{new string(IdMark, IdDigits)}}","userId":"c-{{CustomerPlace}}","timestamp":"{{Now()}}"{{more}},""") + _content(_random, index);

    private static string Shop(Random random, int kind)
    {
        var product = random.Next(1, 400);
        var price = Math.Round(4 + (random.NextDouble() * 120), 2);
        var item = string.Create(CultureInfo.InvariantCulture,
            $"\"product_id\":\"p-{product:000}\",\"name\":\"Product {product}\",\"category\":\"{_categories[product % _categories.Length]}\",\"price\":{price},\"currency\":\"USD\"");
        return kind switch
        {
            < 60 => $$$"""
                "type":"track","event":"Product Viewed","properties":{{{{item}}}}}
                """,
            < 75 => $$$"""
                "type":"track","event":"Product Added","properties":{{{{item}}},"quantity":{{{random.Next(1, 4)}}},"cart_id":"cart-{{{product}}}"}}
                """,
            < 95 => $$$"""
                "type":"page","name":"Product","properties":{"path":"/products/{{{product}}}","url":"https://shop.example.com/products/{{{product}}}","title":"Product {{{product}}}","referrer":""}}
                """,
            _ => string.Create(CultureInfo.InvariantCulture, $$$"""
                "type":"track","event":"Order Completed","properties":{"order_id":"o-{{{product}}}","total":{{{price}}},"currency":"USD","products":[{{{{item}}},"quantity":1}]}}
                """),
        };
    }

    private static string Now() => DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    private static Request Encode(string host, string writeKey, string path, string body)
    {
        var authorization = Convert.ToBase64String(Encoding.ASCII.GetBytes(writeKey + ":"));
        var head = string.Create(CultureInfo.InvariantCulture,
            $"POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Basic {authorization}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n");
        var bytes = Encoding.UTF8.GetBytes(head + body);
        var places = new List<Place>();
        for (var at = 0; at < bytes.Length;)
        {
            var next = bytes.AsSpan(at).IndexOfAny((byte)IdMark, (byte)CustomerMark);
            if (next < 0)
            {
                break;
            }

            at += next;
            var isId = bytes[at] == IdMark;
            places.Add(new Place(at, isId));
            at += isId ? IdDigits : CustomerDigits;
        }

        return new Request(bytes, [.. places]);
    }

    private sealed record Request(byte[] Bytes, Place[] Places);

    /// <param name="IsId">A messageId, which opens an event; otherwise the number of its customer.</param>
    private readonly record struct Place(int At, bool IsId);
}
