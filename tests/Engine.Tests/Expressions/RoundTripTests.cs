using FsCheck;
using FsCheck.Fluent;
using Triggers.Engine.Expressions;
using Triggers.Engine.Expressions.Functions;
using Triggers.Engine.Expressions.Predicates;

namespace Triggers.Engine.Tests.Expressions;

public sealed class RoundTripTests
{
    private static readonly Config s_config = Config.QuickThrowOnFailure.WithMaxTest(2_000);

    private static readonly Gen<string> s_text = Gen.OneOf(
        Gen.Elements("pro", "O'Hara", "a\\b", "tab\there", "", "é", "\u0001", "\ud83d\ude00", "\ud800", "new\nline", "\"", "Order Completed"),
        ArbMap.Default.GeneratorFor<NonNull<string>>().Select(text => text.Get.Length > 50 ? text.Get[..50] : text.Get));

    private static readonly Gen<string> s_name = s_text.Select(text => string.IsNullOrWhiteSpace(text) ? "X" : text);

    private static readonly Gen<double> s_number = Gen.OneOf(
        ArbMap.Default.GeneratorFor<NormalFloat>().Select(number => number.Get + 0.0),
        ArbMap.Default.GeneratorFor<int>().Select(number => number / 100.0 + 0.0),
        Gen.Elements(0.0, 1e300, -1e-300, 5e-324, double.MaxValue, 0.1, 123456789012345680.0));

    private static readonly Gen<string> s_path = Gen.Elements("email", "address.city", "favourite colour", "products.0.price", "a-b.c_d.$e", "x'y", "Größe.Ärmel", "a]b.c").SelectMany(
        path => s_name.Select(name => name.Contains('.') ? path : path + "." + name));

    private static readonly Gen<LiteralExpr> s_literal = Gen.OneOf(
        s_text.Select(text => new LiteralExpr(Value.Of(text))),
        s_number.Select(number => new LiteralExpr(Value.Of(number))),
        Gen.Elements(true, false).Select(flag => new LiteralExpr(Value.Of(flag))));

    private static readonly Gen<Window> s_window = Gen.OneOf(
        Gen.Constant(Window.Ever),
        Gen.Constant(new Window(WindowKind.SinceEntry, 0)),
        Gen.Choose(1_000, int.MaxValue).Select(length => new Window(WindowKind.Within, length)));

    [Fact]
    public void The_canonical_text_of_any_tree_parses_to_an_equal_tree_with_the_same_text() =>
        Check.One(s_config, Prop.ForAll(Arb.From(Condition(3, isEvent: false)), tree =>
        {
            var text = Canonical.Of(tree);
            var result = ExpressionParser.Parse(text, ExpressionScope.Campaign);
            return (result.IsValid && result.Expression!.Equals(tree) && Canonical.Of(result.Expression) == text).Label(text + "\n" + string.Join('\n', result.Errors));
        }));

    [Fact]
    public void No_text_makes_the_parser_throw_and_every_error_points_into_the_text()
    {
        var piece = Gen.OneOf(
            Gen.Elements("score", "traits.a", "properties.b", "count", "did(", "('X'", ",", "where", "within", "7d", "since entry", "between", "matches", "within next", "older than", "anniversary(", "after", "now", "ignoring case", "any(", "sample(", "%", "and", "or", "not", "in", "[", "]", ")", "=", ">=", "'x", "\"y\"", "5", "1e5", "starts with", "lifecycle", "'dormant'", "segment('s')", ".", "!", "\\"),
            s_text);
        Check.One(s_config, Prop.ForAll(Arb.From(Gen.ListOf(piece, 8).Select(pieces => string.Join(' ', pieces))), text =>
        {
            var result = ExpressionParser.Parse(text, ExpressionScope.Event);
            return result.IsValid
                ? ExpressionParser.Parse(Canonical.Of(result.Expression!), ExpressionScope.Event).Expression!.Equals(result.Expression)
                : result.Expression is null && result.Errors.All(error => error.Index >= 0 && error.Index + error.Length <= text.Length && error.Message.Length > 0);
        }));
    }

