using Triggers.Engine.Definitions.Fields;
using Triggers.Engine.Expressions;
using Triggers.Engine.Text;

namespace Triggers.Engine.Definitions;

/// <summary>Checks what one file says of another: segments and templates by id.</summary>
internal static class References
{
    public static void Check(LoadContext context, DefinitionDraft draft, IReadOnlyList<TemplateDefinition> templates)
    {
        var segments = draft.Segments.Select(segment => segment.Id).ToHashSet(StringComparer.Ordinal);
        var traits = draft.ComputedTraits.Select(trait => trait.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var reference in context.References.Where(reference => reference.Mention.Kind == MentionKind.Segment ? !segments.Contains(reference.Mention.Id) : IsInside(reference, traits)))
        {
            if (context.Errors.IsFull)
            {
                context.Errors.CountOnly();
                continue;
            }

            var id = reference.Mention.Id;
            reference.Fail(reference.Mention.Kind == MentionKind.Segment
                ? Unknown("segment", id, segments, "segments.yaml")
                : $"`traits.{id}` is computed in traits.yaml and has no parts: write `traits.{id}`, or give the computed trait another id.");
        }

        foreach (var place in context.SegmentPlaces.Where(place => place.Id.Length > 0 && !segments.Contains(place.Id)))
        {
            place.At.Fail(Unknown("segment", place.Id, segments, "segments.yaml"));
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
    }

    /// <summary><c>traits.favourite.colour</c>, where <c>favourite</c> is computed.</summary>
    private static bool IsInside(Reference reference, HashSet<string> computed) =>
        reference.Node is TraitExpr trait && computed.Contains(reference.Mention.Id) && trait.Path != reference.Mention.Id;

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
