using Triggers.Engine.Definitions.Elements;
using Triggers.Engine.Definitions.Fields;
using Triggers.Engine.Expressions;
using Triggers.Engine.Text;

namespace Triggers.Engine.Definitions;

/// <summary>Checks what one file says of another: segments and templates by id.</summary>
internal static class References
{
    private const string Segments = "segments.yaml", Scoring = "scoring.yaml", Value = "value.yaml";

    public static void Check(LoadContext context, DefinitionDraft draft, IReadOnlyList<TemplateDefinition> templates)
    {
        var segments = draft.Segments.Select(segment => segment.Id).ToHashSet(StringComparer.Ordinal);
        var traits = draft.ComputedTraits.ToDictionary(trait => trait.Id, trait => trait.Value, StringComparer.Ordinal);
        var scores = draft.Scoring.Scores.ToDictionary(score => score.Id, score => score.Scoring.Grades, StringComparer.Ordinal);
        foreach (var reference in context.References)
        {
            var id = reference.Mention.Id;
            switch (reference.Mention.Kind)
            {
                case MentionKind.Segment when !segments.Contains(id) && IsRead(Segments):
                    Fail(reference, () => Unknown("segment", id, segments, Segments));
                    break;
                case MentionKind.Trait when traits.ContainsKey(id) && reference.Node is TraitExpr trait && trait.Path != id:
                    Fail(reference, () => $"`traits.{id}` is computed in traits.yaml and has no parts: write `traits.{id}`, or give the computed trait another id.");
                    break;
                case MentionKind.Prediction when draft.Orders is null && IsRead(Value):
                    Fail(reference, () => $"`{id}` is predicted from past orders, and nothing says what an order is: write a value.yaml, with for example `order: Order Completed` and `amount: properties.total`.");
                    break;
                case MentionKind.Score when !scores.ContainsKey(id) && IsRead(Scoring):
                    Fail(reference, () => Unknown("score", id, [.. scores.Keys, ScoreFields.Engagement], Scoring));
                    break;
            }
        }

        foreach (var comparison in context.Comparisons.Where(_ => IsRead(Scoring)))
        {
            CheckComparison(comparison, draft, scores, traits);
        }

        foreach (var place in context.SegmentPlaces.Where(place => place.Id.Length > 0 && !segments.Contains(place.Id) && IsRead(Segments)))
        {
            place.At.Fail(Unknown("segment", place.Id, segments, Segments));
        }

        foreach (var place in context.ScorePlaces.Where(place => place.Id.Length > 0 && place.Id != ScoreFields.Engagement && !scores.ContainsKey(place.Id) && IsRead(Scoring)))
        {
            place.At.Fail(Unknown("score", place.Id, [.. scores.Keys, ScoreFields.Engagement], Scoring));
        }

        var byId = templates.ToDictionary(template => template.Id, StringComparer.Ordinal);
        foreach (var send in context.Sends.Where(send => send.Step.Template.Length > 0))
        {
            if (!byId.TryGetValue(send.Step.Template, out var template))
            {
                send.At.Fail(Unknown("template", send.Step.Template, byId.Keys, "templates/"));
            }
            else if (context.Channels.FirstOrDefault(rule => rule.Id == send.Step.Channel) is { } rule)
            {
                CheckTemplate(send, rule, template);
            }
        }

        bool IsRead(string path) => !context.Unread.Contains(path);
    }

    /// <summary>What depends on other files in a comparison: the names of grades, and whether both sides are scores.</summary>
    private static void CheckComparison(ComparedPlace place, DefinitionDraft draft, Dictionary<string, IReadOnlyList<GradeDefinition>> scores, Dictionary<string, Expr> traits)
    {
        var (left, right) = (Resolve(place.Left), Resolve(place.Right));
        if (left is ScoreExpr && right is ScoreExpr)
        {
            place.Fail("Two scores are not compared with each other, since both move with time: compare each with a number.");
        }
        else if (left is LifecycleExpr && right is LiteralExpr { Value.Text: { } stage } && !draft.Scoring.Lifecycle.Names.Contains(stage, StringComparer.Ordinal))
        {
            var stages = draft.Scoring.Lifecycle.Names;
            place.Fail($"There is no lifecycle stage '{stage}'. The stages are {string.Join(", ", stages.Select(name => $"'{name}'"))}.{Suggest.Phrase(Suggest.For(stage, stages))}");
        }
        else if (left is GradeExpr grade && right is LiteralExpr { Value.Text: { } name })
        {
            var grades = grade.Id.Length == 0 ? draft.Scoring.Scoring.Grades : scores.GetValueOrDefault(grade.Id);
            if (grades?.All(item => item.Name != name) == true)
            {
                var names = grades.Select(item => item.Name).ToList();
                place.Fail($"The score '{(grade.Id.Length == 0 ? ScoreFields.Engagement : grade.Id)}' has no grade '{name}' in scoring.yaml: it has {(names.Count == 0 ? "none" : string.Join(", ", names))}.{Suggest.Phrase(Suggest.For(name, names))}");
            }
        }

        Expr Resolve(Expr expr)
        {
            for (var depth = 0; depth <= traits.Count && expr is TraitExpr { OfGroup: false } trait && traits.TryGetValue(trait.Path, out var value); depth++)
            {
                expr = value;
            }

            return expr;
        }
    }

    private static void Fail(Reference reference, Func<string> message)
    {
        if (reference.At.Context.Errors.IsFull)
        {
            reference.At.Context.Errors.CountOnly();
            return;
        }

        reference.Fail(message());
    }

    private static void CheckTemplate(SendPlace send, ChannelRule rule, TemplateDefinition template)
    {
        var isJson = template.Subject.Length == 0 && template.Html.Length == 0;
        if (rule.NeedsSubject && isJson)
        {
            send.At.Fail($"The template '{template.Id}' is no {rule.Id} template: it needs templates/{template.Id}.subject.hbs, and .html.hbs or .text.hbs.");
        }
        else if (!rule.NeedsSubject && !isJson)
        {
            send.At.Fail($"The template '{template.Id}' is no {rule.Id} template: it needs templates/{template.Id}.json.hbs alone.");
        }
    }

    private static string Unknown(string kind, string id, IReadOnlyCollection<string> known, string where) =>
        $"There is no {kind} '{id}' in {where}.{Suggest.Phrase(Suggest.For(id, known))}";
}