    private static Gen<Expr> Condition(int depth, bool isEvent)
    {
        var leaf = Gen.OneOf(Comparison(depth, isEvent), Membership(isEvent), Path(isEvent).Select(Expr (path) => new ExistsExpr(path)), Gen.Elements(true, false).Select(Expr (flag) => new LiteralExpr(Value.Of(flag))));
        if (!isEvent)
        {
            leaf = Gen.OneOf(leaf, s_name.Select(Expr (id) => new SegmentExpr(id)), s_name.SelectMany(name => Gen.Choose(0, 10_000).Select(Expr (part) => new SampleExpr(part / 100.0, part % 2 == 0 ? name : ""))), Aggregate(AggregateKind.Did, depth));
        }

        return depth == 0 ? leaf : Gen.OneOf(leaf, Condition(depth - 1, isEvent).Select(Expr (inner) => new NotExpr(inner)), Junction(depth, isEvent, all: true), Junction(depth, isEvent, all: false));
    }

    private static Gen<Expr> Junction(int depth, bool isEvent, bool all) =>
        from count in Gen.Choose(2, 3)
        from items in Gen.ArrayOf(Condition(depth - 1, isEvent).Where(item => item is not JunctionExpr inner || inner.All != all), count)
        select (Expr)new JunctionExpr(all, items);

