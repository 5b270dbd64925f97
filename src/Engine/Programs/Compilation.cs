using System.Text;
using Triggers.Engine.Expressions;
using Triggers.Engine.Expressions.Functions;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Text;

namespace Triggers.Engine.Programs;

/// <summary>What an operator needs to compile itself: how its parts compile at the place where it stands.</summary>
internal readonly struct Compilation(ConditionCompiler conditions, EventPlan? plan, Dependencies uses)
{
    public Condition Condition(Expr expr) => conditions.Compile(expr, plan, uses);

    public Operand Operand(Expr expr) => conditions.Operand(expr, plan, uses);

    public CompiledBehaviour Behaviour(AggregateExpr aggregate) => conditions.Behaviour(aggregate, uses);

    /// <summary>The time zone in which a value's dates without one are meant: that of the customer, or UTC for what events bring.</summary>
    public ZoneOf ZoneOf(Expr item) => (item is AnyExpr any ? any.Item : item) is TraitExpr ? conditions.CustomerZone(uses) : Programs.Conditions.ZoneOf.Events;

    /// <summary>The key of a share's line; of a computed trait by what its definition says, so that a changed one is measured anew.</summary>
    public static ulong LineKey(TopExpr resolved) => Hash64.Of(Canonical.Of(resolved));

    public Condition Top(TopExpr top)
    {
        var resolved = top with { Number = conditions.Resolve(top.Number) };
        var above = conditions.Above(resolved.Number, conditions.Line(LineKey(resolved), Canonical.Of(top), resolved), uses);
        return top.Among is null ? above : new AllCondition([Condition(top.Among), above]);
    }

    public Condition List(ulong key)
    {
        uses.Lists.Add(key);
        return new Expressions.Functions.ListCondition(key);
    }

    public Operand Ordered(Expr number) => conditions.Ordered(number, uses);

    /// <summary>A number that the customer was told, as it was told.</summary>
    public Operand Predicted(PredictedNumber number)
    {
        uses.Predictions = true;
        conditions.NeedsPredictions = true;
        return new FormerOperand(number.Key);
    }

    public Operand Previous(PreviousExpr previous) => conditions.Previous(previous, uses);

    /// <summary>Asks a value, or each value of <c>any(…)</c>.</summary>
    public Condition Ask(Expr item, ValueTest test) => conditions.Resolve(item) is AnyExpr any ? Elements(any, test) : new ValueCondition(Operand(item), test);

    public Condition Elements(AnyExpr any, ValueTest test)
    {
        if (conditions.Resolve(any) is not AnyExpr)
        {
            return new ValueCondition(Operand(any), test);
        }

        var path = any.Item switch { TraitExpr trait => trait.Path, PropertyExpr property => property.Path, _ => "" };
        var names = path.Split('.');
        var first = any.Item is TraitExpr whole ? Operand(whole with { Path = names[0] }) : Operand(new PropertyExpr(names[0]));
        return new ElementCondition(first, [.. names.Skip(1).Select(Encoding.UTF8.GetBytes)], test);
    }
}
