using Triggers.Engine.Definitions;

namespace Triggers.Engine.Tests.Definitions;

/// <summary>Values in templates that can only ever be empty are refused when definitions are read, with their place and what may have been meant.</summary>
public sealed class TemplateNamesTests
{
    [Theory]
    [InlineData("one\ntwo {{grup.plan}}", 2, "A template is given nothing called 'grup', so this is always empty. Did you mean 'group'? It is given traits, group, event, customer, campaign, messageId, unsubscribeUrl; what is known of the customer is in traits.")]
    [InlineData("{{firstName}}", 1, "Did you mean 'traits.firstName' or 'event.properties.firstName'?")]
    [InlineData("{{properties.total}}", 1, "Did you mean 'event.properties.total'?")]
    [InlineData("{{score}}", 1, "nothing called 'score'")]
    [InlineData("{{{trait.html}}}", 1, "Did you mean 'traits'?")]
    [InlineData("{{default trait.name \"there\"}}", 1, "Did you mean 'traits'?")]
    [InlineData("{{uppercase (default trait.name 'x')}}", 1, "Did you mean 'traits'?")]
    [InlineData("{{date traits.born \"yyyy\" zone=trait.zone}}", 1, "Did you mean 'traits'?")]
    [InlineData("{{#if trait.pro}}x{{/if}}", 1, "Did you mean 'traits'?")]
    [InlineData("{{#if traits.pro}}x\n{{else if (eq trait.plan 'x')}}y{{/if}}", 2, "Did you mean 'traits'?")]
    [InlineData("{{#if traits.pro}}\n{{trait.name}}{{else}}x{{/if}}", 2, "Did you mean 'traits'?")]
    [InlineData("{{#each event.lines}}{{name}}{{/each}}", 1, "'event' has no 'lines', so this is always empty. It has name and properties.")]
    [InlineData("{{event.propertis.total}}", 1, "Did you mean 'properties'?")]
    [InlineData("{{#each traits.tags}}{{this}}{{else}}\n{{trait.name}}{{/each}}", 2, "Did you mean 'traits'?")]
    [InlineData("{{#with event}}{{name}}{{/with}}\n{{name}}", 2, "Did you mean 'traits.name' or 'event.properties.name'?")]
    [InlineData("{{#each traits.tags}}{{@root.trait.name}}{{/each}}", 1, "Did you mean 'traits'?")]
    [InlineData("{{#each traits.tags}}{{@indx}}{{/each}}", 1, "Nothing is called '@indx' in a template. Did you mean '@index'?")]
    [InlineData("{{this.trait.name}}", 1, "Did you mean 'traits'?")]
    [InlineData("{{[Traits].name}}", 1, "Did you mean 'traits'?")]
    [InlineData("{{customer.email}}", 1, "'customer' has no 'email', so this is always empty. It has id and anonymous.")]
    [InlineData("{{campaign.name}}", 1, "'campaign' is a text, and has no 'name': this is always empty.")]
    [InlineData("{{~ trait.name ~}}", 1, "Did you mean 'traits'?")]
    public void A_name_that_nothing_is_given_under_is_refused(string source, int line, string cause)
    {
        var error = Assert.Single(Load(("html", source)).Errors);

        Assert.Equal(("templates/t.html.hbs", line), (error.File, error.Line));
        Assert.Contains(cause, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{traits.a.b.c}} {{group.plan}} {{group.id}} {{event.name}} {{event.properties.[Order Total]}} {{customer.id}} {{#if customer.anonymous}}x{{/if}} {{campaign}} {{messageId}} {{unsubscribeUrl}}")]
    [InlineData("{{#each event.properties.products}}{{name}} {{price}} {{../traits.name}} {{../whatever}} {{@index}} {{@root.traits.x}} {{#if qty}}{{qty}}{{else}}{{none}}{{/if}}{{/each}}")]
    [InlineData("{{#each traits.tags as |tag i|}}{{tag}}{{i}}{{#with tag as |t|}}{{t}}{{/with}}{{/each}}{{traits.name}}")]
    [InlineData("{{#with event.properties}}{{total}}{{else}}{{traits.name}}{{/with}}{{#unless traits.a}}{{this.traits.b}}{{./traits.c}}{{^}}{{traits.d}}{{/unless}}")]
    [InlineData("{{money 12.5 \"EUR\"}} {{money -3 'JPY'}} {{default traits.a true null undefined \"trait.x\"}} {{money 5 \"EUR\" minor=true}} {{lookup this \"traits\"}} {{lookup traits event.name}}")]
    [InlineData("{{!-- {{trait.name}} --}}{{! trait }}\\{{trait.name}} {{#each this}}{{@key}}{{/each}}{{#each @root}}{{this}}{{/each}}")]
    public void What_templates_may_say_is_let_be(string source)
    {
        Assert.Empty(Load(("html", source)).Errors);
    }

    [Fact]
    public void Each_part_names_its_own_file_and_a_webhooks_body_has_no_link_to_unsubscribe()
    {
        Assert.Equal("templates/t.subject.hbs templates/t.text.hbs", string.Join(' ', Load(("subject", "{{name}}"), ("text", "{{name}}")).Errors.Select(error => error.File)));

        var error = Assert.Single(Load(("json", "{\n\"off\": {{json unsubscribeUrl}} }")).Errors);
        Assert.Equal(("templates/t.json.hbs", 2, true), (error.File, error.Line, error.Message.Contains("given to e-mail alone", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_version_that_was_in_force_stays_readable()
    {
        DefinitionFile[] files = [.. Files(("html", "{{grup.plan}}"))];

        Assert.False(DefinitionLoader.Load(files).IsValid);
        Assert.True(DefinitionLoader.LoadSaved(files).IsValid);
    }

    private static DefinitionResult Load(params (string Part, string Text)[] parts) => DefinitionLoader.Load([.. Files(parts)]);

    private static IEnumerable<DefinitionFile> Files(params (string Part, string Text)[] parts)
    {
        foreach (var (part, text) in parts)
        {
            yield return new DefinitionFile($"templates/t.{part}.hbs", text);
        }

        if (!parts.Any(part => part.Part is "subject" or "json"))
        {
            yield return new DefinitionFile("templates/t.subject.hbs", "fine");
        }
    }
}
