using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Triggers.Silo.Cli;

namespace Triggers.Silo.Serve;

/// <summary>Where settings come from (later ones win): <c>appsettings.json</c> in the data folder, the environment, the command line.</summary>
public static class ServeConfiguration
{
    public static void Apply(WebApplicationBuilder builder, ServeOptions options)
    {
        builder.Configuration.Sources.Clear();
        AddFile(builder.Configuration, options.DataFolder);
        builder.Configuration.AddEnvironmentVariables();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(options.Address, options.Port));
        builder.Logging.ClearProviders();
        AddConsole(builder.Logging, options.LogFormat);
        builder.Logging.SetMinimumLevel(LogLevel.Information);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("System", LogLevel.Warning);
        builder.Logging.AddFilter("Orleans", LogLevel.Warning);
        builder.Logging.AddFilter("Polly", LogLevel.Warning);
        // At its start it may warn of a stall as long as the machine runs.
        builder.Logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        // What keeps the server from starting is told once, in words, by StartErrors.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        // Its mere presence costs an activity and a scope for every request.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
    }

    private static void AddConsole(ILoggingBuilder logging, LogFormat format)
    {
        if (format == LogFormat.Json)
        {
            logging.AddJsonConsole(console =>
            {
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
            return;
        }

        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
            console.ColorBehavior = LoggerColorBehavior.Default;
        });
    }

    /// <summary>The same sources without a server, for commands that open a data folder themselves.</summary>
    public static IConfiguration Read(string dataFolder) => AddFile(new ConfigurationBuilder(), dataFolder).AddEnvironmentVariables().Build();

    private static IConfigurationBuilder AddFile(IConfigurationBuilder configuration, string dataFolder) => configuration.AddJsonFile(file =>
    {
        var path = Path.GetFullPath(Path.Combine(dataFolder, "appsettings.json"));
        file.Path = path;
        file.Optional = true;
        file.OnLoadException = failed => throw new UserErrorException($"{path} cannot be read: {failed.Exception.GetBaseException().Message}");
        file.ResolveFileProvider();
    });
}
