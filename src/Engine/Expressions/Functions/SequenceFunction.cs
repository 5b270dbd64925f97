using System.Text;
using Triggers.Engine.Explanations;
using Triggers.Engine.Expressions.Parsing;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Scoring;

namespace Triggers.Engine.Expressions.Functions;

/// <summary><c>sequence('Checkout Started', then not 'Order Completed' within 2h, within 7d)</c>: one thing after the other, or nothing after it.</summary>
public sealed class SequenceFunction : FunctionTerm
{
    public override string Name => "sequence";

    public override string Help =>
        "Whether the customer did one thing after the other, each step within its time of the one before. `then not`, as the last step: that did not follow, known when its time is over. Each step is a later instant than the one before it; the first one lies in the window, and so do all.";

    public override string Example => "sequence('Checkout Started', then not 'Order Completed' within 2h, within 7d)";

    public override string Signature => "sequence(event, then event within duration …, [without event], within duration)";

    public override ValueType Result => ValueType.Boolean;

    public override IReadOnlyList<ParameterSpec> Parameters { get; } =
    [
        new("event", "text", true, "What comes first; `where …` may stand behind its name."),
        new("then event within duration", "text", true, $"What follows and how soon, `where …` behind it; up to {Limits.SequenceStepsMax} steps. `then not …` only as the last one."),
        new("without event", "text", false, "What does not happen between the first step and the last that happens; `where …` behind it."),
        new("within duration", "window", true, "The window of the whole."),
    ];

    internal override Expr? ReadArguments(Grammar grammar, Token name)
    {
        if (!grammar.RequireCustomer(name, "sequence(…)") || ReadStep(grammar, isFirst: true) is not { } first)
        {
            return null;
        }

        List<SequenceStep> steps = [first];
        SequenceStep? without = null;
        while (grammar.TakeSymbol(","))
        {
            var token = grammar.Peek();
            if (token.IsWord("within"))
            {
                return grammar.ReadWindow(out var window) ? Build(grammar, name, steps, without, window) : null;
            }

            grammar.Take();
            if (token.IsWord("then") && without is null && !steps[^1].IsNot)
            {
                if (ReadStep(grammar, isFirst: false) is not { } step)
                {
                    return null;
                }

                steps.Add(step);
            }
            else if (token.IsWord("without") && without is null)
            {
                without = ReadStep(grammar, isFirst: true);
                if (without is null)
                {
                    return null;
                }
            }
            else if (token.IsWord("then") || token.IsWord("without"))
            {
                grammar.Fail(token, without is null ? "Nothing can follow what does not happen: `then not …` is the last step." : "`without …` stands once, behind the last step.");
                return null;
            }
            else
            {
                grammar.Expected("`then …`, `without …` or `within …`", token, ["then", "without", "within"], $" The shape is {Signature}.");
                return null;
            }
        }

        grammar.Expected("`, within …`, the window of the whole", grammar.Peek(), [], $" For example {Example}");
        return null;
    }

    private static SequenceExpr? Build(Grammar grammar, Token name, List<SequenceStep> steps, SequenceStep? without, Window window)
    {
        if (steps.Count is < 2 or > Limits.SequenceStepsMax)
        {
            grammar.Fail(name, steps.Count < 2 ? "A sequence has two steps or more: add `then …`." : $"The sequence has {steps.Count} steps; at most {Limits.SequenceStepsMax} are allowed.");
        }

        return new SequenceExpr(steps, without, window.LengthMs) { Position = new Place(name.Index) };
    }

    private SequenceStep? ReadStep(Grammar grammar, bool isFirst)
    {
        var isNot = !isFirst && grammar.TakeWord("not");
        if (grammar.ReadName("the name of an event in quotes", Name) is not { } eventName)
        {
            return null;
        }

        long within = 0;
        if (!isFirst)
        {
            if (!grammar.TakeWord("within"))
            {
                grammar.Expected($"`within` and how soon '{eventName}' follows", grammar.Peek(), ["within"]);
                return null;
            }

            if (!grammar.ReadDuration("within", Limits.WindowMsMin, out within))
            {
                return null;
            }
        }

        if (!grammar.TakeWord("where"))
        {
            return new SequenceStep(eventName, null, within, isNot);
        }

        return grammar.ReadEventCondition() is { } where ? new SequenceStep(eventName, where, within, isNot) : null;
    }
}

/// <param name="WithinMs">How soon after the step before; 0: the first.</param>
/// <param name="IsNot">It does not happen in that time.</param>
public sealed record SequenceStep(string EventName, Expr? Where, long WithinMs, bool IsNot);

/// <summary><c>sequence('A', then 'B' within 1d, then not 'C' within 2h, without 'D', within 30d)</c>. Its steps are kept as counts of the same events are.</summary>
public sealed record SequenceExpr(IReadOnlyList<SequenceStep> Steps, SequenceStep? Without, long WindowMs) : OpenExpr
{
    public override IReadOnlyList<Expr> Parts => [.. Steps.Select(Count), .. Without is null ? Array.Empty<Expr>() : [Count(Without)]];

