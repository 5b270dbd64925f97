using System.Text;
using Triggers.Engine.Definitions;
using Triggers.Engine.Explanations;
using Triggers.Engine.Expressions;
using Triggers.Engine.Records;
using Triggers.Engine.Tests.Customers;
using Triggers.Engine.Tests.Definitions;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Explanations;

/// <summary>Everything that expressions can say can be explained: of somebody who did little, and of somebody who did much.</summary>
public sealed class VocabularyTests
{
    private const string GoldenFile = "tests/Engine.Tests/Explanations/Vocabulary.golden.txt";

    private static readonly string[] s_customers = ["u:little", "u:much"];

    /// <summary>Shapes of a term that have words of their own.</summary>
    private static readonly (string Term, string Example)[] s_more =
    [
        ("sequence", "sequence('Product Viewed', then 'Product Viewed' within 10h, then not 'Order Completed' within 4h, same properties.category, within 7d)"),
        ("sequence", "sequence('Product Viewed', then 'Product Viewed' within 2h, same properties.category, without 'Signed In', within 7d)"),
        ("funnel", "funnel('Product Viewed', then 'Order Completed', then 'Product Viewed' within 1d, within 7d) >= 3"),
        ("change", "change(count('Product Viewed', within 9h)) >= 3"),
        ("change", "change(sum('Product Viewed', properties.price, within 9h)) < 2"),
    ];

    /// <summary>Of every term of the vocabulary: a new one has an explanation, or fails here.</summary>
    private static IEnumerable<(string Term, string Example)> Examples =>
        Vocabulary.Functions.Select(term => (term.Name, term.Example))
            .Concat(Vocabulary.Operators.Select(term => (term.Text, term.Example)))
            .Concat(Vocabulary.Predicates.Select(term => (term.Text, term.Example)))
            .Concat(Vocabulary.Values.Select(term => (term.Name, term.Example)))
            .Concat(Vocabulary.Words.Select(term => (term.Text, term.Example)))
            .Concat(s_more)
            .SelectMany(item => IsAboutEvent(item.Example) ? [item] : new[] { item, (item.Item1, $"not ({item.Example})") });

    [Fact]
    public void Every_term_of_the_vocabulary_is_explained()
    {
        var text = new StringBuilder();
        foreach (var (term, example) in Examples)
        {
            foreach (var customer in s_customers)
            {
                text.Append($"{term}: {example}, {customer}\n{ExplanationText.Of(Explain(example, customer))}");
            }

            text.Append('\n');
        }

        Golden.Check(GoldenFile, text.ToString());
    }

    [Fact]
    public void Every_function_and_operator_says_in_its_own_words_what_it_lacks()
    {
        foreach (var (_, example) in Examples)
        {
            foreach (var leaf in s_customers.Select(customer => Explain(example, customer)).OfType<Explanation>().SelectMany(explanation => explanation.Checks).SelectMany(Leaves))
            {
                Assert.False(leaf.Needed.EndsWith("has to hold", StringComparison.Ordinal) || leaf.Needed.EndsWith("has to stop holding", StringComparison.Ordinal), $"{leaf.Text} has no words of its own: override Needs.");
                Assert.True(leaf.Kind != ReasonKinds.Condition || leaf.Seen.Count > 0, $"{leaf.Text} shows no value.");
            }
        }
    }

    [Fact]
    public void Time_turns_a_condition_at_the_second_that_was_told_and_at_no_other()
    {
        var turned = 0;
        foreach (var (_, example) in Examples.Where(item => ExpressionParser.Parse(item.Example, ExpressionScope.Customer).IsValid))
        {
            foreach (var key in s_customers)
            {
                var world = Live(Segments(example));
                var root = Explainer.Segment(world.Of(key), world.Facts, "s", world.Now)!.Checks[0];
                Assert.Equal(world.Of(key).IsIn("s"), root.Truth == ReasonTruth.True);
                if (root.ChangesAt is not { } at)
                {
                    world.RunTo(world.Now + (500 * Day));
                    Assert.True(world.Of(key).IsIn("s") == (root.Truth == ReasonTruth.True), $"{example}, {key}: time turned it, and nobody told.");
                    continue;
                }

                turned++;
                world.RunTo(at - Second);
                Assert.True(world.Of(key).IsIn("s") == (root.Truth == ReasonTruth.True), $"{example}, {key}: it turned before {at}.");
                world.RunTo(at);
                Assert.True(world.Of(key).IsIn("s") == (root.Becomes == ReasonTruth.True), $"{example}, {key}: it did not turn at {at}.");
            }
        }

        Assert.True(turned > 20, $"Only {turned} conditions were turned by time.");
    }

