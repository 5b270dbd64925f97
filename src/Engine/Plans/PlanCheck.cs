using System.Text.Json;
using Triggers.Engine.Definitions;

namespace Triggers.Engine.Plans;

/// <summary>Holds events against the plan, one after the other. One pass over the bytes; an event as planned allocates nothing.</summary>
public sealed class PlanCheck
{
    /// <summary>Which planned properties have a value, a bit each.</summary>
    private readonly ulong[] _seen = new ulong[(Limits.PlannedPropertiesMax + 63) / 64];

    private readonly List<PlanViolation> _found = new(Limits.PlanViolationsMax);
    private bool _describes;

    /// <summary>What is not as planned, up to <see cref="Limits.PlanViolationsMax"/>; valid until the next call.</summary>
    /// <param name="properties">A JSON object that is known to be valid; empty: none.</param>
    public IReadOnlyList<PlanViolation> Run(EventPlan plan, ReadOnlySpan<byte> properties)
    {
        _found.Clear();
        Array.Clear(_seen);
        _describes = plan.Violations != PlanAction.Allow;
        if (!properties.IsEmpty)
        {
            var reader = new Utf8JsonReader(properties);
            reader.Read();
            Members(ref reader, plan.Root, plan.IsClosed);
        }

        Demand(plan.Root);
        return _found;
    }

    /// <summary>The reader stands on the opening brace, and afterwards on the closing one.</summary>
    private void Members(ref Utf8JsonReader reader, PropertyTree node, bool isClosed)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (Find(ref reader, node) is { } child)
            {
                reader.Read();
                Value(ref reader, child);
                continue;
            }

            if (isClosed && _found.Count < Limits.PlanViolationsMax)
            {
                var name = reader.GetString() ?? "";
                Add(new PlanViolation(name.Length <= Limits.DefinitionIdLengthMax ? name : name[..Limits.DefinitionIdLengthMax] + "…", PlanRule.Property, "no property of this name", "one"));
            }

            reader.Read();
            reader.Skip();
        }
    }

    private void Value(ref Utf8JsonReader reader, PropertyTree node)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (node.Rule is { } rule)
        {
            _seen[node.Index >> 6] |= 1UL << node.Index;
            if (rule.Check(ref reader, out var expected) is var broken and not 0)
            {
                Add(new PlanViolation(node.Path, broken, expected, _describes ? PropertyRule.Describe(ref reader) : ""));
            }
        }

        if (reader.TokenType == JsonTokenType.StartObject && node.Children.Count > 0)
        {
            Members(ref reader, node, isClosed: false);
        }
        else if (reader.TokenType == JsonTokenType.StartArray && node.Items is { } items)
        {
            Items(ref reader, items);
        }
        else
        {
            reader.Skip();
        }
    }

    private void Items(ref Utf8JsonReader reader, PropertyTree items)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            foreach (var required in items.Required)
            {
                _seen[required.Index >> 6] &= ~(1UL << required.Index);
            }

            Value(ref reader, items);
            Demand(items);
        }
    }

    /// <summary>Tells what is missing.</summary>
    private void Demand(PropertyTree scope)
    {
        foreach (var node in scope.Required)
        {
            if ((_seen[node.Index >> 6] & (1UL << node.Index)) == 0)
            {
                Add(new PlanViolation(node.Path, PlanRule.Required, node.Rule!.OfType, "nothing"));
            }
        }
    }

    private void Add(in PlanViolation violation)
    {
        if (_found.Count < Limits.PlanViolationsMax)
        {
            _found.Add(violation);
        }
    }

    private static PropertyTree? Find(ref Utf8JsonReader reader, PropertyTree node)
    {
        foreach (var child in node.Children)
        {
            if (reader.ValueTextEquals(child.Name))
            {
                return child;
            }
        }

        return null;
    }
}
