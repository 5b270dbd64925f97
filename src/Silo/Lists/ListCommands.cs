using System.CommandLine;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Triggers.Runtime.Lists;
using Triggers.Runtime.Queries;
using Triggers.Silo.Cli;
using Triggers.Web.Api;
using Triggers.Web.Api.Lists;

namespace Triggers.Silo.Lists;

/// <summary><c>triggers list</c>: static lists of a running server.</summary>
public static class ListCommands
{
    /// <summary>A million rows by e-mail address are a million look-ups.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(500);

    private static readonly Argument<string> _id = new("ID") { Description = "Id of the list, as conditions name it: list('ID')." };
    private static readonly Argument<string> _file = new("FILE") { Description = "CSV, or NDJSON if its name ends on .ndjson, .jsonl or .json (also .gz); - reads CSV from the standard input." };
    private static readonly Option<string?> _column = new("--column") { Description = "Column of the CSV, or field of the NDJSON, that holds the ids. Without it: userId, customerId, id or email." };
    private static readonly Option<string?> _by = new("--by") { Description = "userId or email. Without it: by the column's name." };
    private static readonly Option<bool> _wait = new("--wait") { Description = "Until every customer is told, with progress." };
    private static readonly Option<string?> _after = new("--after") { Description = "Only user ids behind this one." };
    private static readonly Option<int> _limit = new("--limit") { Description = "At most so many.", DefaultValueFactory = _ => 100 };

    public static Command Create()
    {
        var command = new Command("list", "Static lists of a running server: whom conditions ask for with list('ID').");
        command.Add(With(new Command("show", "All lists: how many users are on each, how many are still to be told, and what asks for it."), ShowAsync));
        command.Add(With(new Command("put", "Replace a list by what a file names, or make it.") { _id, _file, _column, _by, _wait }, (api, parsed, cancellation) => UploadAsync(api, parsed, HttpMethod.Put, "", cancellation)));
        command.Add(With(new Command("add", "Put those whom a file names on a list.") { _id, _file, _column, _by, _wait }, (api, parsed, cancellation) => UploadAsync(api, parsed, HttpMethod.Post, "/members", cancellation)));
        command.Add(With(new Command("remove", "Take those whom a file names off a list.") { _id, _file, _column, _by, _wait }, (api, parsed, cancellation) => UploadAsync(api, parsed, HttpMethod.Delete, "/members", cancellation)));
        command.Add(With(new Command("drop", "Take everybody off a list, and the list away.") { _id }, DropAsync));
        command.Add(With(new Command("members", "User ids on a list.") { _id, _after, _limit }, MembersAsync));
        return command;
    }

    private static Command With(Command command, Func<ManagementApi, ParseResult, CancellationToken, Task<int>> run) => ManagementApi.Command(command, _patience, run);

    private static async Task<int> ShowAsync(ManagementApi api, ParseResult parsed, CancellationToken cancellation)
    {
        using var answer = await api.GetAsync("/api/v1/lists", cancellation);
        var lists = await ReadAsync<ItemList<ListView>>(api, answer, cancellation);
        foreach (var list in lists.Items)
        {
            var state = !list.Exists ? $"not uploaded{(list.DidYouMean.Count > 0 ? $", did you mean {string.Join(" or ", list.DidYouMean)}?" : "")}"
                : list.Dropping ? $"being removed, {list.Waiting} to tell"
                : list.Waiting > 0 ? $"{list.Members} users, {list.Waiting} to tell"
                : $"{list.Members} users";
            Console.Out.WriteLine($"{list.Id,-24} {state}{(list.UsedBy.Count > 0 ? $"; asked for by {string.Join(", ", list.UsedBy)}" : "")}");
        }

        return ExitCodes.Ok;
    }

