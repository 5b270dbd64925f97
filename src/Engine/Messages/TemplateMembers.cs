using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using HandlebarsDotNet;
using HandlebarsDotNet.IO;
using HandlebarsDotNet.Iterators;
using HandlebarsDotNet.MemberAccessors;
using HandlebarsDotNet.ObjectDescriptors;
using HandlebarsDotNet.PathStructure;

namespace Triggers.Engine.Messages;

/// <summary>Keeps templates inside their data: keys of objects, items and length of lists, and nothing of .NET.</summary>
internal sealed class TemplateMembers : IObjectDescriptorProvider
{
    public bool TryGetDescriptor(Type type, [NotNullWhen(true)] out ObjectDescriptor? value)
    {
        value = type == typeof(Dictionary<string, object?>)
            ? new ObjectDescriptor(type, new Keys(), (_, instance) => ((Dictionary<string, object?>)instance).Keys, _ => new DictionaryIterator<Dictionary<string, object?>, string, object?>())
            : type == typeof(List<object?>)
                ? new ObjectDescriptor(type, new Items(), (_, _) => Array.Empty<object>(), _ => new ListIterator<List<object?>, object?>())
                : new ObjectDescriptor(type, new Nothing(), (_, _) => Array.Empty<object>(), self => new ObjectIterator(self));
        return true;
    }

    private sealed class Keys : IMemberAccessor
    {
        public bool TryGetValue(object instance, ChainSegment memberName, out object? value) =>
            ((Dictionary<string, object?>)instance).TryGetValue(memberName.TrimmedValue, out value);
    }

    private sealed class Items : IMemberAccessor
    {
        public bool TryGetValue(object instance, ChainSegment memberName, out object? value)
        {
            var list = (List<object?>)instance;
            if (memberName.TrimmedValue == "length")
            {
                value = (long)list.Count;
                return true;
            }

            var found = int.TryParse(memberName.TrimmedValue, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Count;
            value = found ? list[index] : null;
            return found;
        }
    }

    private sealed class Nothing : IMemberAccessor
    {
        public bool TryGetValue(object instance, ChainSegment memberName, out object? value)
        {
            value = null;
            return false;
        }
    }
}

/// <summary>Writes values as <see cref="TemplateFormats.Text"/> says, where the library would print names of .NET types or <c>True</c>.</summary>
internal sealed class TemplateFormatters : IFormatterProvider
{
    public bool TryCreateFormatter(Type type, [NotNullWhen(true)] out IFormatter? formatter)
    {
        formatter = new Formatter();
        return true;
    }

    private sealed class Formatter : IFormatter
    {
        public void Format<T>(T value, in EncodedTextWriter writer) => writer.Write(TemplateFormats.Text(value), encode: true);
    }
}
