using System.Text;
using Triggers.Engine.Definitions;

namespace Triggers.Engine.Plans;

/// <summary>The planned properties of an event as they lie in each other, so that one pass over the event's bytes checks all.</summary>
internal sealed class PropertyTree
{
    private readonly List<PropertyTree> _children = [];

    private PropertyTree(string path, byte[] name)
    {
        Path = path;
        Name = name;
    }

    public string Path { get; }

    /// <summary>In the object around it, as UTF-8.</summary>
    public byte[] Name { get; }

    /// <summary>null: only the way to another.</summary>
    public PropertyRule? Rule { get; private set; }

    /// <summary>Which of the event's planned properties; −1: none.</summary>
    public int Index { get; private set; } = -1;

    public List<PropertyTree> Children => _children;

    /// <summary>Stands for each item of a list.</summary>
    public PropertyTree? Items { get; private set; }

    /// <summary>What must be there: of the root in the event, of <see cref="Items"/> in each item.</summary>
    public List<PropertyTree> Required { get; } = [];

    public static PropertyTree Of(IReadOnlyList<PlannedProperty> properties)
    {
        var root = new PropertyTree("", []);
        for (var index = 0; index < properties.Count; index++)
        {
            var (node, scope) = root.Find(properties[index].Path);
            node.Rule = new PropertyRule(properties[index]);
            node.Index = index;
            if (properties[index].IsRequired && node != scope)
            {
                scope.Required.Add(node);
            }
        }

        return root;
    }

    /// <summary>null: the paths are fine together; otherwise what is wrong.</summary>
    public static string? Explain(IReadOnlyList<PlannedProperty> properties)
    {
        foreach (var property in properties)
        {
            var parts = property.Path.Split('.');
            if (parts.Any(part => part.Replace("[]", "", StringComparison.Ordinal).Length == 0) || parts.Length > Limits.PlannedDepthMax || property.Path.Contains("[][]", StringComparison.Ordinal))
            {
                return $"'{property.Path}' is no path of a property: write names with dots between them, `[]` behind that of a list, at most {Limits.PlannedDepthMax} levels deep.";
            }

            for (var other = 0; other < properties.Count; other++)
            {
                var (path, type) = (properties[other].Path, properties[other].Type);
                if (property.Path.StartsWith(path + ".", StringComparison.Ordinal) && type is not (PropertyType.Any or PropertyType.Object))
                {
                    return $"'{property.Path}' lies in '{path}', which is no object: leave one of them out.";
                }

                if (property.Path.StartsWith(path + "[]", StringComparison.Ordinal) && type is not (PropertyType.Any or PropertyType.Array))
                {
                    return $"'{property.Path}' is an item of '{path}', which is no array: leave one of them out.";
                }
            }
        }

        return null;
    }

    private (PropertyTree Node, PropertyTree Scope) Find(string path)
    {
        var (node, scope) = (this, this);
        foreach (var part in path.Split('.'))
        {
            var isList = part.EndsWith("[]", StringComparison.Ordinal);
            var name = isList ? part[..^2] : part;
            node = node.Child(name);
            if (isList)
            {
                node = scope = node.Items ??= new PropertyTree(node.Path + "[]", []);
            }
        }

        return (node, scope);
    }

    private PropertyTree Child(string name)
    {
        var utf8 = Encoding.UTF8.GetBytes(name);
        if (_children.Find(child => child.Name.AsSpan().SequenceEqual(utf8)) is { } known)
        {
            return known;
        }

        var made = new PropertyTree(Path.Length == 0 ? name : $"{Path}.{name}", utf8);
        _children.Add(made);
        return made;
    }
}
