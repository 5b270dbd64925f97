using System.Text.Json.Nodes;
using Triggers.Engine.Definitions.Fields;

namespace Triggers.Engine.Definitions.Elements.Steps;

/// <summary>
/// A kind of step, written as a map with its verb: <c>{ wait: 45m }</c>, <c>{ wait until: …, then: … }</c>.
/// A new one is one file here and one line in <see cref="StepsType.Kinds"/>.
/// </summary>
internal abstract class StepElement : Element<StepDefinition>
{
    protected static readonly Field<string> s_id = Field.Optional("id", Types.Id, "A name for counters that stays when steps move. Unique in the campaign.", "made from the step's place");

    /// <summary>The field that tells this step from others.</summary>
    public abstract string Verb { get; }

    /// <summary>May be written as its verb alone.</summary>
    public virtual bool IsBare => false;

    public override string Id => "step " + Verb;

    public override JsonObject Schema(SchemaScope scope)
    {
        var map = base.Schema(scope);
        return IsBare ? new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["const"] = Verb }, map) } : map;
    }

    /// <summary>The author's id, or one from the place in the file: <c>3</c>, <c>3.then.0</c>, <c>4.when0.1</c>.</summary>
    protected static string IdOf(MapReader map)
    {
        var id = map.Has(s_id) ? map.Text(s_id) : StepIds.FromPath(map.At.Path);
        map.At.Context.StepPlaces.Add(new NamedPlace(map.Place(s_id), id));
        return id;
    }
}
