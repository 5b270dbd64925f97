using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Triggers.Engine.Definitions;
using Triggers.Runtime.Simulations;
using Triggers.Silo.Cli;
using Triggers.Silo.Definitions;
using Triggers.Silo.Serve;

namespace Triggers.Silo.Simulate;

/// <summary><c>triggers simulate</c>: what a folder of definitions would have done with the real past, of a running server or a stopped data folder.</summary>
public static class SimulateCommand
{
    private static readonly TimeSpan _patience = TimeSpan.FromHours(12);
    private static readonly TimeSpan _lineEvery = TimeSpan.FromSeconds(5);

    private static readonly Argument<string> _folder = new("DIR") { Description = "Folder of definitions to try out." };
    private static readonly Option<string?> _from = new("--from") { Description = "Campaigns work from here on, such as 2026-07-01; what was before builds state alone. Without it: from the first record." };
    private static readonly Option<string?> _to = new("--to") { Description = "Up to this instant. Without it: now." };
    private static readonly Option<double> _share = new("--share") { Description = "Share of customers, above 0 and up to 1; always the same ones.", DefaultValueFactory = _ => 1 };
    private static readonly Option<string?> _customer = new("--customer") { Description = "Only this customer." };
    private static readonly Option<bool> _liveOnly = new("--live-only") { Description = "Campaigns whose status is draft stay out of it." };
    private static readonly Option<string[]> _price = new("--price") { Description = "What one message of a channel costs, such as email=0.0004; may be given again.", DefaultValueFactory = _ => [] };
    private static readonly Option<bool> _json = new("--json") { Description = "As JSON." };

    public static Command Create()
    {
        var command = new Command("simulate", "Live through the real past again with other definitions: entries, messages by step and day, who would get them, and what differs from what was sent. Nothing is sent or changed.")
        {
            _folder, _from, _to, _share, _customer, _liveOnly, _price, _json, ManagementApi.DataOption, ServerAccess.UrlOption, ServerAccess.KeyOption, ServerAccess.KeyFileOption,
            StoreChoice.EngineOption, StoreChoice.ConnectionOption,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var folder = DefinitionsPath.Resolve(parsed.GetValue(_folder)!);
        var loaded = DefinitionFolder.Load(folder);
        if (loaded.Definitions is not { } definitions)
        {
            throw new UserErrorException($"The definitions in {folder} are not valid:\n{string.Join('\n', loaded.Errors)}", ExitCodes.Partial);
        }

        var share = parsed.GetValue(_share);
        var request = new SimulationRequest(
            definitions,
            ReadInstant("--from", parsed.GetValue(_from)),
            ReadInstant("--to", parsed.GetValue(_to)),
            share is > 0 and <= 1 ? share : throw new UserErrorException($"--share {share.ToString(CultureInfo.InvariantCulture)}: above 0 and up to 1 was expected.", ExitCodes.Usage),
            parsed.GetValue(_customer),
            !parsed.GetValue(_liveOnly));
        var prices = ReadPrices(parsed.GetValue(_price)!);
        var data = Path.GetFullPath(parsed.GetValue(ManagementApi.DataOption)!);
        var isRunning = (ServerAccess.FromUrl(parsed, data) ?? ServerAccess.FromFolder(parsed, data)) is not null;
        var report = isRunning ? await AskAsync(parsed, folder, request, cancellation) : await ReadStoreAsync(parsed, data, request, cancellation);
        if (parsed.GetValue(_json))
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(report, JsonSerializerOptions.Web));
        }
        else
        {
            SimulationPrint.Print(Output.Console, report, prices);
        }

        return ExitCodes.Ok;
    }

    private static async Task<SimulationReport> AskAsync(ParseResult parsed, string folder, SimulationRequest request, CancellationToken cancellation)
    {
        using var api = ManagementApi.Open(parsed, _patience);
        var body = new { files = DefinitionFolder.Read(folder), from = request.From, to = request.To, share = request.Share, customer = request.Customer, draftsToo = request.DraftsToo };
        using var answer = await api.PostAsync("/api/v1/simulations", body, cancellation);
        return answer.StatusCode == HttpStatusCode.OK
            ? (await answer.Content.ReadFromJsonAsync<SimulationReport>(JsonSerializerOptions.Web, cancellation))!
            : throw await api.RefusalAsync(answer, cancellation);
    }

    private static async Task<SimulationReport> ReadStoreAsync(ParseResult parsed, string data, SimulationRequest request, CancellationToken cancellation)
    {
        var choice = StoreChoice.From(parsed, data);
        if (!choice.Exists)
        {
            throw new UserErrorException($"{data} is not a data folder: name one with --data, or a running server with --url.");
        }

        await using var store = await StartErrors.ExplainAsync(() => choice.OpenAsync(TimeProvider.System, atRest: true));
        var simulation = new Simulation(store, request, TimeProvider.System, NullLoggerFactory.Instance);
        var work = Task.Run(() => simulation.Run(Environment.ProcessorCount, cancellation), CancellationToken.None);
        while (await Task.WhenAny(work, Task.Delay(_lineEvery, CancellationToken.None)) != work)
        {
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{Math.Min(100, simulation.Done * 100 / Math.Max(1, simulation.Total)),3} % of {simulation.Total:N0} records"));
        }

        return await work ?? throw new UserErrorException($"There is no customer '{request.Customer}' in {choice.Description}.");
    }

    private static DateTimeOffset? ReadInstant(string option, string? text) => text is null ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at
        : throw new UserErrorException($"{option} {text}: an instant such as 2026-07-01 or 2026-07-01T09:00:00Z was expected.", ExitCodes.Usage);

    private static Dictionary<string, decimal> ReadPrices(string[] texts)
    {
        var prices = new Dictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            var parts = text.Split('=', 2);
            prices[parts[0]] = parts.Length == 2 && decimal.TryParse(parts[1], NumberStyles.Number, CultureInfo.InvariantCulture, out var price) && price >= 0
                ? price
                : throw new UserErrorException($"--price {text}: a channel and a price such as email=0.0004 were expected.", ExitCodes.Usage);
        }

        return prices;
    }
}
