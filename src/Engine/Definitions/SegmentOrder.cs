using Triggers.Engine.Definitions.Fields;
using Triggers.Engine.Expressions;

namespace Triggers.Engine.Definitions;

/// <summary>Puts segments behind those they mention, and refuses circles.</summary>
internal static class SegmentOrder
{
    /// <summary>Otherwise in the order of the file.</summary>
    public static IReadOnlyList<SegmentDefinition> Sort(IReadOnlyList<SegmentDefinition> segments, LoadContext context)
    {
        var byId = segments.ToDictionary(segment => segment.Id, StringComparer.Ordinal);
        var sorted = new List<SegmentDefinition>(segments.Count);
        var done = new HashSet<string>(StringComparer.Ordinal);
        var open = new List<string>();
        var isOpen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var segment in segments)
        {
            Visit(segment);
        }

        return sorted;

        // Without recursion: a chain of 10,000 segments is legal.
        void Visit(SegmentDefinition root)
        {
            var stack = new Stack<(SegmentDefinition Segment, IEnumerator<string> Next)>();
            Push(root);
            while (stack.TryPeek(out var top))
            {
                if (!top.Next.MoveNext())
                {
                    stack.Pop();
                    open.RemoveAt(open.Count - 1);
                    isOpen.Remove(top.Segment.Id);
                    sorted.Add(top.Segment);
                    done.Add(top.Segment.Id);
                }
                else if (isOpen.Contains(top.Next.Current))
                {
                    FailCircle(context, [.. open.Skip(open.IndexOf(top.Next.Current)), top.Next.Current]);
                }
                else if (byId.TryGetValue(top.Next.Current, out var mentioned))
                {
                    Push(mentioned);
                }
            }

            void Push(SegmentDefinition segment)
            {
                if (!done.Contains(segment.Id))
                {
                    open.Add(segment.Id);
                    isOpen.Add(segment.Id);
                    stack.Push((segment, ExprWalk.All(segment.Condition).OfType<SegmentExpr>().Select(mention => mention.Id).Distinct(StringComparer.Ordinal).GetEnumerator()));
                }
            }
        }
    }

    private static void FailCircle(LoadContext context, IReadOnlyList<string> circle)
    {
        var place = context.SegmentReferences.FirstOrDefault(reference =>
            reference.At.Document.Path == "segments.yaml" && reference.At.Path.Split('.')[0] == circle[^2] && reference.Id == circle[^1]);
        place?.Fail($"Segments depend on each other in a circle: {string.Join(" → ", circle)}. Take one of them out of the other's condition.");
    }
}