    private static Gen<Expr> Comparison(int depth, bool isEvent)
    {
        var ofAny = from left in Path(isEvent)
                    from op in Gen.Elements(CompareOp.Equal, CompareOp.NotEqual)
                    from right in Gen.OneOf(s_literal.Select(Expr (literal) => literal), Path(isEvent))
                    select (Expr)new CompareExpr(op, left, right);
        var ofText = from left in Path(isEvent)
                     from op in Gen.Elements(CompareOp.Contains, CompareOp.StartsWith, CompareOp.EndsWith, CompareOp.Less)
                     from right in s_text
                     select (Expr)new CompareExpr(op, left, new LiteralExpr(Value.Of(right)));
        var ofOpen = from item in Path(isEvent)
                     from isAny in Gen.Elements(true, false)
                     from ignoresCase in Gen.Elements(true, false)
                     from text in s_text
                     from low in Gen.Choose(0, 50)
                     from op in Gen.Elements(CompareOp.Equal, CompareOp.Contains)
                     let asked = isAny ? new AnyExpr(item) : item
                     from expr in Gen.Elements<Expr>(
                         new DateOrderExpr(low % 2 == 0, asked, low % 3 == 0 ? item : new LiteralExpr(Value.Of("2026-02-28T23:59:59.5+01:00"))),
                         isEvent ? new ExistsExpr(item) : new DateOrderExpr(low % 2 == 0, asked, null),
                         isEvent ? new ExistsExpr(item) : new DateExpr((DateRelation)((low % 3) + 1), asked, 1_000L + low),
                         isEvent ? new ExistsExpr(item) : new AnniversaryExpr(item, low, ignoresCase),
                         new BetweenExpr(asked, new LiteralExpr(Value.Of(low)), new LiteralExpr(Value.Of(low * 2.5))),
                         new MatchesExpr(asked, "^" + System.Text.RegularExpressions.Regex.Escape(text), ignoresCase),
                         new CompareExpr(op, asked, new LiteralExpr(Value.Of(text))) { IgnoresCase = ignoresCase })
                     select expr;
        if (isEvent)
        {
            return Gen.OneOf(ofAny, ofText, ofOpen);
        }

        var ofNumber = from left in Gen.OneOf(Gen.Elements(AggregateKind.Count, AggregateKind.Sum, AggregateKind.Days, AggregateKind.Average, AggregateKind.Min, AggregateKind.Max, AggregateKind.Distinct).SelectMany(kind => Aggregate(kind, depth)), Gen.Elements<Expr>(new ScoreExpr(), new ScoreExpr { Id = "fit" }))
                       from op in Gen.Elements(CompareOp.Equal, CompareOp.NotEqual, CompareOp.Less, CompareOp.LessOrEqual, CompareOp.Greater, CompareOp.GreaterOrEqual)
                       from right in s_number
                       select (Expr)new CompareExpr(op, left, new LiteralExpr(Value.Of(right)));
        var ofSince = from left in Aggregate(AggregateKind.SinceLast, depth)
                      from op in Gen.Elements(CompareOp.Equal, CompareOp.Less, CompareOp.GreaterOrEqual)
                      from length in Gen.Choose(0, int.MaxValue)
                      select (Expr)new CompareExpr(op, left, new LiteralExpr(Value.OfDuration(length)));
        var ofEdge = from left in Gen.Elements(AggregateKind.First, AggregateKind.Last).SelectMany(kind => Aggregate(kind, depth))
                     from right in s_literal
                     from ignoresCase in Gen.Elements(true, false)
                     select (Expr)new CompareExpr(CompareOp.Equal, left, right) { IgnoresCase = ignoresCase };
        var step = from name in s_name
                   from filter in depth == 0 ? Gen.Constant<Expr?>(null) : Gen.OneOf(Gen.Constant<Expr?>(null), Condition(depth - 1, isEvent: true).Select(Expr? (condition) => condition))
                   from length in Gen.Choose(1_000, int.MaxValue)
                   select new SequenceStep(name, filter, length, false);
        var ofSequence = from first in step
                         from rest in step.NonEmptyListOf().Where(list => list.Count < Limits.SequenceStepsMax)
                         from without in Gen.OneOf(Gen.Constant<SequenceStep?>(null), step.Select(SequenceStep? (item) => item with { WithinMs = 0 }))
                         from isNot in Gen.Elements(true, false)
                         from same in Gen.OneOf(Gen.Constant<string?>(null), s_path.Select(string? (path) => path))
                         from isFunnel in Gen.Elements(true, false)
                         let chain = new Chain([first with { WithinMs = 0 }, .. rest.SkipLast(1), rest.Last() with { IsNot = isNot && !isFunnel }], without, same, new Window(WindowKind.Within, 86_400_000))
                         select isFunnel ? new CompareExpr(CompareOp.Less, new FunnelExpr(chain), new LiteralExpr(Value.Of(2))) : (Expr)new SequenceExpr(chain);
        var ofChange = from left in Gen.Elements(AggregateKind.Count, AggregateKind.Sum).SelectMany(kind => Aggregate(kind, depth))
                       from right in s_number
                       select (Expr)new CompareExpr(CompareOp.GreaterOrEqual, new ChangeExpr((AggregateExpr)left with { Window = new Window(WindowKind.Within, 86_400_000) }), new LiteralExpr(Value.Of(right)));
        var ofLifecycle = Gen.Elements(LifecycleStages.All.ToArray()).Select(Expr (stage) => new CompareExpr(CompareOp.NotEqual, new LifecycleExpr(), new LiteralExpr(Value.Of(stage))));
        return Gen.OneOf(ofAny, ofText, ofOpen, ofNumber, ofSince, ofEdge, ofSequence, ofChange, ofLifecycle);
    }

    private static Gen<Expr> Membership(bool isEvent) =>
        from item in Path(isEvent)
        from count in Gen.Choose(1, 4)
        from values in Gen.ArrayOf(s_literal, count)
        select (Expr)new InExpr(item, values);

    private static Gen<Expr> Path(bool isEvent) => s_path.Select(Expr (path) => isEvent ? new PropertyExpr(path) : new TraitExpr(path));

    private static Gen<Expr> Aggregate(AggregateKind kind, int depth) =>
        from name in s_name
        from filter in depth == 0 ? Gen.Constant<Expr?>(null) : Gen.OneOf(Gen.Constant<Expr?>(null), Condition(depth - 1, isEvent: true).Select(Expr? (condition) => condition))
        from path in s_path
        from window in s_window
        select (Expr)new AggregateExpr(kind, name, filter, kind is AggregateKind.Count or AggregateKind.Did or AggregateKind.Days or AggregateKind.SinceLast ? null : path, kind is AggregateKind.SinceLast or AggregateKind.First ? Window.Ever : window);
}
