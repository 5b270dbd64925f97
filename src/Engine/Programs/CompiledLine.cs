using Triggers.Engine.Customers;
using Triggers.Engine.Expressions;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Scoring;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Programs;

/// <summary>A line between customers that only all of them together have: above it is a share of those who have a number.</summary>
internal sealed class CompiledLine(ulong key, string text, string numberText, double percent, Operand number, Condition? among)
{
    /// <summary>Its key among the measures.</summary>
    public ulong Key { get; } = key;

    /// <summary>As an expression says it.</summary>
    public string Text { get; } = text;

    /// <summary>Lines of one number are measured together.</summary>
    public string NumberText { get; } = numberText;

    public double Percent { get; } = percent;

    /// <summary>The number of a customer now; null: there is none, or it is not known yet.</summary>
    public double? NumberOf(Customer customer, Program program, long now)
    {
        var evaluation = new Evaluation { Customer = customer, Program = program, Properties = [], Text = Workspace.Current.Text, Now = Instants.Floor(now), Since = Instants.Never, Until = Instants.Never };
        if (among is not null && !among.Holds(ref evaluation))
        {
            return null;
        }

        var read = number.Read(ref evaluation);
        var value = read.Number;
        return !read.IsUnknown && (read.Type == ValueType.Number || (read.Type == ValueType.Text && Comparison.TryNumber(read.Text, out value))) && double.IsFinite(value) ? value : null;
    }
}

/// <summary>The line as the latest measurement has it; before the first it is not known.</summary>
internal sealed class LineOperand(ulong key) : Operand
{
    public override Scalar Read(scoped ref Evaluation evaluation) =>
        evaluation.Program.Measures.TryFind(key, out var line) ? new Scalar { Type = ValueType.Number, Number = line } : new Scalar { IsUnknown = true };
}

/// <summary>When something was done for the first or the last time, in ms since 1970.</summary>
internal sealed class InstantOperand(CompiledBehaviour behaviour, Window window) : Operand
{
    public override Scalar Read(scoped ref Evaluation evaluation)
    {
        var view = behaviour.Look(ref evaluation, window);
        evaluation.ChangesAt(view.PartialUntil);
        return view.Places == 0 ? new Scalar { IsUnknown = view.IsPartial } : new Scalar { Type = ValueType.Number, Number = view.TimeAt(0), IsUnknown = view.IsPartial };
    }
}