    private static async Task<int> UploadAsync(ManagementApi api, ParseResult parsed, HttpMethod method, string suffix, CancellationToken cancellation)
    {
        var (id, file) = (parsed.GetValue(_id)!, parsed.GetValue(_file)!);
        if (file != "-" && !File.Exists(file))
        {
            throw new UserErrorException($"There is no file {file}.");
        }

        var query = string.Join('&', new[] { ("column", parsed.GetValue(_column)), ("by", parsed.GetValue(_by)) }.Where(each => each.Item2 is not null).Select(each => $"{each.Item1}={Uri.EscapeDataString(each.Item2!)}"));
        var stream = file == "-" ? Console.OpenStandardInput() : File.OpenRead(file);
        await using (stream)
        {
            using var body = new StreamContent(stream);
            var plain = file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? file[..^3] : file;
            var isJson = Path.GetExtension(plain).ToLowerInvariant() is ".ndjson" or ".jsonl" or ".json";
            body.Headers.ContentType = new MediaTypeHeaderValue(isJson ? "application/x-ndjson" : "text/csv");
            using var answer = await api.SendContentAsync(method, $"/api/v1/lists/{Uri.EscapeDataString(id)}{suffix}{(query.Length > 0 ? "?" + query : "")}", body, cancellation);
            var report = await ReadAsync<ListReport>(api, answer, cancellation);
            Print(report);
            if (parsed.GetValue(_wait))
            {
                await WaitAsync(api, id, cancellation);
            }

            return report.NotFound + report.Ambiguous + report.Invalid > 0 ? ExitCodes.Partial : ExitCodes.Ok;
        }
    }

    private static void Print(ListReport report)
    {
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{report.Id}: {report.Rows:N0} rows, {report.Added:N0} added, {report.Removed:N0} removed, {report.Unchanged:N0} unchanged; {report.Members:N0} users are on the list"));
        foreach (var problem in report.Problems)
        {
            Console.Out.WriteLine($"line {problem.Line}, {problem.Value}: {problem.Reason}");
        }

        var left = report.NotFound + report.Ambiguous + report.Invalid - report.Problems.Count;
        if (left > 0)
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"… and {left:N0} more rows that were left out"));
        }
    }

    private static async Task WaitAsync(ManagementApi api, string id, CancellationToken cancellation)
    {
        while (true)
        {
            using var answer = await api.GetAsync($"/api/v1/lists/{Uri.EscapeDataString(id)}", cancellation);
            var list = await ReadAsync<ListView>(api, answer, cancellation);
            Console.Out.WriteLine(list.Waiting == 0 ? "every customer is told" : string.Create(CultureInfo.InvariantCulture, $"{list.Percent:0.0} %: {list.Waiting:N0} customers are to be told"));
            if (list.Waiting == 0)
            {
                return;
            }

            await Task.Delay(_look, cancellation);
        }
    }

    private static async Task<int> DropAsync(ManagementApi api, ParseResult parsed, CancellationToken cancellation)
    {
        var id = parsed.GetValue(_id)!;
        using var answer = await api.SendContentAsync(HttpMethod.Delete, $"/api/v1/lists/{Uri.EscapeDataString(id)}", null, cancellation);
        if (!answer.IsSuccessStatusCode)
        {
            throw await api.RefusalAsync(answer, cancellation);
        }

        Console.Out.WriteLine($"{id}: everybody leaves it, and then it is gone");
        return ExitCodes.Ok;
    }

    private static async Task<int> MembersAsync(ManagementApi api, ParseResult parsed, CancellationToken cancellation)
    {
        var after = parsed.GetValue(_after) is { } behind ? $"&after={Uri.EscapeDataString(behind)}" : "";
        using var answer = await api.GetAsync($"/api/v1/lists/{Uri.EscapeDataString(parsed.GetValue(_id)!)}/members?limit={parsed.GetValue(_limit)}{after}", cancellation);
        foreach (var member in (await ReadAsync<Page<ListMember>>(api, answer, cancellation)).Items)
        {
            Console.Out.WriteLine(member.UserId);
        }

        return ExitCodes.Ok;
    }

    private static async Task<T> ReadAsync<T>(ManagementApi api, HttpResponseMessage answer, CancellationToken cancellation) => answer.IsSuccessStatusCode
        ? (await answer.Content.ReadFromJsonAsync<T>(JsonSerializerOptions.Web, cancellation))!
        : throw await api.RefusalAsync(answer, cancellation);
}
