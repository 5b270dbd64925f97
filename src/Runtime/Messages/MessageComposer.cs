using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Triggers.Channels;
using Triggers.Engine.Definitions;
using Triggers.Engine.Messages;
using Triggers.Storage;

namespace Triggers.Runtime.Messages;

/// <summary>
/// Composes what leaves: the template of the definitions under which the message was decided, with tracking for mail. The same message is composed
/// the same at every attempt.
/// </summary>
/// <param name="definitions">The definitions of a version.</param>
/// <param name="publicUrl">Base of links in mail.</param>
/// <param name="secret">The store's secret: signs the links.</param>
public sealed class MessageComposer(Func<int, DefinitionSet> definitions, string publicUrl, byte[] secret) : IMessageComposer
{
    /// <summary>Header of a test send, so that a filter or a receiver of webhooks can tell it from a real one.</summary>
    public const string TestHeader = "X-Triggers-Test";

    /// <summary>Where the unsubscribe link of a test leads: a page that says so and changes nothing.</summary>
    public const string TestUnsubscribePath = "/u/test";

    private readonly TemplateRenderer _renderer = new();
    private readonly TrackingLinks _links = new(publicUrl, secret);
    private readonly ConditionalWeakTable<DefinitionSet, FrozenDictionary<string, TemplateDefinition>> _templates = [];

    public ComposeResult Compose(QueuedMessage message, bool isTest = false)
    {
        TemplateDefinition? template = null;
        if (message.Template.Length > 0 && !TemplatesOf(message.CampaignVersion).TryGetValue(message.Template, out template))
        {
            return new ComposeResult(null, $"version {message.CampaignVersion} of the definitions has no template '{message.Template}'");
        }

        return message.Channel switch
        {
            "webhook" => WebhookBody.Compose(message, template, _renderer, isTest),
            _ when template is null => new ComposeResult(null, $"the message names no template, and channel '{message.Channel}' needs one"),
            "email" => Email(message, template, isTest),
            _ => Plain(message, template, isTest),
        };
    }

    private ComposeResult Email(QueuedMessage message, TemplateDefinition template, bool isTest)
    {
        // A test send has no link that unsubscribes anybody: whoever tries it out would act for the customer.
        var unsubscribe = isTest ? $"{_links.PublicUrl}{TestUnsubscribePath}" : _links.Unsubscribe(message.MessageId);
        var rendered = _renderer.Render(template, message.Data, Variables(message, unsubscribe));
        if (rendered.Content is not { } content)
        {
            return new ComposeResult(null, rendered.Error);
        }

        if (content.Html.Length == 0 && content.Text.Length == 0)
        {
            return new ComposeResult(null, $"template {template.Id}: html and text are both empty");
        }

        var html = content.Html;
        if (!isTest && html.Length > 0)
        {
            var pixel = $"<img src=\"{_links.Open(message.MessageId)}\" width=\"1\" height=\"1\" alt=\"\" style=\"display:block;border:0\">";
            html = HtmlLinks.Rewrite(html, link => _links.IsOwn(link) ? null : _links.Click(message.MessageId, link), html.Contains(pixel, StringComparison.Ordinal) ? "" : pixel);
        }

        KeyValuePair<string, string>[] headers = isTest
            ? [new(TestHeader, "true")]
            : [new("List-Unsubscribe", $"<{unsubscribe}>"), new("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")];
        return new ComposeResult(Outgoing(message, isTest ? $"[Test] {content.Subject}" : content.Subject, html, content.Text, headers, isTest), "");
    }

    /// <summary>Channels without mail's links and headers get the text as it is.</summary>
    private ComposeResult Plain(QueuedMessage message, TemplateDefinition template, bool isTest)
    {
        var rendered = _renderer.Render(template, message.Data, Variables(message, isTest ? _links.PublicUrl + TestUnsubscribePath : _links.Unsubscribe(message.MessageId)));
        return rendered.Content is { } content
            ? new ComposeResult(Outgoing(message, isTest ? $"[Test] {content.Subject}" : content.Subject, content.Html, content.Text, isTest ? [new(TestHeader, "true")] : [], isTest), "")
            : new ComposeResult(null, rendered.Error);
    }

    internal static Dictionary<string, string> Variables(QueuedMessage message, string? unsubscribeUrl)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["campaign"] = message.Campaign, ["messageId"] = message.MessageId };
        if (unsubscribeUrl is not null)
        {
            variables["unsubscribeUrl"] = unsubscribeUrl;
        }

        return variables;
    }

    internal static OutgoingMessage Outgoing(
        QueuedMessage message, string subject, string html, string text, IReadOnlyList<KeyValuePair<string, string>> headers, bool isTest) =>
        new(message.MessageId, message.CustomerKey, message.Campaign, message.Template, message.Address, NameOf(message.Data), subject, html, text, headers, message.DecidedAt, isTest);

    private FrozenDictionary<string, TemplateDefinition> TemplatesOf(int version) =>
        _templates.GetValue(definitions(version), set => set.Templates.ToFrozenDictionary(template => template.Id, StringComparer.Ordinal));

    /// <summary>The addressee's name as it stands in the traits; one line, since it goes into a header.</summary>
    private static string NameOf(byte[] data)
    {
        try
        {
            using var document = JsonDocument.Parse(data);
            if (!document.RootElement.TryGetProperty("traits", out var traits) || traits.ValueKind != JsonValueKind.Object)
            {
                return "";
            }

            var name = Trait(traits, "name");
            name = name.Length > 0 ? name : $"{Trait(traits, "firstName")} {Trait(traits, "lastName")}";
            return string.Concat(name.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c)).Trim();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return "";
        }
    }

    private static string Trait(JsonElement traits, string name) =>
        traits.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
