using Triggers.Grains.Silos;

namespace Triggers.Grains.Placement;

/// <summary>Keeps the plan in grain storage, so that it outlives every silo.</summary>
internal sealed class PlacementPlanGrain([PersistentState("plan")] IPersistentState<PlacementPlan> plan, Members members) : Grain, IPlacementPlanGrain
{
    public Task<PlacementPlan> ReadAsync() => Task.FromResult(plan.State);

    public async Task<string> DrainAsync(string silo)
    {
        var active = members.Active.Select(member => member.ToParsableString()).ToList();
        if (active.TrueForAll(member => member == silo || plan.State.Drained.Contains(member, StringComparer.Ordinal)))
        {
            return "No other silo would be left to take its partitions. Start one more first, or undrain another.";
        }

        await WriteAsync([.. plan.State.Drained.Where(drained => active.Contains(drained, StringComparer.Ordinal)).Append(silo).Distinct(StringComparer.Ordinal)]);
        return "";
    }

    public Task UndrainAsync(string silo) => WriteAsync([.. plan.State.Drained.Where(drained => drained != silo)]);

    public Task HoldAsync(bool held) => WriteAsync(plan.State.Drained, held);

    public Task RebalanceAsync() => WriteAsync(plan.State.Drained, rebalancings: 1);

    /// <summary>Another object each time: one that was answered may still be on its way.</summary>
    private Task WriteAsync(string[] drained, bool? held = null, int rebalancings = 0)
    {
        plan.State = new PlacementPlan { Drained = drained, IsHeld = held ?? plan.State.IsHeld, Rebalancings = plan.State.Rebalancings + rebalancings };
        return plan.WriteStateAsync();
    }
}
