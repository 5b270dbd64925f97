using System.Globalization;
using Triggers.Storage;

namespace Triggers.Runtime.Operations;

/// <summary>Says in words what an operator should look at, so that nobody has to know the limits by heart.</summary>
internal static class ProblemFinder
{
    private const string Critical = "critical", Warning = "warning";

    /// <summary>A relay that is away makes messages this old; before that retries are everyday.</summary>
    private const double OutboxSecondsMax = 15 * 60;

    /// <summary>A timer later than this is no longer "to the second".</summary>
    private const double TimerSecondsMax = 5;

    private const double LagSecondsMax = 2;

    private const double MemoryShareMax = 0.9;

    public static IReadOnlyList<Problem> Find(IReadOnlyList<NodeView> nodes, int partitions, StoreView store, SendingView sending)
    {
        var problems = new List<Problem>();
        if (store.Status != "taking")
        {
            problems.Add(new Problem(Critical, null, store.Reason));
        }

        var owned = nodes.SelectMany(node => node.Partitions).Select(partition => partition.Number).ToHashSet();
        var orphans = Enumerable.Range(0, partitions).Where(number => !owned.Contains(number)).ToList();
        if (orphans.Count > 0)
        {
            problems.Add(new Problem(Critical, null, Text($"{orphans.Count} of {partitions} partitions have no owner ({Listed(orphans)}): nothing is decided for their customers.")));
        }

        foreach (var node in nodes)
        {
            OfNode(node, store, problems);
        }

        OfWork(store, sending, problems);
        return [.. problems.OrderBy(problem => problem.Severity == Critical ? 0 : 1)];
    }

    private static void OfNode(NodeView node, StoreView store, List<Problem> problems)
    {
        if (node.Status != HealthStatus.Ready && node.Status != HealthStatus.Refusing)
        {
            problems.Add(new Problem(node.Status is HealthStatus.Ended or HealthStatus.Unreachable ? Critical : Warning, node.Name, Text($"It is {node.Status}: {string.Join(' ', node.Reasons)}")));
        }
        else if (node.Status == HealthStatus.Ready || store.Status == "taking")
        {
            problems.AddRange(node.Reasons.Select(reason => new Problem(Critical, node.Name, reason)));
        }

        if (node.Placement == PlacementStates.Drained)
        {
            problems.Add(new Problem(Warning, node.Name, "It is drained: it takes no partitions until `triggers undrain`, or until its process starts again."));
        }

        var recovering = node.Partitions.Where(partition => partition.State == PartitionStates.Recovering).Select(partition => partition.Number).ToList();
        if (recovering.Count > 0 && node.Status == HealthStatus.Ready)
        {
            problems.Add(new Problem(Warning, node.Name, Text($"{recovering.Count} partitions are being recovered ({Listed(recovering)}).")));
        }

        if (node.Lag.Seconds > LagSecondsMax)
        {
            problems.Add(new Problem(Warning, node.Name, Text($"{node.Lag.Records:N0} records wait to be applied, the oldest for {node.Lag.Seconds:F1} s.")));
        }

        if (node.Timers.LateSeconds > TimerSecondsMax)
        {
            problems.Add(new Problem(Warning, node.Name, Text($"Timers are due and not fired, the oldest for {node.Timers.LateSeconds:F1} s.")));
        }

        if (node.Replay.Disagreements > 0)
        {
            problems.Add(new Problem(Critical, node.Name, Text($"{node.Replay.Disagreements:N0} replayed records led to other effects than were committed: see the log and `triggers replay --check`.")));
        }

        if (node.Process.AvailableBytes > 0 && node.Process.WorkingSetBytes > node.Process.AvailableBytes * MemoryShareMax)
        {
            problems.Add(new Problem(Warning, node.Name, Text($"It uses {node.Process.WorkingSetBytes >> 20} MiB of the {node.Process.AvailableBytes >> 20} MiB that it may.")));
        }
    }

    private static void OfWork(StoreView store, SendingView sending, List<Problem> problems)
    {
        foreach (var work in store.Upkeep.Where(work => work.LastError.Length > 0))
        {
            problems.Add(new Problem(Warning, null, Text($"Background work '{work.Name}' failed and is tried again: {work.LastError}")));
        }

        if (sending.Paused)
        {
            problems.Add(new Problem(Warning, null, sending.PausedBecause is { } reason ? $"All sending is paused: {reason}" : "All sending is paused."));
        }
        else
        {
            foreach (var channel in sending.Channels.Where(channel => channel.OldestSeconds > OutboxSecondsMax))
            {
                problems.Add(new Problem(Warning, null, Text($"{channel.Queued:N0} messages wait for {channel.Channel}, the oldest for {InWords(TimeSpan.FromSeconds(channel.OldestSeconds))}.")));
            }
        }

        if (sending.DeadLetters > 0)
        {
            problems.Add(new Problem(Warning, null, Text($"{sending.DeadLetters:N0} messages failed for good and wait for a decision.")));
        }
    }

    private static string InWords(TimeSpan age) => age.TotalDays >= 1 ? Text($"{(int)age.TotalDays} d {age.Hours} h") : age.TotalHours >= 1 ? Text($"{age.Hours} h {age.Minutes} min") : Text($"{age.Minutes} min");

    private static string Listed(List<int> numbers) => string.Join(", ", numbers.Take(8)) + (numbers.Count > 8 ? ", …" : "");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
