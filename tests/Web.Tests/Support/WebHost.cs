using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Triggers.Runtime.Messages;

namespace Triggers.Web.Tests.Support;

/// <summary>The web module on a real Kestrel at a free loopback port, with a server behind it that only remembers.</summary>
public sealed class WebHost : IAsyncDisposable
{
    public const string Key = "the-management-key";
    private readonly WebApplication _app;

    private WebHost(WebApplication app, Uri address)
    {
        _app = app;
        Address = address;
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = address };
        Manager = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = address };
        Manager.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
    }

    public Uri Address { get; }

    /// <summary>Nobody: neither key nor cookie.</summary>
    public HttpClient Client { get; }

    /// <summary>Holds the management key.</summary>
    public HttpClient Manager { get; }

    public FakeIngest Ingest { get; private init; } = null!;

    public FakeDefinitions Definitions { get; private init; } = null!;

    public FakeCommands Commands { get; private init; } = null!;

    public FakeStore Store { get; private init; } = null!;

    public FakeFeed Feed { get; private init; } = null!;

    public TestTime Time { get; private init; } = null!;

    public FakeOperations Operations { get; private init; } = null!;

    public FakeSimulations Simulations { get; private init; } = null!;

    public FakeCampaignTests Tests { get; private init; } = null!;

    public FakeMeasuring Measuring { get; private init; } = null!;

    public IServiceProvider Services => _app.Services;

    /// <summary>What an operator would be alarmed by.</summary>
    public ErrorLog Errors { get; private init; } = null!;

    public TrackingLinks Links => new(Address.GetLeftPart(UriPartial.Authority), Store.Info.Secret);

    public static async Task<WebHost> StartAsync(Func<WebOptions, WebOptions>? configure = null, FakeQuality? quality = null, bool sendsMail = false)
    {
        var ingest = new FakeIngest();
        var definitions = new FakeDefinitions();
        var commands = new FakeCommands();
        var store = new FakeStore { QualityRows = quality ?? new FakeQuality() };
        commands.Erased = store.QualityRows.Erase;
        var feed = new FakeFeed();
        var operations = new FakeOperations();
        var simulations = new FakeSimulations();
        var tests = new FakeCampaignTests();
        var measuring = new FakeMeasuring();
        var time = new TestTime();
        var builder = WebApplication.CreateSlimBuilder();
        var errors = new ErrorLog();
        builder.Logging.ClearProviders().AddProvider(errors);
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton<TimeProvider>(time);
        var options = new WebOptions { ManagementKey = Key };
        builder.Services.AddTriggersWeb(configure?.Invoke(options) ?? options);
        var app = builder.Build();
        app.MapTriggers(new Backend
        {
            Store = store,
            Ingest = ingest,
            Queries = new FakeQueries(),
            Commands = commands,
            Definitions = definitions,
            Live = feed,
            Operations = operations,
            Simulations = simulations,
            Tests = tests,
            Fills = new FakeFills(),
            Lists = new FakeLists(),
            Measuring = measuring,
            Valuing = new FakeValuing(),
            Identities = new FakeIdentities(),
            SendsMail = sendsMail,
        });
        await app.StartAsync();
        return new WebHost(app, new Uri(app.Urls.First())) { Errors = errors, Operations = operations, Simulations = simulations, Tests = tests, Measuring = measuring, Ingest = ingest, Definitions = definitions, Commands = commands, Store = store, Feed = feed, Time = time };
    }

    public static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    public Task<HttpResponseMessage> SendEventAsync(string path, string body) => Client.PostAsync(path, Json(body));

    /// <summary>The one event that came in since the last call.</summary>
    public SeenEvent TakeEvent()
    {
        var only = Assert.Single(Ingest.Events);
        Ingest.Events.Clear();
        return only;
    }

    /// <summary>As a stop does whose patience with requests under way is over.</summary>
    public Task StopAtOnceAsync() => _app.StopAsync(new CancellationToken(canceled: true));

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Manager.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
