using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Triggers.Channels.Webhook;

/// <summary>
/// Posts JSON to an address of the customer's own systems, signed. 2xx is taken; 408, 425, 429 and 5xx pass, with their Retry-After; other answers are
/// permanent. Redirects are not followed: they would carry the customer's data to where nobody sent it.
/// </summary>
public sealed partial class WebhookChannel : IChannel, IDisposable
{
    public const string MessageIdHeader = "Triggers-Message-Id";
    private const string Stopping = "the server is stopping";

    /// <summary>A receiver may ask us to wait this long at most; later than that the message would be stale.</summary>
    private static readonly TimeSpan RetryAfterMax = TimeSpan.FromHours(6);

    /// <summary>The first words of an answer are waited for so long: it is known by then what came of the message.</summary>
    private static readonly TimeSpan WordsWithin = TimeSpan.FromSeconds(1);

    private readonly WebhookOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly HttpClient _http;
    private readonly Receivers _receivers;

    public WebhookChannel(WebhookOptions options, TimeProvider time, ILogger<WebhookChannel> log)
    {
        _options = options;
        _time = time;
        _log = log;
        _receivers = new Receivers(time);
        _http = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = false,
                ConnectCallback = new PublicConnector(options.AllowedPrivateNetworks).ConnectAsync,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                MaxConnectionsPerServer = 16,
                MaxResponseHeadersLength = 16,
                ConnectTimeout = TimeSpan.FromSeconds(options.TimeoutSeconds),
            })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public string Id => "webhook";

    /// <summary>Several receivers that do not answer must not take all of it; see <see cref="Receivers"/>.</summary>
    public int AtOnceMax => 4 * Receivers.AtOnceMax;

    public async Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(message.Address, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
        {
            return SendOutcome.Failed($"'{message.Address}' is not an http or https address");
        }

        var host = $"{url.Host}:{url.Port}";
        var entry = await _receivers.EnterAsync(host, cancellation);
        if (entry.Receiver is null)
        {
            return SendOutcome.PutOff(cancellation.IsCancellationRequested ? Stopping : $"{host}: {entry.Reason}");
        }

        var timedOut = false;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(_options.TimeoutSeconds));
        try
        {
            return await PostAsync(message, url, host, limit.Token);
        }
        catch (OperationCanceledException)
        {
            timedOut = !cancellation.IsCancellationRequested;
            return SendOutcome.Retry(timedOut ? $"{host}: no answer within {_options.TimeoutSeconds} s ({WebhookOptions.Section}:TimeoutSeconds)" : Stopping);
        }
        finally
        {
            _receivers.Leave(entry, timedOut);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<SendOutcome> PostAsync(OutgoingMessage message, Uri url, string host, CancellationToken limit)
    {
        try
        {
            using var request = Request(message, url);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit);
            return await OutcomeOfAsync(response, host, limit);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or FormatException)
        {
            for (Exception? cause = e; cause is not null; cause = cause.InnerException)
            {
                if (cause is PrivateAddressException)
                {
                    Refused(message.MessageId, cause.Message);
                    return SendOutcome.Failed(cause.Message);
                }
            }

            return SendOutcome.Retry($"{host}: {(e.InnerException ?? e).Message}");
        }
    }

    private HttpRequestMessage Request(OutgoingMessage message, Uri url)
    {
        var body = Encoding.UTF8.GetBytes(message.Text);
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.UserAgent.ParseAdd("Triggers");
        request.Headers.Add(MessageIdHeader, message.MessageId);
        request.Headers.Add(WebhookSignature.Header, WebhookSignature.Of(_options.Secret, _time.GetUtcNow().ToUnixTimeSeconds(), body));
        foreach (var (name, value) in message.Headers)
        {
            request.Headers.Add(name, value);
        }

        return request;
    }

    private async Task<SendOutcome> OutcomeOfAsync(HttpResponseMessage response, string host, CancellationToken cancellation)
    {
        var code = (int)response.StatusCode;
        if (response.IsSuccessStatusCode)
        {
            return SendOutcome.Sent;
        }

        if (code is >= 300 and < 400)
        {
            return SendOutcome.Failed($"{host} answered {code} to {PeerText.OneLine($"{response.Headers.Location}", 200)}: redirects are not followed; write the final address");
        }

        var reason = $"{host} answered {code} {await BeginningAsync(response, cancellation)}".TrimEnd();
        var passing = code >= 500 || response.StatusCode is HttpStatusCode.RequestTimeout or (HttpStatusCode)425 or HttpStatusCode.TooManyRequests;
        return passing ? SendOutcome.Retry(reason, RetryAfter(response)) : SendOutcome.Failed(reason);
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var after = response.Headers.RetryAfter is { } header ? header.Delta ?? (header.Date - _time.GetUtcNow()) : null;
        return after is { } wait ? TimeSpan.FromTicks(Math.Clamp(wait.Ticks, 0, RetryAfterMax.Ticks)) : null;
    }

    /// <summary>The first words of the answer help whoever looks at the dead letter.</summary>
    private static async Task<string> BeginningAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var buffer = new byte[200];
        var read = 0;
        using var brief = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        brief.CancelAfter(WordsWithin);
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(brief.Token);
            while (read < buffer.Length && await stream.ReadAsync(buffer.AsMemory(read), brief.Token) is > 0 and var more)
            {
                read += more;
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            // What has come until then is enough: the status decides, not the words.
        }

        return PeerText.OneLine(Encoding.UTF8.GetString(buffer, 0, read)).Trim();
    }

    [LoggerMessage(2100, LogLevel.Warning, "Webhook message {MessageId} was refused: {Reason}")]
    private partial void Refused(string messageId, string reason);
}
