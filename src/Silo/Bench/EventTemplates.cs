using System.Globalization;
using System.Text;

namespace Triggers.Silo.Bench;

/// <summary>
/// Encoded requests whose customers and messageIds are filled in place right before sending, so that the generator costs next to nothing
/// beside the server that it shares the machine with, and yet no event repeats another.
/// </summary>
public sealed class EventTemplates
{
    private const int CustomerDigits = 7;
    private const int IdDigits = 10;
    private const int VariantsPerConnection = 16;

    private static readonly string[] _categories = ["garden", "kitchen", "books", "toys", "outdoor", "music"];

    private readonly Request[] _requests;
    private readonly int _customers;
    private readonly Random _random;
    private long _nextId;
    private int _next;

    /// <param name="lane">Tells connections apart: their messageIds and their choice of customers.</param>
    public EventTemplates(string host, string writeKey, int eventsPerRequest, int customers, int lane)
    {
        _customers = customers;
        _random = new Random(7919 * (lane + 1));
        EventsPerRequest = eventsPerRequest;
        _requests = new Request[VariantsPerConnection];
        for (var variant = 0; variant < _requests.Length; variant++)
        {
            _requests[variant] = eventsPerRequest == 1 ? Single(host, writeKey, lane) : Batch(host, writeKey, eventsPerRequest, lane);
        }
    }

    public int EventsPerRequest { get; }

    /// <summary>The next request's bytes; valid until the call after the next <see cref="VariantsPerConnection"/>.</summary>
    public ReadOnlyMemory<byte> Next()
    {
        var request = _requests[_next];
        _next = (_next + 1) % _requests.Length;
        foreach (var place in request.Places)
        {
            Digits(request.Bytes.AsSpan(place.Customer, CustomerDigits), _random.Next(_customers));
            Digits(request.Bytes.AsSpan(place.Id, IdDigits), _nextId++);
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
        var events = string.Join(',', Enumerable.Range(0, count).Select(_ => Event(lane, "")));
        return Encode(host, writeKey, "/v1/batch", $$"""{"batch":[{{events}}],"sentAt":"{{Now()}}"}""");
    }

    private Request Single(string host, string writeKey, int lane)
    {
        var json = Event(lane, $",\"sentAt\":\"{Now()}\"");
        return Encode(host, writeKey, json.Contains("\"type\":\"page\"", StringComparison.Ordinal) ? "/v1/page" : "/v1/track", json);
    }

    /// <summary>What a shop's site sends: mostly views, some carts and page calls, few orders.</summary>
    private string Event(int lane, string more)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $$"""{"messageId":"bench-{{lane:000}}-{{"".PadLeft(IdDigits, '#')}}","userId":"c-{{"".PadLeft(CustomerDigits, '@')}}","timestamp":"{{Now()}}"{{more}},""");
        var product = _random.Next(1, 400);
        var price = Math.Round(4 + (_random.NextDouble() * 120), 2);
        var item = string.Create(CultureInfo.InvariantCulture,
            $"\"product_id\":\"p-{product:000}\",\"name\":\"Product {product}\",\"category\":\"{_categories[product % _categories.Length]}\",\"price\":{price},\"currency\":\"USD\"");
        return head + _random.Next(100) switch
        {
            < 60 => $$$"""
                "type":"track","event":"Product Viewed","properties":{{{{item}}}}}
                """,
            < 75 => $$$"""
                "type":"track","event":"Product Added","properties":{{{{item}}},"quantity":{{{_random.Next(1, 4)}}},"cart_id":"cart-{{{product}}}"}}
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
        for (var at = 0; ;)
        {
            var id = bytes.AsSpan(at).IndexOf((byte)'#');
            if (id < 0)
            {
                return new Request(bytes, [.. places]);
            }

            id += at;
            var customer = id + bytes.AsSpan(id).IndexOf((byte)'@');
            places.Add(new Place(customer, id));
            at = customer + CustomerDigits;
        }
    }

    private sealed record Request(byte[] Bytes, Place[] Places);

    private readonly record struct Place(int Customer, int Id);
}
