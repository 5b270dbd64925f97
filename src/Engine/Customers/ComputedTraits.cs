using System.Buffers;
using System.Text.Json;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Scoring;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Customers;

/// <summary>Computed traits as JSON. Nothing of them is stored: they are found from what their functions keep, at the instant at which somebody asks.</summary>
internal static class ComputedTraits
{
    /// <summary>A customer's traits with the computed ones among them, in their place where sites send a trait of the same name; in the workspace, if there are any.</summary>
    public static ReadOnlySpan<byte> MergeInto(Customer customer, Program program, long now)
    {
        var sent = customer.TraitsUtf8;
        if (program.ComputedTraits.Length == 0)
        {
            return sent;
        }

        var data = Workspace.Current.Data;
        data.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(data, new JsonWriterOptions { SkipValidation = true }))
        {
            json.WriteStartObject();
            foreach (var trait in program.ComputedTraits)
            {
                json.WritePropertyName(trait.Name);
                Write(json, customer, program, trait, now);
            }

            json.WriteEndObject();
        }

        var merged = TraitMerge.Merge(sent, data.WrittenSpan, onlyMissing: false);
        return merged.IsEmpty ? sent : merged;
    }

    public static ComputedTrait Of(Customer customer, Program program, CompiledTrait trait, long now)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        var isCollecting = Write(json, customer, program, trait, now);
        json.Flush();
        return new ComputedTrait(trait.Definition.Id, trait.Definition.Name, buffer.WrittenMemory, isCollecting);
    }

    /// <summary>Writes one value, null if there is none; true: it is collecting still.</summary>
    private static bool Write(Utf8JsonWriter json, Customer customer, Program program, CompiledTrait trait, long now)
    {
        var evaluation = new Evaluation { Customer = customer, Program = program, Properties = [], Text = Workspace.Current.Text, Now = Instants.Floor(now), Since = Instants.Never, Until = Instants.Never };
        var value = trait.Value.Read(ref evaluation);
        switch (value.IsUnknown ? ValueType.None : value.Type)
        {
            case ValueType.Boolean:
                json.WriteBooleanValue(value.Number != 0);
                break;
            case ValueType.Number:
                json.WriteNumberValue(value.Number);
                break;
            case ValueType.Text:
                json.WriteStringValue(value.Text);
                break;
            case ValueType.List or ValueType.Any:
                json.WriteRawValue(value.Text, skipInputValidation: true);
                break;
            default:
                json.WriteNullValue();
                break;
        }

        return value.IsUnknown;
    }
}

/// <param name="Json">The value; null where there is none.</param>
/// <param name="IsCollecting">Part of what it looks at lies before it was first looked for, so that it is not known yet.</param>
public sealed record ComputedTrait(string Id, string Name, ReadOnlyMemory<byte> Json, bool IsCollecting);
