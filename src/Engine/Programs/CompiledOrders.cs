using Triggers.Engine.Customers;
using Triggers.Engine.Definitions;
using Triggers.Engine.Expressions;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Scoring;
using Triggers.Engine.Segments;

namespace Triggers.Engine.Programs;

/// <summary>Reads a customer's past purchases.</summary>
internal sealed class CompiledOrders(OrderDefinition orders, ConditionCompiler conditions)
{
    private readonly CompiledBehaviour _days = conditions.Behaviour(orders.Days, new Dependencies());
    private readonly CompiledBehaviour _first = conditions.Behaviour(orders.First, new Dependencies());
    private readonly CompiledBehaviour _worth = conditions.Behaviour(orders.Worth, new Dependencies());

    /// <summary>A version has first asked for some of it.</summary>
    public bool AreIntroducedIn(int version) => _days.TryFindGap(version, out _) || _first.TryFindGap(version, out _) || _worth.TryFindGap(version, out _);

    /// <param name="now">ms since 1970.</param>
    /// <returns>null: there are none.</returns>
    public Purchases? Of(Customer customer, Program program, long now)
    {
        var evaluation = new Evaluation { Customer = customer, Program = program, Properties = [], Text = Workspace.Current.Text, Now = Instants.Floor(now), Since = Instants.Never, Until = Instants.Never };
        var days = _days.Look(ref evaluation, Window.Ever);
        var first = _first.Look(ref evaluation, Window.Ever);
        var worth = _worth.Look(ref evaluation, Window.Ever);
        var isCollecting = days.IsPartial || first.IsPartial || worth.IsPartial;
        return days.Places == 0 || first.Places == 0
            ? isCollecting ? new Purchases(0, [], 0, 0, true) : null
            : new Purchases(first.TimeAt(0), days.Times.ToArray(), days.Count(), worth.Sum() / FixedPoint.SumScale, isCollecting);
    }
}
