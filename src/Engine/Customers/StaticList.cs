using System.Text;
using Triggers.Engine.Definitions.Fields;
using Triggers.Engine.Segments;
using Triggers.Engine.Text;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Customers;

/// <summary>
/// How a list of customers is kept on its members: as a value whose text is the condition that asks for it and whose id is that text's hash. Such a value says by itself
/// what it is, so that who is on a list stays on it whether or not a definition asks.
/// </summary>
public static class StaticList
{
    private const string Begin = "list('";
    private const string End = "')";

    /// <summary>How a condition asks for it.</summary>
    public static string TextOf(string id) => Begin + id + End;

    /// <summary>As every id of the definitions.</summary>
    public static bool IsId(string id) => WhyNoId(id) is null;

    /// <summary>What is wrong with an id; null: nothing.</summary>
    public static string? WhyNoId(string id) => IdType.Check(id);

    internal static ulong KeyOf(string id) => Hash64.Of(TextOf(id));

    /// <summary>The value is a list that the customer is on.</summary>
    internal static bool Is(in ValueState value, StateHeap heap)
    {
        if (value.Type != ValueType.Text)
        {
            return false;
        }

        var text = value.Text.Items(heap);
        return text.StartsWith("list('"u8) && Hash64.Of(text) == value.Id;
    }

    /// <summary>Of a value that <see cref="Is"/> one.</summary>
    internal static string IdOf(in ValueState value, StateHeap heap) => Encoding.UTF8.GetString(value.Text.Items(heap)[Begin.Length..^End.Length]);
}

/// <param name="Since">ms since 1970: when the customer was put on it.</param>
public readonly record struct ListMembership(string Id, long Since);
