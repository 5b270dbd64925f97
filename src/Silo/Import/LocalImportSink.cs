using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Triggers.Channels;
using Triggers.Engine.Definitions;
using Triggers.Runtime;
using Triggers.Silo.Cli;
using Triggers.Silo.Definitions;
using Triggers.Silo.Serve;
using Triggers.Storage;
using Triggers.Web;

namespace Triggers.Silo.Import;

/// <summary>
/// Imports into a stopped data folder: a whole server for the time of the import, without channels, on a loopback port and with a key that
/// only this process knows. Rows go the same way as into a running server, so both do exactly the same.
/// </summary>
public sealed class LocalImportSink : IImportSink
{
    private readonly WebApplication _app;
    private readonly IStore _store;
    private readonly HttpImportSink _sink;
    private readonly string _folder;

    private LocalImportSink(WebApplication app, IStore store, TriggersServer server, HttpImportSink sink, string folder)
    {
        _app = app;
        _store = store;
        Server = server;
        _sink = sink;
        _folder = folder;
    }

    public string Target => $"the data folder {_folder}";

    public string? Waiting => _sink.Waiting;

    public TriggersServer Server { get; }

    /// <param name="definitions">null: those that the folder was served with last.</param>
    public static async Task<LocalImportSink> OpenAsync(string folder, StoreChoice choice, string? definitions, TimeProvider time, CancellationToken cancellation)
    {
        var data = Path.GetFullPath(folder);
        if (definitions is null && !choice.Exists)
        {
            throw KeptDefinitions.NeverServed(data);
        }

        _ = DataFolder.Open(data);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton<IHostLifetime, NoHostLifetime>();
        builder.Services.AddSingleton(time);
        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        builder.Services.AddTriggersWeb(new WebOptions { ManagementKey = key });
        var app = builder.Build();
        var logs = app.Services.GetRequiredService<ILoggerFactory>();
        var store = await StartErrors.ExplainAsync(() => choice.OpenAsync(time, logs));
        try
        {
            using var files = definitions is null ? KeptDefinitions.Of(store, data) : null;
            var options = new ServerOptions { DefinitionsFolder = files?.Folder ?? Check(definitions!), SendMessages = false };
            var server = await TriggersServer.StartAsync(options, store, new ChannelRegistry([]), time, logs, cancellation);
            app.MapTriggers(server, sendsMail: false);
            await app.StartAsync(cancellation);
            var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            return new LocalImportSink(app, store, server, new HttpImportSink(new Uri(address), key), data);
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    public Task<long> NextRowAsync(string hash, CancellationToken cancellation) => _sink.NextRowAsync(hash, cancellation);

    public Task<ImportAnswer> AppendAsync(ImportBatch batch, CancellationToken cancellation) => _sink.AppendAsync(batch, cancellation);

    public Task DrainAsync(CancellationToken cancellation) => _sink.DrainAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        await _sink.DisposeAsync();
        await _app.StopAsync();
        await Server.DisposeAsync();
        await _store.DisposeAsync();
        await _app.DisposeAsync();
    }

    private static string Check(string definitions)
    {
        var folder = DefinitionsPath.Resolve(definitions);
        var result = DefinitionFolder.Load(folder);
        return result.IsValid ? folder : throw new UserErrorException($"The definitions in {definitions} have errors; `triggers validate {definitions}` lists them.");
    }
}
