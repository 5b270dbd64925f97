using Triggers.Engine.Expressions.Parsing;

namespace Triggers.Engine.Expressions.Predicates;

/// <summary>
/// An operator with a shape of its own behind the value it asks about. It describes itself and reads what follows its words; `not` may stand before them.
/// A new one is one file here and one line in <see cref="Vocabulary.Predicates"/>.
/// </summary>
public abstract class PredicateTerm
{
    /// <summary>The words that begin it, separated by one blank.</summary>
    public abstract string Text { get; }

    public abstract string Help { get; }

    public abstract string Example { get; }

    /// <summary>What follows the words, in order.</summary>
    public abstract IReadOnlyList<ParameterSpec> Parameters { get; }

    /// <summary>As the reference heads it: <c>between low and high</c>.</summary>
    public virtual string Shape => $"{Text} {string.Join(' ', Parameters.Select(parameter => parameter.Name))}";

    /// <summary>Reads what stands behind the words; null when an error was added that ends the reading.</summary>
    /// <param name="word">The first of the words.</param>
    internal abstract Expr? Read(Grammar grammar, Token word, Expr item);
}
