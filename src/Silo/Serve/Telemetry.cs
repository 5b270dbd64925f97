using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Triggers.Silo.Cli;

namespace Triggers.Silo.Serve;

/// <summary>
/// Hands metrics, traces and logs to an OpenTelemetry collector, if one is named: by the standard <c>OTEL_*</c> variables, or by <c>Otlp:Endpoint</c>. Otherwise
/// nothing of it exists and nothing is paid for it.
/// </summary>
internal sealed class Telemetry : IDisposable
{
    private const string Endpoint = "Otlp:Endpoint";
    private const string StandardEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Of requests that nobody else has sampled: a busy site sends thousands a second.</summary>
    private const double DefaultSampled = 0.01;

    private static readonly string[] s_meters =
    [
        "Triggers.Runtime", "Triggers.Storage", "Triggers.Web", "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel",
        "Microsoft.AspNetCore.Http.Connections", "System.Net.Http", "Npgsql",
    ];

    private static readonly string[] s_sources = ["Triggers", "Microsoft.AspNetCore", "System.Net.Http", "Npgsql"];

    private readonly MeterProvider _metrics;
    private readonly TracerProvider _traces;

    private Telemetry(MeterProvider metrics, TracerProvider traces)
    {
        _metrics = metrics;
        _traces = traces;
    }

    /// <summary>null: no collector is named.</summary>
    public static Telemetry? Start(IConfiguration configuration, ILoggingBuilder logging, OperationsChoice operations)
    {
        if (!IsWanted(configuration))
        {
            return null;
        }

        // Named and tagged as OpenTelemetry says, instead of as ASP.NET Core did before.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", isEnabled: false);
        if (EndpointOf(configuration) is { } endpoint)
        {
            // The exporters read the standard variables, and make of one address one for each signal.
            Environment.SetEnvironmentVariable(StandardEndpoint, endpoint.ToString());
        }

        var resource = ResourceBuilder.CreateEmpty()
            .AddService("triggers", serviceVersion: operations.Version, serviceInstanceId: operations.NodeName)
            .AddTelemetrySdk()
            .AddEnvironmentVariableDetector();
        logging.AddOpenTelemetry(logs => logs.SetResourceBuilder(resource).AddOtlpExporter());
        var metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource).AddMeter([.. s_meters, .. operations.Meters]).AddOtlpExporter().Build();
        var traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(s_sources);
        if (string.IsNullOrEmpty(configuration["OTEL_TRACES_SAMPLER"]))
        {
            traces.SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(SampledOf(configuration))));
        }

        return new Telemetry(metrics, traces.AddOtlpExporter().Build());
    }

    /// <summary>Sends what is left.</summary>
    public void Dispose()
    {
        _traces.Dispose();
        _metrics.Dispose();
    }

    private static bool IsWanted(IConfiguration configuration)
    {
        string[] places = [StandardEndpoint, "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", Endpoint];
        return Array.Exists(places, place => !string.IsNullOrWhiteSpace(configuration[place])) && !string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>null: as the environment says.</summary>
    private static Uri? EndpointOf(IConfiguration configuration)
    {
        var text = configuration[Endpoint];
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var endpoint) && endpoint.Scheme is "http" or "https"
            ? endpoint
            : throw new UserErrorException($"{Endpoint} is '{text}': the address of a collector's gRPC port, such as http://localhost:4317, was expected.", ExitCodes.Usage);
    }

    private static double SampledOf(IConfiguration configuration)
    {
        var text = configuration["Otlp:Sampled"];
        return string.IsNullOrWhiteSpace(text) ? DefaultSampled
            : double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 1 ? share
            : throw new UserErrorException($"Otlp:Sampled is '{text}': a share from 0 to 1 was expected.", ExitCodes.Usage);
    }
}
