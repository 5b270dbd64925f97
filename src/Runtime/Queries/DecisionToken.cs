using System.Globalization;
using Triggers.Engine.Customers;
using Triggers.Engine.Records;

namespace Triggers.Runtime.Queries;

/// <summary>Names one decision for good: the key it was taken for, the record that led to it, and which of the record's decisions it is.</summary>
internal readonly record struct DecisionToken(ulong Customer, long Offset, int Number)
{
    public static DecisionToken? Read(string text)
    {
        var parts = text.Split('-');
        return parts.Length == 3
            && ulong.TryParse(parts[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var customer)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new DecisionToken(customer, offset, number)
            : null;
    }

    /// <summary>The key among those of a customer; null: it was taken for somebody else.</summary>
    public CustomerKey? KeyOf(Customer customer)
    {
        foreach (var text in (string[])[customer.Key, .. customer.AbsorbedKeys, .. customer.IsAnonymous ? [] : customer.SplitKeys])
        {
            var key = new CustomerKey(text);
            if (key.Hash() == Customer)
            {
                return key;
            }
        }

        return null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Customer:x16}-{Offset}-{Number}");
}
