using Triggers.Engine.Expressions.Parsing;

namespace Triggers.Engine.Expressions.Functions;

/// <summary>Reads the steps and options of <c>sequence</c> and <c>funnel</c>.</summary>
/// <param name="allowsNot">The last step may be something that does not follow.</param>
internal sealed class ChainReader(Grammar grammar, Token name, FunctionTerm function, bool allowsNot)
{
    private readonly List<SequenceStep> _steps = [];
    private SequenceStep? _without;
    private string? _samePath;

    /// <summary>What the parameters of both functions are.</summary>
    public static IReadOnlyList<ParameterSpec> Parameters(bool allowsNot) =>
    [
        new("event", "text", true, "What comes first; `where …` may stand behind its name."),
        new("then event within duration", "text", true, $"What follows and how soon, `where …` behind it; without `within`, at any time in the window. Up to {Limits.SequenceStepsMax} steps.{(allowsNot ? " `then not …`, with its `within`, only as the last one." : "")}"),
        new("same properties.path", "property", false, "The steps have one value of this property, such as the same product. An event without it is no step; as what must not happen, it concerns every value."),
        new("without event", "text", false, "What does not happen between the first step and the last that happens; `where …` behind it."),
        new("within duration", "window", true, "The window of the whole; in campaigns also `since entry`."),
    ];

    public Chain? Read()
    {
        if (!grammar.RequireCustomer(name, $"{function.Name}(…)") || ReadStep(isFirst: true, isNot: false) is not { } first)
        {
            return null;
        }

        _steps.Add(first);
        while (grammar.TakeSymbol(","))
        {
            var token = grammar.Peek();
            if (token.IsWord("within") || token.IsWord("since"))
            {
                return grammar.ReadWindow(out var window) ? Build(window) : null;
            }

            if (!ReadPart(token))
            {
                return null;
            }
        }

        grammar.Expected("`, within …`, the window of the whole", grammar.Peek(), [], $" For example {function.Example}");
        return null;
    }

    private bool ReadPart(Token token)
    {
        grammar.Take();
        if (token.IsWord("then") && _without is null && _samePath is null && !_steps[^1].IsNot)
        {
            return ReadThen();
        }

        if (token.IsWord("same") && _samePath is null)
        {
            return (_samePath = grammar.ReadProperty(function, "the property that is the same in all steps")) is not null;
        }

        if (token.IsWord("without") && _without is null)
        {
            return (_without = ReadStep(isFirst: true, isNot: false)) is not null;
        }

        if (token.IsWord("then"))
        {
            grammar.Fail(token, _steps[^1].IsNot ? "Nothing can follow what does not happen: `then not …` is the last step." : "Steps stand before `same …` and `without …`.");
        }
        else if (token.IsWord("same") || token.IsWord("without"))
        {
            grammar.Fail(token, $"`{token.Text} …` stands once.");
        }
        else
        {
            grammar.Expected("`then …`, `same …`, `without …` or `within …`", token, ["then", "same", "without", "within"], $" The shape is {function.Signature}.");
        }

        return false;
    }

    private bool ReadThen()
    {
        var token = grammar.Peek();
        var isNot = grammar.TakeWord("not");
        if (isNot && !allowsNot)
        {
            grammar.Fail(token, $"`{function.Name}` counts steps that happen; what does not follow is asked of `sequence(…, then not … within …)`.");
            return false;
        }

        if (ReadStep(isFirst: false, isNot) is not { } step)
        {
            return false;
        }

        _steps.Add(step);
        return true;
    }

    private Chain Build(Window window)
    {
        if (_steps.Count is < 2 or > Limits.SequenceStepsMax)
        {
            grammar.Fail(name, _steps.Count < 2 ? $"A {function.Name} has two steps or more: add `then …`." : $"The {function.Name} has {_steps.Count} steps; at most {Limits.SequenceStepsMax} are allowed.");
        }

        return new Chain(_steps, _without, _samePath, window);
    }

    private SequenceStep? ReadStep(bool isFirst, bool isNot)
    {
        if (grammar.ReadName("the name of an event in quotes", function.Name) is not { } eventName)
        {
            return null;
        }

        long within = 0;
        if (!isFirst && grammar.TakeWord("within"))
        {
            if (!grammar.ReadDuration("within", Limits.WindowMsMin, out within))
            {
                return null;
            }
        }
        else if (isNot)
        {
            grammar.Expected($"`within` and how long '{eventName}' must not follow", grammar.Peek(), ["within"]);
            return null;
        }

        if (!grammar.TakeWord("where"))
        {
            return new SequenceStep(eventName, null, within, isNot);
        }

        return grammar.ReadEventCondition() is { } where ? new SequenceStep(eventName, where, within, isNot) : null;
    }
}
