using System.Text;
using System.Text.Json;
using Triggers.Channels;
using Triggers.Engine.Definitions;
using Triggers.Runtime.Messages;
using Triggers.Storage;

namespace Triggers.Runtime.Tests.Messages;

public sealed class MessageComposerTests
{
    private const string Id = "00112233445566778899aabbccddeeff";
    private const string PublicUrl = "https://t.example";

    private static readonly byte[] Secret = new byte[32];

    private readonly TrackingLinks _links = new(PublicUrl, Secret);

    [Fact]
    public void Mail_is_rendered_with_signed_links_pixel_and_unsubscribe_headers()
    {
        var mail = Compose(Template(
            "Hi {{traits.name}}",
            "<body><a href=\"https://shop.example/?q={{url traits.name}}&amp;x=1\">Shop</a> <a href=\"{{unsubscribeUrl}}\">No more</a> <a href=\"mailto:a@example.com\">Mail</a></body>",
            "Stop: {{unsubscribeUrl}} https://shop.example/ {{campaign}} {{messageId}}"));

        Assert.Equal("Hi Ada <3", mail.Subject);
        Assert.Equal(
            $"<body><a href=\"{_links.Click(Id, "https://shop.example/?q=Ada%20%3C3&x=1")}\">Shop</a> <a href=\"{_links.Unsubscribe(Id)}\">No more</a> <a href=\"mailto:a@example.com\">Mail</a>"
            + $"<img src=\"{_links.Open(Id)}\" width=\"1\" height=\"1\" alt=\"\" style=\"display:block;border:0\"></body>",
            mail.Html);
        Assert.Equal($"Stop: {_links.Unsubscribe(Id)} https://shop.example/ welcome {Id}", mail.Text);
        Assert.Equal([new("List-Unsubscribe", $"<{_links.Unsubscribe(Id)}>"), new("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")], mail.Headers);
        Assert.Equal(("ada@example.com", "Ada <3", "u:1", "welcome", Id, false), (mail.Address, mail.AddresseeName, mail.CustomerKey, mail.Campaign, mail.MessageId, mail.IsTest));
    }

    [Fact]
    public void The_same_message_is_composed_the_same_at_every_attempt()
    {
        var template = Template("Hi", "<a href=\"https://shop.example/\">x</a>", "t");

        Assert.Equal(Compose(template).Html, Compose(template).Html);
    }

    [Fact]
    public void Links_that_are_tracked_already_stay()
    {
        var once = Compose(Template("Hi", "<body><a href=\"https://shop.example/\">x</a></body>", "")).Html;

        Assert.Equal(once, Compose(Template("Hi", once, "")).Html);
    }

