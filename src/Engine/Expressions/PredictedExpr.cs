using System.Text;
using Triggers.Engine.Customers;
using Triggers.Engine.Explanations;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Text;

namespace Triggers.Engine.Expressions;

/// <summary><c>predicted.alive</c> and the other numbers that models of purchases tell a buyer: as they were last told, which a record of the log did.</summary>
public sealed record PredictedExpr(PredictedNumber Number) : OpenValueExpr
{
    public override IReadOnlyList<Expr> Parts => [];

    internal override void Write(StringBuilder text) => text.Append(Number.Name);

    internal override Operand Compile(in Compilation compilation) => compilation.Predicted(Number);

    internal override Condition Compare(in Compilation compilation, CompareOp op, double line) =>
        new CompareCondition(op, compilation.Predicted(Number), new LiteralOperand(Value.Of(line)), ignoresCase: false);

    internal override string Note(Sight sight, ref Evaluation evaluation)
    {
        var values = evaluation.Customer.Values;
        var index = Customer.FindValue(values, Number.Key);
        return index < 0 ? "not told yet: models of purchases tell it to who has ordered" : $"as told on {Phrases.Instant(values[index].Instant)}";
    }

    internal override string? Needs(CompareOp op, double line, Sight sight, ref Evaluation evaluation) => null;
}

/// <summary>A number that is predicted of a customer. Told by a record, kept as a value of the customer under its key.</summary>
public sealed class PredictedNumber
{
    private PredictedNumber(string name, int scale, string help, string example)
    {
        (Name, Scale, Help, Example) = (name, scale, help, example);
        Key = Hash64.Of(name);
    }

    public static PredictedNumber Alive { get; } = new(
        "predicted.alive", 10_000, "The chance, 0 to 1, that the customer has not left for good. Absent before the first order, and while there are no models.", "predicted.alive < 0.3");

    public static PredictedNumber Purchases { get; } = new(
        "predicted.purchases", 10_000, "Purchases (days with an order) to be expected in the next 90 days.", "predicted.purchases >= 2");

    public static PredictedNumber Average { get; } = new(
        "predicted.average", 100, "What a purchase is to be expected to be worth, in major units.", "predicted.average > 80");

    public static PredictedNumber Worth { get; } = new(
        "predicted.value", 100, "Lifetime value: worth of the purchases to be expected in the next 365 days, discounted, in major units.", "top(10%, predicted.value)");

    /// <summary>In the order of the record that tells them: append only.</summary>
    public static IReadOnlyList<PredictedNumber> All { get; } = [Alive, Purchases, Average, Worth];

    /// <summary>As expressions say it.</summary>
    public string Name { get; }

    /// <summary>It is told in parts of so many of one.</summary>
    public int Scale { get; }

    public string Help { get; }

    public string Example { get; }

    internal ulong Key { get; }

    internal static bool IsKey(ulong id)
    {
        foreach (var number in All)
        {
            if (number.Key == id)
            {
                return true;
            }
        }

        return false;
    }
}
