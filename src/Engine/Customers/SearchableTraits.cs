using System.Text;
using Triggers.Engine.Programs.Json;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Customers;

/// <summary>The traits that support people search customers by: <c>email</c>, and <c>name</c> or first and last name in Segment's spellings.</summary>
internal static class SearchableTraits
{
    private static readonly PathSet s_paths = CreatePaths();

    public static (string? Email, string? Name) Read(ReadOnlySpan<byte> json)
    {
        Span<string?> found = [null, null, null, null, null, null];
        var slots = Workspace.Current.TraitSlots(found.Length);
        var text = Workspace.Current.TraitText;
        s_paths.Read(json, slots, text);
        for (var i = 0; i < found.Length && json.Length > 2; i++)
        {
            found[i] = slots[i].Type == ValueType.Text && slots[i].Length > 0 ? Encoding.UTF8.GetString(slots[i].Bytes(json, text)) : null;
        }

        var full = $"{found[2] ?? found[4]} {found[3] ?? found[5]}".Trim();
        return (found[0], found[1] ?? (full.Length == 0 ? null : full));
    }

    private static PathSet CreatePaths()
    {
        var paths = new PathSet();
        string[] names = ["email", "name", "firstName", "lastName", "first_name", "last_name"];
        for (var i = 0; i < names.Length; i++)
        {
            paths.Add(names[i], i);
        }

        return paths;
    }
}
