using System.Globalization;
using Spectre.Console;
using Triggers.Runtime.Fills;
using Triggers.Runtime.Measuring;
using Triggers.Runtime.Operations;
using Triggers.Storage.Measuring;

namespace Triggers.Silo.Status;

/// <summary>The operations view for a terminal: what is wrong first, then nodes, sending and store.</summary>
internal static class StatusReport
{
    public static void Print(IAnsiConsole console, OperationsView view, bool withPartitions)
    {
        console.MarkupLine($"[bold {ColourOf(view.Status)}]{view.Status}[/]  {Text($"definitions version {view.DefinitionsVersion}, {view.Nodes.Count} node{(view.Nodes.Count == 1 ? "" : "s")}, {view.At:yyyy-MM-dd HH:mm:ss} UTC")}");
        foreach (var problem in view.Problems)
        {
            var colour = problem.Severity == "critical" ? "red" : "yellow";
            console.MarkupLine($"  [{colour}]{problem.Severity}[/]  {Markup.Escape(problem.Node is null ? problem.Text : $"{problem.Node}: {problem.Text}")}");
        }

        console.Write(Nodes(view));
        console.Write(Latencies(view));
        if (withPartitions)
        {
            console.Write(Partitions(view));
        }

        console.Write(Channels(view));
        console.Write(Store(view));
        if (view.Measuring is { Lines.Count: > 0 } measuring)
        {
            console.Write(Measured(measuring));
        }
    }

    private static Table Measured(MeasuringView measuring)
    {
        var when = measuring.MeasuredAt is { } at ? Text($"{at:yyyy-MM-dd HH:mm:ss}, {measuring.Customers:N0} customers in {measuring.Seconds:0.0} s") : "never yet";
        var table = Make("measured over all customers").AddColumns(Right("line"), Right("since"), Right("customers"), Right("wrong by at most"));
        foreach (var line in measuring.Lines)
        {
            table.AddRow(Markup.Escape(line.Text), line.Line is { } value ? Text($"{value:0.######}") : "collecting", line.Since is { } since ? Text($"{since:yyyy-MM-dd HH:mm}") : "", Number(line.Customers), Text($"{line.ErrorPercent:0.###} %"));
        }

        table.AddRow(measuring.IsRunning ? Text($"being measured, {measuring.Percent:0} %") : "measured", when, "", "", "");
        if (measuring.PartitionsWalking > 0)
        {
            table.AddRow("partitions telling their customers", Number(measuring.PartitionsWalking), "", "", "");
        }

        return measuring.LastError.Length == 0 ? table : table.AddRow("[yellow]failing[/]", Markup.Escape(measuring.LastError), "", "", "");
    }

    /// <summary>Those that are not done yet.</summary>
    public static void Print(IAnsiConsole console, IReadOnlyList<FillView> fills)
    {
        var table = Make("filled from history", "state").AddColumns(Right("done"), Right("customers"), Right("records"), Right("records/s"), Right("left")).AddColumn("collecting");
        foreach (var fill in fills.Where(fill => fill.State != FillStates.Done))
        {
            table.AddRow(
                $"version {fill.Version}", fill.State, Text($"{fill.Percent:0.0} %"), Number(fill.Customers), Number(fill.Records), Number(fill.RecordsPerSecond),
                fill.SecondsLeft is { } left ? Duration(left) : "", Markup.Escape(string.Join(' ', fill.Segments)));
        }

        if (table.Rows.Count > 0)
        {
            console.Write(table);
        }
    }

    private static Table Nodes(OperationsView view)
    {
        var table = Make("node", "role", "status", "version").AddColumns(Right("up"), Right("partitions"), Right("lag"), Right("oldest"), Right("to replay"), Right("timers due"), Right("in memory"), Right("memory"), Right("viewers"));
        foreach (var node in view.Nodes)
        {
            table.AddRow(
                Markup.Escape(node.Name), node.Role, $"[{ColourOf(node.Status)}]{node.Status}[/]", Markup.Escape(node.Version), Duration(node.UptimeSeconds),
                node.Placement == PlacementStates.Balanced ? Number(node.Partitions.Count) : $"{node.Placement}, {Number(node.Partitions.Count)}",
                Number(node.Lag.Records), Text($"{node.Lag.Seconds:0.0} s"), Number(node.Lag.FloorRecords), Number(node.Timers.Due), Number(node.Customers.Count), Bytes(node.Process.WorkingSetBytes), Number(node.Viewers));
        }

        return table;
    }

