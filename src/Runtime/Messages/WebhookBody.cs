using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Triggers.Engine.Definitions;
using Triggers.Engine.Messages;
using Triggers.Storage;

namespace Triggers.Runtime.Messages;

/// <summary>What a webhook POSTs: the template's JSON, or the standard payload (docs/channels.md) when the template is empty or there is none.</summary>
internal static class WebhookBody
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ComposeResult Compose(QueuedMessage message, TemplateDefinition? template, TemplateRenderer renderer, bool isTest)
    {
        string body;
        if (template is null || template.Text.Length == 0)
        {
            if (!TryStandard(message, isTest, out body))
            {
                return new ComposeResult(null, "the message's data is not a JSON object");
            }
        }
        else
        {
            var rendered = renderer.Render(template, message.Data, MessageComposer.Variables(message, unsubscribeUrl: null));
            if (rendered.Content is not { } content)
            {
                return new ComposeResult(null, rendered.Error);
            }

            body = content.Text;
            if (Problem(body) is { } problem)
            {
                return new ComposeResult(null, $"template {template.Id}: it did not render to JSON ({problem}); write values as {{{{json traits.name}}}}, without quotes around");
            }

            body = isTest ? Marked(body) : body;
        }

        KeyValuePair<string, string>[] headers = isTest ? [new(MessageComposer.TestHeader, "true")] : [];
        return new ComposeResult(MessageComposer.Outgoing(message, "", "", body, headers, isTest), "");
    }

    /// <summary>Whatever the template says, who receives it can tell it from a real one; what is no object has the header alone.</summary>
    private static string Marked(string body)
    {
        using var document = JsonDocument.Parse(body);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            return body;
        }

        var buffer = new ArrayBufferWriter<byte>(body.Length + 32);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteBoolean("test", true);
            foreach (var property in document.RootElement.EnumerateObject().Where(property => !property.NameEquals("test"u8)))
            {
                property.WriteTo(json);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static bool TryStandard(QueuedMessage message, bool isTest, out string body)
    {
        body = "";
        try
        {
            using var data = JsonDocument.Parse(message.Data);
            if (data.RootElement.ValueKind != JsonValueKind.Object)
            {
                return false;
            }

            var buffer = new ArrayBufferWriter<byte>(message.Data.Length + 256);
            using (var json = new Utf8JsonWriter(buffer, Options))
            {
                json.WriteStartObject();
                json.WriteString("messageId", message.MessageId);
                json.WriteString("campaign", message.Campaign);
                json.WriteString("step", message.StepId);
                json.WriteString("decidedAt", DateTimeOffset.FromUnixTimeMilliseconds(message.DecidedAt).UtcDateTime);
                json.WriteBoolean("test", isTest);
                foreach (var name in (ReadOnlySpan<string>)["customer", "traits", "event"])
                {
                    json.WritePropertyName(name);
                    if (data.RootElement.TryGetProperty(name, out var value))
                    {
                        value.WriteTo(json);
                    }
                    else
                    {
                        json.WriteNullValue();
                    }
                }

                if (data.RootElement.TryGetProperty("group", out var group))
                {
                    json.WritePropertyName("group");
                    group.WriteTo(json);
                }

                json.WriteEndObject();
            }

            body = Encoding.UTF8.GetString(buffer.WrittenSpan);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string? Problem(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return null;
        }
        catch (JsonException e)
        {
            return e.Message;
        }
    }
}
