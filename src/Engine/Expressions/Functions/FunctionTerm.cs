using Triggers.Engine.Expressions.Parsing;

namespace Triggers.Engine.Expressions.Functions;

/// <summary>A function that describes itself and reads its own arguments. A new one is one file here and one line in <see cref="Vocabulary.Functions"/>.</summary>
public abstract class FunctionTerm
{
    public abstract string Name { get; }

    public abstract string Help { get; }

    public abstract string Example { get; }

    public abstract ValueType Result { get; }

    public abstract IReadOnlyList<ParameterSpec> Parameters { get; }

    /// <summary><c>count(event, where …, within …)</c>: optional parameters in [ ].</summary>
    public virtual string Signature => $"{Name}({string.Join(", ", Parameters.Select(parameter => parameter.IsRequired ? parameter.Name : $"[{parameter.Name}]"))})";

    /// <summary>Reads the arguments behind <c>(</c> up to but without <c>)</c>; null when an error was added.</summary>
    internal abstract Expr? ReadArguments(Grammar grammar, Token name);

    /// <summary>Reads what belongs to the call behind its <c>)</c>; null when an error was added.</summary>
    internal virtual Expr? Finish(Grammar grammar, Token name, Expr read) => read;
}
