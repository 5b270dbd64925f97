using System.Text.Json.Nodes;
using Triggers.Engine.Definitions.Fields;
using Triggers.Engine.Definitions.Yaml;
using Triggers.Engine.Text;

namespace Triggers.Engine.Definitions.Elements.Steps;

/// <summary><c>send: { channel: email, template: welcome }</c>.</summary>
internal sealed class SendElement : StepElement
{
    private static readonly Field<SendBody?> s_send = Field.Required<SendBody?>("send", new SendBodyElement()!, "The message: channel and template.");

    public override string Verb => "send";

    public override string Help => "Sends a message, unless consent, a cap or a pause forbids it.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [s_send, s_id];

    protected override StepDefinition Build(MapReader map)
    {
        var body = map.Get(s_send) ?? new SendBody("", "", null, null);
        var step = new SendStep(IdOf(map), body.Channel, body.Template, body.To, body.Url);
        var place = map.Place(s_send);
        map.At.Context.Sends.Add(new SendPlace((place.Node as YamlMap)?.Find("template") is { } template ? place.Child("template", template) : place, step));
        return step;
    }
}

internal sealed record SendBody(string Channel, string Template, string? To, string? Url);

/// <summary>What a send step says.</summary>
internal sealed class SendBodyElement : Element<SendBody>
{
    private static readonly Field<string> s_channel = Field.Required("channel", new ChannelType(), "How it is sent.");
    private static readonly Field<string> s_template = Field.Optional("template", Types.Id, "Id of the template in templates/.", "webhook: the standard content; other channels need one");
    private static readonly Field<string> s_to = Field.Optional("to", Types.TraitPath, "The trait that holds the address.", "the channel's own (email: traits.email)");
    private static readonly Field<string> s_url = Field.Optional("url", new UrlType(), "webhook: where to POST.");

    public override string Id => "send";

    public override string Help => "A message.";

    public override IReadOnlyList<FieldSpec> Fields { get; } = [s_channel, s_template, s_to, s_url];

    protected override SendBody Build(MapReader map)
    {
        var channel = map.Text(s_channel);
        if (map.At.Context.Channels.FirstOrDefault(rule => rule.Id == channel) is { } rule)
        {
            Check(map, rule);
        }

        return new SendBody(channel, map.Get(s_template, ""), map.Get(s_to), map.Get(s_url));
    }

    private static void Check(MapReader map, ChannelRule rule)
    {
        if (rule.NeedsTemplate && !map.Has(s_template))
        {
            map.At.Fail($"The field 'template' is missing: the channel {rule.Id} has no content of its own.");
        }

        if (rule.NeedsUrl && !map.Has(s_url))
        {
            map.At.Fail($"The field 'url' is missing: where the channel {rule.Id} sends to.");
        }

        if (!rule.NeedsUrl && map.Has(s_url))
        {
            map.Place(s_url).Fail($"The channel {rule.Id} has no 'url': it sends to an address in a trait ('to').");
        }

        if (rule.NeedsUrl && map.Has(s_to))
        {
            map.Place(s_to).Fail($"The channel {rule.Id} has no 'to': it sends to 'url'.");
        }
    }
}

/// <summary>Id of a channel that this server has.</summary>
internal sealed class ChannelType : ScalarType<string>
{
    public override string Name => "a channel";

    protected override string Fallback => "";

    public override JsonObject Schema(SchemaScope scope) => new() { ["enum"] = new JsonArray(ChannelRule.Defaults.Select(rule => (JsonNode)rule.Id).ToArray()) };

    protected override string? Parse(At at, string text, out string value)
    {
        value = text;
        var ids = at.Context.Channels.Select(rule => rule.Id).ToList();
        return ids.Contains(text, StringComparer.Ordinal) ? null : $"There is no channel '{text}'.{Suggest.Phrase(Suggest.For(text, ids))} Channels are {string.Join(", ", ids)}.";
    }
}

/// <summary>A whole http or https address.</summary>
internal sealed class UrlType : ScalarType<string>
{
    public override string Name => "an address that begins with https:// or http://";

    protected override string Fallback => "";

    public override JsonObject Schema(SchemaScope scope) => new() { ["type"] = "string", ["pattern"] = "^https?://" };

    protected override string? Parse(At at, string text, out string value)
    {
        value = text;
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0 ? null : $"Expected {Name}, found '{text}'.";
    }
}
