using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Triggers.Channels;
using Triggers.Channels.Email;
using Triggers.Runtime;
using Triggers.Runtime.Messages;
using Triggers.Storage.Sqlite;
using Triggers.Web.Tests.Support;

namespace Triggers.Web.Tests.Whole;

/// <summary>The web over the embedded host and a SQLite folder, with mail in the local mailbox; it can be stopped and started again on the same data.</summary>
public sealed class WholeServer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("triggers-whole").FullName;
    private SqliteStore _store = null!;
    private TriggersServer _server = null!;
    private WebApplication _app = null!;

    public HttpClient Site { get; private set; } = null!;

    public HttpClient Manager { get; private set; } = null!;

    public static async Task<WholeServer> StartNewAsync()
    {
        var whole = new WholeServer();
        whole.WriteDefinitions();
        await whole.StartAsync();
        return whole;
    }

    public async Task StartAsync()
    {
        _store = await SqliteStore.OpenAsync(new SqliteStoreOptions { Folder = Path.Combine(_folder, "data") }, TimeProvider.System);
        var mail = EmailChannelFactory.Create(new ConfigurationBuilder().Build(), new MailboxKeeper(_store.Mailbox), TimeProvider.System, NullLoggerFactory.Instance);
        _server = await TriggersServer.StartAsync(
            new ServerOptions { DefinitionsFolder = Path.Combine(_folder, "definitions"), Workers = 2 }, _store, new ChannelRegistry([mail.Channel!]), TimeProvider.System, NullLoggerFactory.Instance);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddTriggersWeb(new WebOptions { ManagementKey = WebHost.Key });
        _app = builder.Build();
        _app.MapTriggers(_server, sendsMail: false);
        await _app.StartAsync();
        Site = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(_app.Urls.First()) };
        Manager = new HttpClient { BaseAddress = Site.BaseAddress };
        Manager.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", WebHost.Key);
    }

    public async Task StopAsync()
    {
        Site.Dispose();
        Manager.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _server.DisposeAsync();
        await _store.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        finally
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private void WriteDefinitions()
    {
        Write("sources.yaml", "shop-web: { name: Shop, writeKey: shop-web, currency: USD }");
        Write("segments.yaml", "buyers: did('Order Completed')");
        Write("plan.yaml", "events: { Survey Answered: { violations: reject, properties: { stars: { type: integer, required: true } } }, Cart Saved: { properties: { items: array } } }");
        Write("scoring.yaml", "halfLife: 14d\nevents: { Order Completed: 20 }");
        Write("campaigns/welcome.yaml", "campaign: welcome\ntrigger: { event: Signed Up }\ngoal: { event: Order Completed, value: properties.total, within: 7d }\nsteps:\n  - send: { channel: email, template: welcome }\n");
        Write("templates/welcome.subject.hbs", "Hello {{traits.name}}");
        Write("templates/welcome.html.hbs", "<p>Hello {{traits.name}}</p><a href=\"https://shop.example/start?a=1\">Start</a> <a href=\"{{unsubscribeUrl}}\">Unsubscribe</a>");
        Write("templates/welcome.text.hbs", "Hello {{traits.name}}: https://shop.example/start {{unsubscribeUrl}}");
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(_folder, "definitions", path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text + "\n");
    }
}
