using System.Text.Json;
using Triggers.Runtime.Tests.Support;

namespace Triggers.Simulation.Tests;

/// <summary>Everything that must not depend on what went wrong on the way: customers, counters, messages.</summary>
public static class Picture
{
    private static readonly JsonSerializerOptions s_lines = new() { WriteIndented = true };

    public static async Task<string> OfAsync(ServerHarness host)
    {
        var customers = new List<object?>();
        for (var user = 0; user < Script.Users; user++)
        {
            customers.Add(await host.Server.Queries.CustomerAsync($"u:user{user}", default));
            customers.Add(await host.Server.Queries.CustomerAsync($"a:device{user}", default));
            var merges = await host.Server.Identities.MergesOfAsync($"u:user{user}", default);
            customers.Add(new { merged = merges?.Count(item => item.Kind == "merged"), refused = merges?.Count(item => item.Kind == "refused") });
        }

        var counters = host.Opened.Recover().Counters
            .Where(pair => pair.Value != 0 && pair.Key != "events/duplicate")
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => $"{pair.Key} = {pair.Value}");
        var messages = host.Opened.Messages.List(null, null, null, null, 10_000)
            .OrderBy(message => message.MessageId, StringComparer.Ordinal)
            .Select(message => $"{message.MessageId} {message.CustomerKey} {message.Campaign} {message.StepId} {message.Status} {message.Reason} {message.DecidedAt}");
        var sent = host.Email.Attempts.Concat(host.Webhook.Attempts).Select(message => message.MessageId).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        return JsonSerializer.Serialize(new { customers, counters, messages, sent }, s_lines);
    }

    public static void AssertSame(string expected, string actual, int seed)
    {
        if (expected == actual)
        {
            return;
        }

        var left = expected.Split('\n');
        var right = actual.Split('\n');
        var line = 0;
        while (line < Math.Min(left.Length, right.Length) && left[line] == right[line])
        {
            line++;
        }

        var from = Math.Max(0, line - 12);
        Assert.Fail(Seeds.Hint(seed, $"The run differs from the uninterrupted one at line {line}:\n{string.Join('\n', left.Skip(from).Take(18))}\n--- but was\n{string.Join('\n', right.Skip(from).Take(18))}"));
    }
}
