using System.Text.Json;
using Triggers.Engine.Definitions;
using Triggers.Engine.Programs.Conditions;

namespace Triggers.Engine.Programs;

/// <summary>A computed trait of the program in force. Conditions have its expression in them; this is for who wants its value.</summary>
internal sealed class CompiledTrait(ComputedTraitDefinition definition, Operand value)
{
    public ComputedTraitDefinition Definition { get; } = definition;

    public JsonEncodedText Name { get; } = JsonEncodedText.Encode(definition.Id);

    public Operand Value { get; } = value;
}