    private static Explanation? Explain(string example, string customer)
    {
        if (ExpressionParser.Parse(example, ExpressionScope.Customer).IsValid)
        {
            var world = Live(Segments(example));
            return Explainer.Segment(world.Of(customer), world.Facts, "s", world.Now);
        }

        if (ExpressionParser.Parse(example, ExpressionScope.Campaign).IsValid)
        {
            var inside = Live(Define(campaigns: new CampaignDefinition
            {
                Id = "c", Trigger = new TriggerDefinition(TriggerKind.Event, "page"), Exit = Parse(example, ExpressionScope.Campaign), Steps = [new WaitStep("0", 90 * Day)],
            }));
            return Explainer.Campaign(inside.Of(customer), inside.Facts, "c", inside.Now);
        }

        // The event in hand is the last one that the customer sends.
        var live = Live(Define(campaigns: new CampaignDefinition { Id = "c", Trigger = new TriggerDefinition(TriggerKind.Event, "Order Completed", Parse(example, ExpressionScope.Event)) }));
        using var batch = new RecordBatch();
        batch.AddTrack(new CustomerKey(customer), "Order Completed", live.Now, "", """{"price":60,"total":120,"path":"/sale/lamps"}""");
        var last = Split(batch)[0];
        RecordView.Read(last, out var view);
        (view.At, view.Offset) = (live.Now, 1_000_000);
        return Explainer.Decision(RoundTrip(live.Of(customer)), in view, live.Facts, 0);
    }

    private static DefinitionSet Segments(string condition) => Define(
        new[] { "big-spender", "newsletter" }.Where(id => condition.Contains(id, StringComparison.Ordinal)).Select(id => (id, id == "newsletter" ? "traits.newsletter = true" : "sum('Order Completed', properties.total, within 365d) >= 500")).Append(("s", condition)),
        scoring: new ScoringDefinition { HalfLifeMs = 7 * Day, Rules = [new ScoreRule("Order Completed", null, 12, null), new ScoreRule("page", null, 0.5, null)] }) with { Scores = [new NamedScoreDefinition("fit", "Fit", "", s_fit)] };

    private static readonly ScoringDefinition s_fit = new()
    {
        HalfLifeMs = 7 * Day, Rules = [new ScoreRule("Order Completed", null, 60, null)], Fit = [new FitRule(Parse("exists(traits.email)"), 10)], Grades = [new GradeDefinition("A", 60, 50), new GradeDefinition("B", 30, 20)],
    };

    private static World Live(DefinitionSet definitions)
    {
        var world = new World(definitions with { Scoring = definitions.Scoring.Rules.Count > 0 ? definitions.Scoring : new ScoringDefinition { HalfLifeMs = 7 * Day, Rules = [new ScoreRule("Order Completed", null, 12, null)] } });
        world.Send("u:little", EventType.Page, """{"path":"/"}""");
        world.Identify("u:much", """
            {"email":"ada+test@example.com","plan":"pro","country":"FR","age":28,"vip":true,"newsletter":false,"city":"Berlin","birthday":"1990-01-20","renewal":"2026-01-14","signedUp":"2025-12-20","passwordChanged":"2024-11-01","sku":"AB-12","addresses":[{"city":"Paris"},{"city":"Berlin"}]}
            """);
        world.Send("u:much", EventType.Page, """{"path":"/pricing","utm_source":"newsletter"}""");
        foreach (var (price, category) in new[] { (60, "lighting"), (40, "garden"), (80, "lighting") })
        {
            world.Wait(5 * Hour).Track("u:much", "Product Viewed", $$"""{"price":{{price}},"category":"{{category}}"}""");
        }

        world.Wait(Hour).Track("u:much", "Checkout Started").Wait(30 * Minute);
        world.Track("u:much", "Signed In").Track("u:much", "Order Completed", """{"total":250}""").Wait(Hour);
        return world.Timer("u:little").Timer("u:much");
    }

    private static bool IsAboutEvent(string example) => !ExpressionParser.Parse(example, ExpressionScope.Customer).IsValid && !ExpressionParser.Parse(example, ExpressionScope.Campaign).IsValid;

    private static IEnumerable<Reason> Leaves(Reason reason) => reason.Parts.Count == 0 ? [reason] : reason.Parts.SelectMany(Leaves);
}
