using System.CommandLine;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Triggers.Runtime.Operations;
using Triggers.Silo.Cli;

namespace Triggers.Silo.Status;

/// <summary><c>triggers drain</c>, <c>undrain</c> and <c>rebalance</c>: where the partitions of a cluster run.</summary>
public static class PlacementCommands
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _lookAgainAfter = TimeSpan.FromMilliseconds(200);

    private static readonly Argument<string> _node = new("node") { Description = "Its name as in `triggers status`, or its silo's address (10.0.0.1:11111)." };
    private static readonly Option<bool> _hold = new("--hold") { Description = "From now on partitions stay where they are; those of drained, stopped and lost nodes still go to others." };
    private static readonly Option<bool> _release = new("--release") { Description = "Partitions follow the number of nodes again." };
    private static readonly Option<int> _wait = new("--wait") { Description = "Seconds to wait until the node has no partitions left; 0: do not.", DefaultValueFactory = _ => 60 };

    public static IEnumerable<Command> Create()
    {
        yield return With(
            new Command("drain", "A node of a cluster gives its partitions to the others and takes none until it is undrained or started again; waits until it has none.") { _node, _wait },
            async (api, parsed, cancellation) =>
            {
                await OrderAsync(api, NodePath(parsed, "drain"), cancellation);
                await WaitAsync(api, parsed.GetValue(_node)!, TimeSpan.FromSeconds(parsed.GetValue(_wait)), cancellation);
            });
        yield return With(
            new Command("undrain", "A drained node takes partitions again.") { _node },
            (api, parsed, cancellation) => OrderAsync(api, NodePath(parsed, "undrain"), cancellation));
        var rebalance = With(
            new Command("rebalance", "Partitions of a cluster go to nodes with fewer, now; or say whether they do so by themselves.") { _hold, _release },
            (api, parsed, cancellation) => OrderAsync(
                api, parsed.GetValue(_hold) ? "operations/balancing/hold" : parsed.GetValue(_release) ? "operations/balancing/release" : "operations/rebalance", cancellation));
        rebalance.Validators.Add(result =>
        {
            if (result.GetValue(_hold) && result.GetValue(_release))
            {
                result.AddError("--hold and --release: give one of them.");
            }
        });
        yield return rebalance;
    }

    private static Command With(Command command, Func<ManagementApi, ParseResult, CancellationToken, Task> run) => ManagementApi.Command(command, _patience, async (api, parsed, cancellation) =>
    {
        await run(api, parsed, cancellation);
        return ExitCodes.Ok;
    });

    private static string NodePath(ParseResult parsed, string order) => $"operations/nodes/{Uri.EscapeDataString(parsed.GetValue(_node)!)}/{order}";

    private static async Task OrderAsync(ManagementApi api, string path, CancellationToken cancellation)
    {
        using var answer = await api.PostAsync($"/api/v1/{path}", cancellation);
        if (answer.StatusCode != HttpStatusCode.Accepted)
        {
            throw await api.RefusalAsync(answer, cancellation);
        }
    }

    private static async Task WaitAsync(ManagementApi api, string node, TimeSpan patience, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        var left = int.MaxValue;
        while (left > 0 && Stopwatch.GetElapsedTime(began) < patience)
        {
            await Task.Delay(_lookAgainAfter, cancellation);
            using var answer = await api.GetAsync("/api/v1/operations", cancellation);
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                throw await api.RefusalAsync(answer, cancellation);
            }

            var view = (await answer.Content.ReadFromJsonAsync<OperationsView>(JsonSerializerOptions.Web, cancellation))!;
            var drained = view.Nodes.Where(each => each.Placement == PlacementStates.Drained).ToList();
            var meant = drained.Find(each => each.Name == node) ?? (drained is [var only] ? only : null);
            left = meant?.Partitions.Count ?? int.MaxValue;
        }

        if (left > 0 && patience > TimeSpan.Zero)
        {
            throw new UserErrorException(left == int.MaxValue
                ? $"Within {patience.TotalSeconds} s the node '{node}' did not show as drained. It will be, once it answers: see `triggers status`."
                : $"After {patience.TotalSeconds} s the node '{node}' still has {left} partitions. It goes on handing them over: see `triggers status`.");
        }
    }
}
