using Triggers.Engine.Definitions.Fields;
using Triggers.Engine.Expressions;

namespace Triggers.Engine.Definitions;

/// <summary>Puts segments behind what they mention, and refuses circles among all that conditions can name.</summary>
internal static class DefinitionOrder
{
    /// <summary>The segments, otherwise in the order of the file.</summary>
    public static IReadOnlyList<SegmentDefinition> Sort(DefinitionDraft draft, LoadContext context)
    {
        var nodes = draft.Segments.Select(segment => new Node(new Mention(MentionKind.Segment, segment.Id), [segment.Condition], segment))
            .Concat(draft.ComputedTraits.Select(trait => new Node(new Mention(MentionKind.Trait, trait.Id), [trait.Value], null)))
            .Concat(draft.Scoring.Scores.Select(score => new Node(new Mention(MentionKind.Score, score.Id), [.. score.Scoring.Fit.Select(rule => rule.When)], null)))
            .ToList();
        var byMention = new Dictionary<Mention, Node>();
        nodes.ForEach(node => byMention.TryAdd(node.Self, node));
        var sorted = new List<SegmentDefinition>(draft.Segments.Count);
        var done = new HashSet<Mention>();
        var open = new List<Mention>();
        var isOpen = new HashSet<Mention>();
        nodes.ForEach(Visit);
        return sorted;

        // Without recursion: a chain of 10,000 segments is legal.
        void Visit(Node root)
        {
            var stack = new Stack<(Node Node, IEnumerator<Mention> Next)>();
            Push(root);
            while (stack.TryPeek(out var top))
            {
                if (!top.Next.MoveNext())
                {
                    stack.Pop();
                    open.RemoveAt(open.Count - 1);
                    isOpen.Remove(top.Node.Self);
                    done.Add(top.Node.Self);
                    Finish(top.Node);
                }
                else if (isOpen.Contains(top.Next.Current))
                {
                    FailCircle(context, [.. open.Skip(open.IndexOf(top.Next.Current)), top.Next.Current]);
                }
                else if (byMention.TryGetValue(top.Next.Current, out var mentioned))
                {
                    Push(mentioned);
                }
            }

            void Push(Node node)
            {
                if (!done.Contains(node.Self))
                {
                    open.Add(node.Self);
                    isOpen.Add(node.Self);
                    stack.Push((node, node.Mentions().Distinct().GetEnumerator()));
                }
            }
        }

        void Finish(Node node)
        {
            if (node.Segment is not null)
            {
                sorted.Add(node.Segment);
                return;
            }

            node.Size = node.Mentions().Where(byMention.ContainsKey).Sum(mention => byMention[mention].Size) + node.Expressions.Sum(expr => ExprWalk.All(expr).Count());
            if (node.Size > Limits.ExpandedNodesMax)
            {
                node.Size = 0;
                context.References.FirstOrDefault(reference => reference.IsIn(node.Self))?.Fail(
                    $"With all that it builds on, {node.Self} has more than {Limits.ExpandedNodesMax} parts, and is looked at whole every time: put a part into a segment, which is remembered.");
            }
        }
    }

    private static void FailCircle(LoadContext context, IReadOnlyList<Mention> circle)
    {
        var place = context.References.FirstOrDefault(reference => reference.IsIn(circle[^2]) && reference.Mention == circle[^1]);
        var areSegments = circle.All(mention => mention.Kind == MentionKind.Segment);
        place?.Fail(areSegments
            ? $"Segments depend on each other in a circle: {string.Join(" → ", circle.Select(mention => mention.Id))}. Take one of them out of the other's condition."
            : $"Definitions depend on each other in a circle: {string.Join(" → ", circle)}. Take one of them out of the other.");
    }

    /// <param name="Segment">null: something that is no segment.</param>
    private sealed record Node(Mention Self, IReadOnlyList<Expr> Expressions, SegmentDefinition? Segment)
    {
        /// <summary>Parts of its expressions, with those of what they mention written out; a segment is looked up, and has none.</summary>
        public long Size { get; set; }

        public IEnumerable<Mention> Mentions() => Expressions.SelectMany(ExprWalk.All).Select(Mention.Of).OfType<Mention>();
    }
}
