using Triggers.Engine.Customers;
using Triggers.Engine.Groups;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Programs.Conditions;

/// <summary>A trait of the customer's group. Read where it lies, each time: few conditions ask for it, and a customer without a group holds nothing of it.</summary>
internal sealed class GroupTraitOperand(int path) : Operand
{
    public override Scalar Read(scoped ref Evaluation evaluation)
    {
        var json = GroupList.TraitsOf(evaluation.Customer);
        if (json.IsEmpty)
        {
            return default;
        }

        var paths = evaluation.Program.GroupPaths;
        var slots = Workspace.Current.GroupSlots(paths.Slots.Length);
        var text = Workspace.Current.GroupText;
        paths.Read(json, slots, text);
        ref readonly var found = ref slots[path];
        var scalar = new Scalar { Type = found.Type, Number = found.Number };
        if (found.HasBytes)
        {
            // Unescaped texts lie where the next read puts its own: those few are copied.
            scalar.Text = found.Unescaped ? found.Bytes(json, text).ToArray() : found.Bytes(json, text);
        }

        return scalar;
    }
}

/// <summary>The groupId.</summary>
internal sealed class GroupIdOperand : Operand
{
    public override Scalar Read(scoped ref Evaluation evaluation)
    {
        var id = GroupList.CurrentOf(evaluation.Customer);
        return id.IsEmpty ? default : new Scalar { Type = ValueType.Text, Text = id };
    }
}
