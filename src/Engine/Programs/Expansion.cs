using System.Text;
using Triggers.Engine.Definitions;
using Triggers.Engine.Expressions;

namespace Triggers.Engine.Programs;

/// <summary>What an expression means beside its own text, in one version of the definitions: when that changes, the expression has changed.</summary>
internal sealed class Expansion(DefinitionSet definitions)
{
    private readonly Dictionary<string, Expr> _traits = definitions.ComputedTraits.ToDictionary(trait => trait.Id, trait => trait.Value, StringComparer.Ordinal);

    /// <summary>As a text that is equal in two versions if the meaning is.</summary>
    public string Reads(Expr expr)
    {
        var text = new StringBuilder();
        Add(text, expr);
        return text.ToString();
    }

    private void Add(StringBuilder text, Expr expr)
    {
        foreach (var node in ExprWalk.All(expr))
        {
            if (node is TraitExpr trait && _traits.TryGetValue(trait.Path, out var value))
            {
                text.Append(trait.Path).Append(": ").Append(Canonical.Of(value)).Append('\n');
                Add(text, value);
            }
            else if (node is OpenExpr { UsesZone: true })
            {
                text.Append(definitions.Sending.TimeZone).Append('\n');
            }
        }
    }
}
