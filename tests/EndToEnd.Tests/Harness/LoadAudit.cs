namespace Triggers.EndToEnd.Tests.Harness;

/// <summary>What must hold after anything at all: each acknowledged event applied once, each message decided once, and the log leads to just this.</summary>
public static class LoadAudit
{
    /// <summary>Waits until the servers have done everything, and looks.</summary>
    /// <returns>How many mails came more than once, always with the same Message-ID.</returns>
    public static async Task<int> AssertAllIsThereOnceAsync(HttpClient api, EventLoad load, SmtpServer smtp, Func<string> detail)
    {
        // What processes of a cluster tell each other is a moment old: that nothing lags or waits may be the news of before the last events.
        var (events, sent, entered) = (0L, 0L, load.SignedUp.Count);
        await Wait.UntilAsync($"{load.Total} events and {entered} sent messages are counted", async () =>
        {
            events = (await api.GetJsonAsync("/api/v1/stats")).Number("events.total");
            sent = (await api.GetJsonAsync("/api/v1/campaigns/welcome/counters")).Number("sent");
            return events >= load.Total && sent >= entered;
        }, () => $"{events} events and {sent} messages are.\n{detail()}");
        await api.WaitAppliedAsync();
        await AssertEveryEventIsThereOnceAsync(api, load);
        return await AssertEveryMessageIsDecidedOnceAsync(api, load, smtp);
    }

    /// <summary>On the store of servers that were stopped: every record is replayed, its effects compared with what was committed, and the counters counted again.</summary>
    /// <param name="store">The options that name the store.</param>
    public static async Task AssertReplayAgreesAsync(string data, params string[] store)
    {
        await using var check = await TriggersProgram.RunAsync(["replay", "--check", "--data", data, .. store]);
        Assert.True(check.ExitCode == 0, check.Output);
        Assert.Contains("counters counted again: 0 differ", check.Output, StringComparison.Ordinal);
    }

    private static async Task AssertEveryEventIsThereOnceAsync(HttpClient api, EventLoad load)
    {
        var wrong = new List<string>();
        await Parallel.ForEachAsync(load.Acknowledged, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (each, _) =>
        {
            var events = await api.EventsOfAsync(each.Key);
            if (events != each.Value)
            {
                lock (wrong)
                {
                    wrong.Add($"{each.Key} has {events} events, {each.Value} were acknowledged");
                }
            }
        });
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(20)));
        Assert.Equal(load.Total, (await api.GetJsonAsync("/api/v1/stats")).Number("events.total"));
    }

    private static async Task<int> AssertEveryMessageIsDecidedOnceAsync(HttpClient api, EventLoad load, SmtpServer smtp)
    {
        var counters = await api.GetJsonAsync("/api/v1/campaigns/welcome/counters");
        var entered = load.SignedUp.Count;
        Assert.Equal((entered, entered, entered), (counters.Number("entered"), counters.Number("decided"), counters.Number("sent")));

        // Handing over is at least once with one Message-ID: an end between the hand-over and its record may repeat the mail, never the decision.
        var mails = smtp.Mails.ToLookup(mail => mail.To);
        foreach (var customer in load.SignedUp)
        {
            Assert.Single(mails[$"{customer}@example.com"].Select(mail => mail.Header("Message-ID")).Distinct());
        }

        return smtp.Mails.Count - entered;
    }
}
