using Triggers.Engine.Customers;
using Triggers.Engine.Expressions.Functions;
using Triggers.Engine.Programs.Conditions;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Programs;

/// <summary>A value of which the one before is kept; tested as a segment that nobody sees.</summary>
/// <param name="Key">Of its state among segments, and of the value as it is among a customer's values.</param>
/// <param name="Former">Of the value before.</param>
internal sealed record CompiledWatch(ulong Key, ulong Former, WatchCondition Condition, Dependencies Uses)
{
    /// <summary>There is a value now, and it is not the one that was kept.</summary>
    public bool HasMoved(ref Evaluation evaluation)
    {
        var read = Condition.Value.Read(ref evaluation);
        if (read.IsUnknown || read.Type != ValueType.Text)
        {
            return false;
        }

        var values = evaluation.Customer.Values;
        var index = Customer.FindValue(values, Key);
        return index < 0 || !values[index].Text.Items(evaluation.Customer.Heap).SequenceEqual(read.Text);
    }
}
