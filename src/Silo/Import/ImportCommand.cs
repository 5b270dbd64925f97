using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Triggers.Silo.Cli;
using Triggers.Silo.Serve;

namespace Triggers.Silo.Import;

/// <summary><c>triggers import FILE</c>: history from a file, into a running server or a stopped data folder.</summary>
public static class ImportCommand
{
    private static readonly Argument<string> _file = new("FILE") { Description = "NDJSON of Segment events (one a line), or CSV; either may be gzip-compressed." };
    private static readonly Option<string?> _format = new("--format") { Description = "ndjson or csv; without it, by the file's name (.csv, .csv.gz, .tsv …: csv)." };
    private static readonly Option<string[]> _maps = new("--map") { Description = "CSV: FIELD=COLUMN, such as userId=customer, timestamp=date, properties.total=value. Repeat for each." };
    private static readonly Option<string[]> _sets = new("--set") { Description = "CSV: FIELD=VALUE on every row, such as properties.currency=EUR." };
    private static readonly Option<string?> _event = new("--event") { Description = "CSV: every row is this event, such as \"Order Completed\". Without it (and without an event column), rows are identify calls." };
    private static readonly Option<string?> _dateFormat = new("--date-format") { Description = "CSV: how dates are written: a .NET format such as dd.MM.yyyy, unix, or unixms. Known without: yyyyMMdd, yyyy-MM-dd, ISO 8601." };
    private static readonly Option<string?> _delimiter = new("--delimiter") { Description = "CSV: the character between columns; found out if not given. 'tab' for a tab." };
    private static readonly Option<bool> _noHeader = new("--no-header") { Description = "CSV: the first line is data; columns are named by number, from 1." };
    private static readonly Option<string?> _source = new("--source") { Description = "Id of the source (sources.yaml) that the events come from; the first one if not given." };
    private static readonly Option<string> _data = new("--data") { Description = "Data folder. A server that runs on it takes the import; a stopped one is opened for it.", DefaultValueFactory = _ => "data" };
    private static readonly Option<string?> _definitions = new("--definitions") { Description = "Stopped data folder that has none yet: the folder of definitions." };

    public static Command Create()
    {
        var command = new Command("import", "Bring history in from a file. It builds state and counts and sends nothing; importing a file again changes nothing.")
        {
            _file, _format, _maps, _sets, _event, _dateFormat, _delimiter, _noHeader, _source, ServerAccess.UrlOption, ServerAccess.KeyOption, ServerAccess.KeyFileOption, _data, StoreChoice.EngineOption, StoreChoice.ConnectionOption, _definitions,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        using var signals = new StopSignals("ending the import");
        try
        {
            return await ImportAsync(parsed, signals.Requested);
        }
        catch (OperationCanceledException) when (signals.Requested.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("stopped: the same command goes on where this one ended.");
            return ExitCodes.Cancelled;
        }
    }

    private static async Task<int> ImportAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var file = SourceFile.Find(parsed.GetValue(_file)!);
        var isCsv = IsCsv(parsed.GetValue(_format), file.Name);
        var maps = parsed.GetValue(_maps) ?? [];
        var mapping = isCsv ? ColumnMapping.Parse(maps, parsed.GetValue(_sets) ?? [], parsed.GetValue(_event), parsed.GetValue(_dateFormat)) : null;
        if (!isCsv && maps.Length > 0)
        {
            throw new UserErrorException($"--map is for CSV; {file.Name} is read as NDJSON. Give --format csv if it is CSV.", ExitCodes.Usage);
        }

        var delimiter = ParseDelimiter(parsed.GetValue(_delimiter));
        var hasHeader = !parsed.GetValue(_noHeader);
        var hash = file.HashWith(mapping is null ? "ndjson" : $"csv\n{mapping.Canonical}\n{delimiter} {hasHeader}");

        await using var sink = await OpenAsync(parsed, cancellation);
        using IRowReader reader = mapping is null ? new NdjsonReader(file.Open()) : new CsvRowReader(file.Open(), mapping, delimiter, hasHeader);
        var importer = new Importer(sink, new ImportSource(hash, file.Name, parsed.GetValue(_source)));
        var console = Output.Console;
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"Importing {file.Name} into {sink.Target}");
        var started = TimeProvider.System.GetTimestamp();
        await ImportProgress.RunAsync(console, file, importer, () => importer.RunAsync(reader, cancellation));
        importer.Report.Print(console, TimeProvider.System.GetElapsedTime(started));
        return importer.Report.Rejected > 0 ? ExitCodes.Partial : ExitCodes.Ok;
    }

    private static async Task<IImportSink> OpenAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var data = parsed.GetValue(_data)!;
        if (ServerAccess.FromUrl(parsed, data) is { } server)
        {
            return new HttpImportSink(server.Address, server.Key ?? throw new UserErrorException("A running server wants its management key: give --key, --key-file or TRIGGERS_KEY."));
        }

        return await ImportTarget.OpenAsync(data, StoreChoice.From(parsed, data), ServerAccess.KeyOf(parsed), parsed.GetValue(_definitions), cancellation);
    }

    private static bool IsCsv(string? format, string name) => format?.ToLowerInvariant() switch
    {
        "csv" => true,
        "ndjson" or "jsonl" or "json" => false,
        null => Path.GetExtension(name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? name[..^3] : name).ToLowerInvariant() is ".csv" or ".tsv" or ".txt",
        _ => throw new UserErrorException($"--format {format}: ndjson or csv was expected.", ExitCodes.Usage),
    };

    private static char? ParseDelimiter(string? text) => text switch
    {
        null => null,
        "tab" or "\\t" => '\t',
        { Length: 1 } => text[0],
        _ => throw new UserErrorException($"--delimiter {text}: one character (or 'tab') was expected.", ExitCodes.Usage),
    };
}