    private static Table Latencies(OperationsView view)
    {
        var table = Make("ms, last minute").AddColumns(Right("p50"), Right("p95"), Right("p99"), Right("max"), Right("count"));
        foreach (var node in view.Nodes)
        {
            var of = view.Nodes.Count == 1 ? "" : $", {Markup.Escape(node.Name)}";
            Add(table, $"event to durable{of}", node.Appends);
            Add(table, $"commit{of}", node.Commits);
            Add(table, $"store transaction{of}", node.Transactions);
        }

        return table;
    }

    private static Table Partitions(OperationsView view)
    {
        var table = Make("partition", "owner", "state").AddColumns(Right("epoch"), Right("head"), Right("cursor"), Right("floor"), Right("lag"), Right("oldest"), Right("timers"), Right("due"), Right("in memory"));
        foreach (var (node, partition) in view.Nodes.SelectMany(node => node.Partitions.Select(partition => (node, partition))).OrderBy(each => each.partition.Number))
        {
            table.AddRow(
                Number(partition.Number), Markup.Escape(node.Name), partition.State, Number(partition.Epoch), Number(partition.Head), Number(partition.Cursor), Number(partition.Floor),
                Number(partition.LagRecords), Text($"{partition.LagSeconds:0.0} s"), Number(partition.Timers), Number(partition.TimersDue), Number(partition.Customers));
        }

        return table;
    }

    private static Table Channels(OperationsView view)
    {
        var table = Make(view.Sending.Paused ? "sending (paused)" : "sending").AddColumns(Right("queued"), Right("oldest"), Right("sent or tried, last minute"), Right("decision to hand-over p99"));
        foreach (var channel in view.Sending.Channels)
        {
            table.AddRow(
                channel.Channel, Number(channel.Queued), channel.Queued == 0 ? "" : Duration(channel.OldestSeconds), Number(channel.Attempts.Count),
                channel.Delivery.Count == 0 ? "" : channel.Delivery.P99Ms < 1000 ? Text($"{channel.Delivery.P99Ms:0.0} ms") : Duration(channel.Delivery.P99Ms / 1000));
        }

        table.AddRow("dead letters", Number(view.Sending.DeadLetters), "", "", "");
        return table;
    }

    private static Table Store(OperationsView view)
    {
        var store = view.Store;
        var table = Make("store", store.Status == "taking" ? $"{store.Engine}, takes data" : $"[red]{store.Engine}, {store.Status}[/]");
        foreach (var (part, bytes) in store.Sizes.OrderByDescending(size => size.Value))
        {
            table.AddRow(part, Bytes(bytes));
        }

        table.AddRow("customers", Number(store.Customers));
        table.AddRow("records not in runs", Number(store.RunsBacklog));
        if (store.HistoryFrom is { } from)
        {
            table.AddRow("history begins", Text($"{from:yyyy-MM-dd HH:mm:ss} UTC"));
        }

        foreach (var work in store.Upkeep.Where(work => work.Steps > 0 || work.Failures > 0))
        {
            var failed = work.LastError.Length > 0 ? $", [yellow]failing: {Markup.Escape(work.LastError)}[/]" : "";
            table.AddRow(Markup.Escape(work.Name), Text($"{work.Steps} steps, the last at {work.LastAt:HH:mm:ss} in {work.LastMs:0.0} ms") + failed);
        }

        return table;
    }

    private static void Add(Table table, string name, Latency latency) => table.AddRow(
        name, Ms(latency, latency.P50Ms), Ms(latency, latency.P95Ms), Ms(latency, latency.P99Ms), Ms(latency, latency.MaxMs), Number(latency.Count));

    private static Table Make(params string[] columns) => new Table().Border(TableBorder.Simple).AddColumns(columns);

    private static TableColumn Right(string header) => new TableColumn(header).RightAligned();

    private static string ColourOf(string status) => status switch
    {
        HealthStatus.Ready => "green",
        HealthStatus.Draining or HealthStatus.Recovering => "yellow",
        _ => "red",
    };

    private static string Ms(Latency latency, double value) => latency.Count == 0 ? "" : Text($"{value:0.0}");

    private static string Number(long value) => Text($"{value:N0}");

    private static string Bytes(long bytes) => bytes >= 1L << 30 ? Text($"{bytes / (double)(1L << 30):0.0} GiB") : Text($"{bytes / (double)(1 << 20):0.0} MiB");

    private static string Duration(double seconds)
    {
        var time = TimeSpan.FromSeconds(seconds);
        return time.TotalDays >= 1 ? Text($"{(int)time.TotalDays}d {time.Hours}h") : time.TotalHours >= 1 ? Text($"{time.Hours}h {time.Minutes}m") : time.TotalMinutes >= 1 ? Text($"{time.Minutes}m {time.Seconds}s") : Text($"{seconds:0} s");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
