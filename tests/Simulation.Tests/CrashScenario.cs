using Microsoft.Extensions.Logging.Abstractions;
using Triggers.Engine.Records;
using Triggers.Runtime.Hosting;
using Triggers.Runtime.Replays;
using Triggers.Runtime.Tests.Support;

namespace Triggers.Simulation.Tests;

/// <summary>A day of the shop as a seed makes it: quiet and embedded, and once more with every disturbance, on the embedded host or another.</summary>
internal static class CrashScenario
{
    private const int Steps = 30;

    /// <summary>What a quiet day leaves.</summary>
    public static Task<string> QuietAsync(int seed) => RunAsync(Day(seed), null, seed);

    /// <summary>What a quiet day leaves whose people belong to companies.</summary>
    public static Task<string> QuietWithGroupsAsync(int seed) => RunAsync(DayWithGroups(seed), null, seed);

    /// <param name="startHost">What the disturbed run lives in; null: embedded.</param>
    public static async Task CrashesAsync(int seed, Func<Task<LoopHost>>? startHost = null) =>
        Picture.AssertSame(await QuietAsync(seed), await RunAsync(Day(seed), new Random(seed * 7919), seed, startHost: startHost), seed);

    public static async Task GroupsAsync(int seed, Func<Task<LoopHost>>? startHost = null) =>
        Picture.AssertSame(await QuietWithGroupsAsync(seed), await RunAsync(DayWithGroups(seed), new Random(seed * 7919), seed, startHost: startHost), seed);

    public static async Task LittleMemoryAsync(int seed, Func<Task<LoopHost>>? startHost = null)
    {
        var script = Script.Of(seed + 100, Steps);
        var expected = await RunAsync(script, null, seed);

        Picture.AssertSame(expected, await RunAsync(script, null, seed, memory: 1, startHost), seed);
    }

    private static List<ScriptStep> Day(int seed) => Script.Of(seed, Steps);

    private static List<ScriptStep> DayWithGroups(int seed) => Script.WithGroups(Script.Of(seed + 200, Steps), seed);

    /// <param name="trouble">null: nothing goes wrong.</param>
    private static async Task<string> RunAsync(List<ScriptStep> script, Random? trouble, int seed, long memory = 1L << 28, Func<Task<LoopHost>>? startHost = null)
    {
        var faults = new FaultStore();
        var host = new ServerHarness { Wrap = faults.Around, CustomerMemoryBytes = memory };
        await using var loops = startHost is null ? null : await startHost();
        host.Loops = loops;
        await using var ending = host;
        host.Definitions.Write("identity.yaml", "devices: { ever: 1 }\n");
        await host.StartAsync();
        var crashes = 0;
        var compared = 0L;
        for (var index = 0; index < script.Count; index++)
        {
            var step = script[index];
            var events = trouble is null ? step.Events : Script.Reorder(step.Events, trouble);
            PlanCrash(faults, trouble);
            var isDone = await SendAsync(host, faults, events) && await host.SettleAsync(faults.Crashed);
            if (!faults.Disarm())
            {
                crashes++;
                await RestartAsync(host, faults);
                compared += host.Server.Queries.Stats().Replay.Compared;
                await host.SettleAsync();
            }

            if (!isDone)
            {
                // A client that got no answer sends again.
                Assert.True(await SendAsync(host, faults, events), Seeds.Hint(seed, "a server without faults refused events"));
                await host.SettleAsync();
            }

            if (trouble is not null && index > 0 && trouble.Next(4) == 0)
            {
                Assert.True(await SendAsync(host, faults, script[trouble.Next(index)].Events), Seeds.Hint(seed, "a server without faults refused events"));
                await host.SettleAsync();
            }

            PlanCrash(faults, trouble);
            host.Time.Advance(step.Pass);
            await host.SettleAsync(faults.Crashed);
            if (!faults.Disarm())
            {
                crashes++;
                await RestartAsync(host, faults);
                compared += host.Server.Queries.Stats().Replay.Compared;
                await host.SettleAsync();
            }
        }

        Assert.True(trouble is null || crashes > 3, Seeds.Hint(seed, $"only {crashes} crashes happened"));
        Assert.True(host.Logs.Text.Length == 0, Seeds.Hint(seed, host.Logs.Text));
        Assert.True(trouble is null || compared > 0, Seeds.Hint(seed, "no recovery compared anything"));
        AssertReplays(host, seed);
        return await Picture.OfAsync(host);
    }

    /// <summary>Recoveries that disagree would be in the log of the host; here the whole log is replayed at once.</summary>
    private static void AssertReplays(ServerHarness host, int seed)
    {
        var found = new List<Disagreement>();
        var replay = new LogReplay(host.Opened, NullLoggerFactory.Instance);
        replay.Run(found.Add, default);
        Assert.True(found.Count == 0, Seeds.Hint(seed, string.Join('\n', found)));
        Assert.Equal((replay.Total, 0L), (replay.Compared + replay.NotCompared, replay.Missing));
        Assert.Equal(host.Opened.Log.Partitions, replay.NotCompared);
        Assert.True(replay.WrongCounters is [], Seeds.Hint(seed, string.Join('\n', replay.WrongCounters ?? [])));
    }

    private static void PlanCrash(FaultStore faults, Random? trouble)
    {
        if (trouble?.Next(3) == 0)
        {
            faults.CrashIn(trouble.Next(6), trouble.Next(2) == 0);
        }
    }

    private static async Task RestartAsync(ServerHarness host, FaultStore faults)
    {
        await host.CrashAsync();
        faults.Reset();
        await host.StartAsync();
    }

    /// <summary>false: the server was gone before it answered.</summary>
    private static async Task<bool> SendAsync(ServerHarness host, FaultStore faults, IReadOnlyList<ScriptEvent> events)
    {
        var batch = new RecordBatch();
        foreach (var item in events)
        {
            item.AddTo(batch, host.Time.Ms);
        }

        var append = host.Server.Ingest.AppendAsync(batch).AsTask();
        await Task.WhenAny(append, faults.Crashed).WaitAsync(TimeSpan.FromSeconds(20));
        if (faults.Crashed.IsCompleted)
        {
            // The store may still read the batch, so its memory does not go back.
            return false;
        }

        using (batch)
        {
            return (await append).IsOk;
        }
    }
}
