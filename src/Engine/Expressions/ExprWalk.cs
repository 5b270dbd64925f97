namespace Triggers.Engine.Expressions;

/// <summary>Visits a tree, for who looks for certain nodes: references, event names, property paths.</summary>
public static class ExprWalk
{
    /// <summary>The node itself and everything below it, in the order of the text.</summary>
    public static IEnumerable<Expr> All(Expr root)
    {
        yield return root;
        foreach (var child in Children(root))
        {
            foreach (var node in All(child))
            {
                yield return node;
            }
        }
    }

    public static IEnumerable<Expr> Children(Expr node) => node switch
    {
        AggregateExpr { Where: { } where } => [where],
        CompareExpr compare => [compare.Left, compare.Right],
        InExpr membership => [membership.Item, .. membership.Values],
        ExistsExpr exists => [exists.Item],
        NotExpr not => [not.Inner],
        JunctionExpr junction => junction.Items,
        AnyExpr any => [any.Item],
        OpenExpr open => open.Parts,
        OpenValueExpr value => value.Parts,
        _ => [],
    };
}