    public bool Equals(SequenceExpr? other) => other is not null && WindowMs == other.WindowMs && Equals(Without, other.Without) && Steps.SequenceEqual(other.Steps);

    public override int GetHashCode() => HashCode.Combine(WindowMs, Steps.Count);

    internal override void Write(StringBuilder text)
    {
        text.Append("sequence(");
        for (var i = 0; i < Steps.Count; i++)
        {
            WriteStep(text.Append(i == 0 ? "" : Steps[i].IsNot ? ", then not " : ", then "), Steps[i]);
        }

        if (Without is not null)
        {
            WriteStep(text.Append(", without "), Without);
        }

        text.Append(", within ").Append(Duration.Format(WindowMs)).Append(')');
    }

    internal override Condition Compile(in Compilation compilation)
    {
        var absent = Steps[^1].IsNot ? Steps[^1] : null;
        var steps = Steps.Take(Steps.Count - (absent is null ? 0 : 1)).ToList();
        var behaviours = new CompiledBehaviour[steps.Count];
        for (var i = 0; i < behaviours.Length; i++)
        {
            behaviours[i] = compilation.Behaviour(Count(steps[i]));
        }

        return new SequenceCondition(
            behaviours,
            [.. steps.Select(step => step.WithinMs)],
            absent is null ? null : compilation.Behaviour(Count(absent)),
            absent?.WithinMs ?? 0,
            Without is null ? null : compilation.Behaviour(Count(Without)),
            new Window(WindowKind.Within, WindowMs));
    }

    internal override string Needs(bool isNegated, Sight sight, ref Evaluation evaluation)
    {
        if (isNegated)
        {
            return $"it happened; its first step has to leave the window of {Duration.Format(WindowMs)}";
        }

        long[] reached = [];
        for (var i = 0; i < Steps.Count; i++)
        {
            var step = Steps[i];
            var before = reached;
            if (step.IsNot)
            {
                return Pending(before, step, sight, ref evaluation);
            }

            reached = i == 0 ? sight.Look(Count(step), ref evaluation).Times.ToArray() : Following(before, step, sight, ref evaluation);
            if (reached.Length == 0)
            {
                var place = $"step {i + 1} of {Steps.Count}";
                var happening = Phrases.Event(step.EventName, step.Where);
                return i == 0 ? $"{place}: {happening} has to happen"
                    : before[^1] + step.WithinMs > evaluation.Now ? $"{place}: {happening} has to happen by {Phrases.Instant(before[^1] + step.WithinMs)}"
                    : $"{place}: {happening} did not follow within {Duration.Format(step.WithinMs)}; the steps before it have to happen again";
            }
        }

        return $"its steps have to happen{(Without is null ? "" : $" without {Phrases.Event(Without.EventName, Without.Where)} between")}";
    }

    /// <summary>What must not follow: its time is not over yet, or it did.</summary>
    private string Pending(long[] before, SequenceStep step, Sight sight, ref Evaluation evaluation)
    {
        var absent = Phrases.Event(step.EventName, step.Where);
        var closing = sight.Look(Count(step), ref evaluation).Times;
        for (var i = before.Length - 1; i >= 0; i--)
        {
            var deadline = Instants.After(before[i], step.WithinMs);
            if (deadline > evaluation.Now && (closing.Length == 0 || closing[^1] <= before[i]))
            {
                return $"{absent} must not happen before {Phrases.Instant(deadline)}";
            }
        }

        return $"{absent} followed within {Duration.Format(step.WithinMs)} each time; the steps before it have to happen again, without it";
    }

    /// <summary>Instants of a step that come soon enough after one of those before it, and without what must not be between.</summary>
    private long[] Following(long[] before, SequenceStep step, Sight sight, ref Evaluation evaluation)
    {
        ReadOnlySpan<long> between = Without is null ? [] : sight.Look(Count(Without), ref evaluation).Times;
        var found = new List<long>();
        foreach (var time in sight.Look(Count(step), ref evaluation).Times)
        {
            var at = Array.FindLastIndex(before, earlier => earlier < time);
            if (at >= 0 && time - before[at] <= step.WithinMs && !HasBetween(between, before[at], time))
            {
                found.Add(time);
            }
        }

        return [.. found];
    }

    private static bool HasBetween(ReadOnlySpan<long> times, long from, long to)
    {
        foreach (var time in times)
        {
            if (time > from && time < to)
            {
                return true;
            }
        }

        return false;
    }

    private AggregateExpr Count(SequenceStep step) => new(AggregateKind.Count, step.EventName, step.Where, null, new Window(WindowKind.Within, WindowMs)) { Position = Position };

    private static void WriteStep(StringBuilder text, SequenceStep step)
    {
        Canonical.WriteText(text, step.EventName).Append(step.WithinMs == 0 ? "" : " within " + Duration.Format(step.WithinMs));
        if (step.Where is not null)
        {
            Canonical.Write(text.Append(" where "), step.Where, Canonical.OrLevel);
        }
    }
}
