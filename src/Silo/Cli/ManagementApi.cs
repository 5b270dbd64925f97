using System.CommandLine;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace Triggers.Silo.Cli;

/// <summary>The management API of a running server, as commands use it: what stands in the way of an answer is told in words.</summary>
internal sealed class ManagementApi : IDisposable
{
    private readonly HttpClient _client;
    private readonly TimeSpan _patience;

    private ManagementApi(ServerAccess server, TimeSpan patience)
    {
        _patience = patience;
        _client = new HttpClient { BaseAddress = server.Address, Timeout = patience };
        _client.DefaultRequestHeaders.Authorization = server.Key is null ? null : new AuthenticationHeaderValue("Bearer", server.Key);
    }

    public static Option<string> DataOption { get; } = new("--data") { Description = "Data folder: of a running server, which says where it listens and holds its key, or of a stopped one where the command can read it.", DefaultValueFactory = _ => "data" };

    /// <summary>Makes a command one of a running server's: with the options that say which, and an action over its API.</summary>
    public static Command Command(Command command, TimeSpan patience, Func<ManagementApi, ParseResult, CancellationToken, Task<int>> run)
    {
        command.Add(ServerAccess.UrlOption);
        command.Add(ServerAccess.KeyOption);
        command.Add(ServerAccess.KeyFileOption);
        command.Add(DataOption);
        command.SetAction(async (parsed, cancellation) =>
        {
            using var api = Open(parsed, patience);
            return await run(api, parsed, cancellation);
        });
        return command;
    }

    /// <summary>Of the server that --url names or that runs on the data folder.</summary>
    public static ManagementApi Open(ParseResult parsed, TimeSpan patience)
    {
        var data = Path.GetFullPath(parsed.GetValue(DataOption)!);
        var server = ServerAccess.FromUrl(parsed, data) ?? ServerAccess.FromFolder(parsed, data)
            ?? throw new UserErrorException($"No server runs on the data folder {data}. Name another with --data, or the server itself with --url.");
        return new ManagementApi(server, patience);
    }

    public Task<HttpResponseMessage> GetAsync(string path, CancellationToken cancellation) => SendAsync(HttpMethod.Get, path, null, cancellation);

    public Task<HttpResponseMessage> PostAsync(string path, CancellationToken cancellation) => SendAsync(HttpMethod.Post, path, null, cancellation);

    public Task<HttpResponseMessage> PostAsync<T>(string path, T body, CancellationToken cancellation) => SendAsync(HttpMethod.Post, path, JsonContent.Create(body), cancellation);

    public Task<HttpResponseMessage> PutAsync<T>(string path, T body, CancellationToken cancellation) => SendAsync(HttpMethod.Put, path, JsonContent.Create(body), cancellation);

    /// <summary>With a body of any kind, which is disposed.</summary>
    public Task<HttpResponseMessage> SendContentAsync(HttpMethod method, string path, HttpContent? body, CancellationToken cancellation) => SendAsync(method, path, body, cancellation);

    /// <summary>Why the server refuses, in its own words if it has any.</summary>
    public async Task<UserErrorException> RefusalAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        var detail = answer.Content.Headers.ContentType?.MediaType == "application/problem+json" ? (await answer.Content.ReadFromJsonAsync<Problem>(cancellation))?.Detail : null;
        return new UserErrorException(detail ?? $"The server at {_client.BaseAddress} answered {(int)answer.StatusCode}: is it Triggers, of this version?");
    }

    public void Dispose() => _client.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? body, CancellationToken cancellation)
    {
        try
        {
            using var request = new HttpRequestMessage(method, path) { Content = body };
            var answer = await _client.SendAsync(request, cancellation);
            return answer.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden) ? answer : throw new UserErrorException(
                $"The server at {_client.BaseAddress} does not take the management key: give --key, --key-file or TRIGGERS_KEY (it stands in management.key in the server's data folder).");
        }
        catch (HttpRequestException error)
        {
            throw new UserErrorException($"The server at {_client.BaseAddress} does not answer: {error.Message}");
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new UserErrorException($"The server at {_client.BaseAddress} did not answer within {_patience.TotalSeconds} s.");
        }
    }

    private sealed record Problem(string? Detail);
}