    [Fact]
    public void A_trait_cannot_add_markup_or_a_header()
    {
        var data = """{"traits":{"name":"<a href=\"https://evil.example\">\r\nBcc: x@example.com"}}""";

        var mail = Compose(Template("Hi {{traits.name}}", "<p>{{traits.name}}</p>", "x"), data);

        Assert.Equal("Hi <a href=\"https://evil.example\"> Bcc: x@example.com", mail.Subject);
        Assert.DoesNotContain("<a", mail.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("/c/", mail.Html, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', mail.AddresseeName);
    }

    [Fact]
    public void A_test_send_is_marked_and_not_tracked()
    {
        var mail = Compose(Template("Hi", "<body><a href=\"https://shop.example/\">x</a><a href=\"{{unsubscribeUrl}}\">u</a></body>", ""), isTest: true);

        Assert.Equal("[Test] Hi", mail.Subject);
        Assert.Equal("<body><a href=\"https://shop.example/\">x</a><a href=\"https://t.example/u/test\">u</a></body>", mail.Html);
        Assert.Equal([new("X-Triggers-Test", "true")], mail.Headers);
        Assert.True(mail.IsTest);
    }

    [Theory]
    [InlineData("""{"traits":{"firstName":"Ada","lastName":"Lovelace"}}""", "Ada Lovelace")]
    [InlineData("""{"traits":{"name":"Ada","firstName":"Else"}}""", "Ada")]
    [InlineData("""{"traits":{"name":7}}""", "")]
    [InlineData("""{"traits":[]}""", "")]
    [InlineData("""{}""", "")]
    public void The_addressee_has_the_name_of_the_traits(string data, string name) => Assert.Equal(name, Compose(Template("s", "", "t"), data).AddresseeName);

    [Fact]
    public void A_message_renders_under_the_definitions_it_was_decided_under()
    {
        var composer = new MessageComposer(
            version => new DefinitionSet { Templates = [new TemplateDefinition("welcome", $"version {version}", "", "t", $"{version}")] }, PublicUrl, Secret);

        Assert.Equal("version 3", composer.Compose(Message() with { CampaignVersion = 3 }).Message!.Subject);
        Assert.Equal("version 4", composer.Compose(Message() with { CampaignVersion = 4 }).Message!.Subject);
    }

    [Theory]
    [InlineData("gone", "email", "version 1 of the definitions has no template 'gone'")]
    [InlineData("", "email", "names no template")]
    [InlineData("broken", "email", "template broken: html, line 2:")]
    [InlineData("empty", "email", "html and text are both empty")]
    [InlineData("nojson", "webhook", "template nojson: it did not render to JSON")]
    public void What_cannot_be_composed_says_why(string template, string channel, string cause)
    {
        var composer = Composer(
            new TemplateDefinition("broken", "s", "a\n{{#if}", "", "1"), new TemplateDefinition("empty", "s", "{{traits.none}}", "", "2"), new TemplateDefinition("nojson", "", "", "{\"n\": {{traits.name}} }", "3"));

        var result = composer.Compose(Message() with { Template = template, Channel = channel });

        Assert.Null(result.Message);
        Assert.Contains(cause, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_webhook_sends_its_template()
    {
        var result = Composer(new TemplateDefinition("welcome", "", "", "{ \"name\": {{json traits.name}}, \"id\": {{json messageId}} }", "h")).Compose(Message() with { Channel = "webhook", Address = "https://x.example/hook" });

        Assert.Equal($"{{ \"name\": \"Ada <3\", \"id\": \"{Id}\" }}", result.Message!.Text);
        Assert.Equal("https://x.example/hook", result.Message.Address);
        Assert.Empty(result.Message.Headers);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("welcome", true)]
    public void A_webhook_without_a_template_sends_the_standard_payload(string template, bool isTest)
    {
        var result = Composer(new TemplateDefinition("welcome", "", "", "", "h")).Compose(Message() with { Channel = "webhook", Template = template }, isTest);

        using var payload = JsonDocument.Parse(result.Message!.Text);
        Assert.Equal("welcome", payload.RootElement.GetProperty("campaign").GetString());
        Assert.Equal(
            $$$$"""{"messageId":"{{{{Id}}}}","campaign":"welcome","step":"1","decidedAt":"2025-11-01T12:00:00Z","test":{{{{(isTest ? "true" : "false")}}}},"customer":null,"traits":{"name":"Ada <3"},"event":{"name":"Signed Up","properties":{}}}""",
            result.Message.Text);
        Assert.Equal(isTest ? 1 : 0, result.Message.Headers.Count);
    }

    private static QueuedMessage Message() => new(
        Id, "u:1", "welcome", 1, "1", "email", "welcome", "ada@example.com",
        Encoding.UTF8.GetBytes("""{"traits":{"name":"Ada <3"},"event":{"name":"Signed Up","properties":{}}}"""),
        new DateTimeOffset(2025, 11, 1, 12, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(), long.MaxValue, 0);

    private static TemplateDefinition Template(string subject, string html, string text) => new("welcome", subject, html, text, $"{subject}{html}{text}");

    private static MessageComposer Composer(params TemplateDefinition[] templates)
    {
        var definitions = new DefinitionSet { Templates = templates };
        return new MessageComposer(_ => definitions, PublicUrl + "/", Secret);
    }

    private static OutgoingMessage Compose(TemplateDefinition template, string? data = null, bool isTest = false)
    {
        var message = data is null ? Message() : Message() with { Data = Encoding.UTF8.GetBytes(data) };
        var result = Composer(template).Compose(message, isTest);
        Assert.Equal("", result.Error);
        return result.Message!;
    }
}
