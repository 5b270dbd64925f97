using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Triggers.Silo.Cli;

namespace Triggers.Silo.Import;

/// <summary>Imports into a running server through its management API.</summary>
public sealed class HttpImportSink : IImportSink
{
    private static readonly TimeSpan _unreachableFor = TimeSpan.FromSeconds(30);

    private readonly HttpClient _client;
    private volatile string? _waiting;

    public HttpImportSink(Uri server, string key)
    {
        _client = new HttpClient { BaseAddress = server, Timeout = TimeSpan.FromSeconds(100) };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public string Target => $"the server at {_client.BaseAddress!.GetLeftPart(UriPartial.Authority)}";

    public string? Waiting => _waiting;

    public async Task<long> NextRowAsync(string hash, CancellationToken cancellation)
    {
        using var response = await SendAsync(() => new HttpRequestMessage(HttpMethod.Get, $"/api/v1/import?hash={hash}"), cancellation);
        return (await response.Content.ReadFromJsonAsync<JournalAnswer>(cancellation))!.NextRow;
    }

    public async Task<ImportAnswer> AppendAsync(ImportBatch batch, CancellationToken cancellation)
    {
        var (hash, name, sourceId) = batch.Source;
        var source = sourceId is null ? "" : $"&source={Uri.EscapeDataString(sourceId)}";
        var path = string.Create(CultureInfo.InvariantCulture, $"/api/v1/import?hash={hash}&name={Uri.EscapeDataString(name)}&row={batch.FirstRow}{source}");
        using var response = await SendAsync(() => new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new ReadOnlyMemoryContent(batch.Body) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-ndjson") } },
        }, cancellation);
        return (await response.Content.ReadFromJsonAsync<ImportAnswer>(cancellation))!;
    }

    public async Task DrainAsync(CancellationToken cancellation)
    {
        while (true)
        {
            using var response = await SendAsync(() => new HttpRequestMessage(HttpMethod.Get, "/api/v1/stats"), cancellation);
            var stats = (await response.Content.ReadFromJsonAsync<StatsAnswer>(cancellation))!;
            if (stats.Events.Lag == 0)
            {
                return;
            }

            await Task.Delay(100, cancellation);
        }
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Tries again as long as the server asks for it, and for half a minute when it cannot be reached.</summary>
    private async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> request, CancellationToken cancellation)
    {
        var unreachableSince = long.MaxValue;
        while (true)
        {
            try
            {
                var response = await _client.SendAsync(request(), cancellation);
                if (response.IsSuccessStatusCode)
                {
                    _waiting = null;
                    return response;
                }

                if (response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable))
                {
                    throw new UserErrorException(await DescribeAsync(response, cancellation));
                }

                var wait = response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1);
                _waiting = await ReasonAsync(response, cancellation);
                response.Dispose();
                await Task.Delay(wait, cancellation);
            }
            catch (HttpRequestException error)
            {
                unreachableSince = Math.Min(unreachableSince, Environment.TickCount64);
                if (Environment.TickCount64 - unreachableSince > _unreachableFor.TotalMilliseconds || error.HttpRequestError == HttpRequestError.NameResolutionError)
                {
                    throw new UserErrorException($"{_client.BaseAddress} cannot be reached: {error.Message.TrimEnd('.')}. What was imported is safe; run the same command again to go on.");
                }

                _waiting = $"{Target} cannot be reached: {error.Message}";
                await Task.Delay(500, cancellation);
            }
        }
    }

    /// <summary>As the API tells it (<c>detail</c>), or the status alone.</summary>
    private static async Task<string> ReasonAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            return (await response.Content.ReadFromJsonAsync<ProblemAnswer>(cancellation))?.Detail ?? response.StatusCode.ToString();
        }
        catch (JsonException)
        {
            return response.StatusCode.ToString();
        }
    }

    private async Task<string> DescribeAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            return $"{Target} does not take the management key: give --key, --key-file or TRIGGERS_KEY (it stands in management.key in the server's data folder).";
        }

        var body = await response.Content.ReadAsStringAsync(cancellation);
        return $"{Target} answered {(int)response.StatusCode}: {(body.Length > 500 ? body[..500] : body)}";
    }

    private sealed record JournalAnswer(long NextRow);

    private sealed record ProblemAnswer(string? Detail);

    private sealed record StatsAnswer(EventsAnswer Events);

    private sealed record EventsAnswer(long Lag);
}
