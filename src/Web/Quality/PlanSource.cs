using Triggers.Engine.Definitions;
using Triggers.Engine.Plans;
using Triggers.Runtime.Definitions;

namespace Triggers.Web.Quality;

/// <summary>The tracking plan of the definitions in force, compiled once a version.</summary>
internal sealed class PlanSource(IDefinitions definitions)
{
    private Compiled _compiled = new(definitions.Current);

    /// <summary>null: there is none.</summary>
    public PlanIndex? Current
    {
        get
        {
            var compiled = _compiled;
            var now = definitions.Current;
            return (ReferenceEquals(compiled.Definitions, now) ? compiled : _compiled = new Compiled(now)).Index;
        }
    }

    private sealed class Compiled(DefinitionSet definitions)
    {
        public DefinitionSet Definitions { get; } = definitions;

        public PlanIndex? Index { get; } = definitions.Plan is { } plan ? new PlanIndex(plan) : null;
    }
}
